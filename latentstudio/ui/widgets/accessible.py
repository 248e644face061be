"""What a screen reader hears from a strength slider."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QWidget

from latentstudio.core.marked import marked
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.strength import StrengthLook, zones
from latentstudio.ui.widgets.strength_slider import StrengthSlider
from latentstudio.ui.widgets.words import spoken, tr

_PLACES = {
    "shell": marked("on the shell"),
    "edge": marked("near the edge"),
    "bare": marked("too far"),
}


def spoken_value(look: StrengthLook) -> str:
    """The amount and where it lies: ``plus 1.4, on the shell, edge at plus 3.5``."""
    parts = [spoken(look.amount)]
    if look.band is None and not look.all_safe:
        return parts[0]
    here = next((z for z in zones(look) if z.low <= look.amount <= z.high), None)
    if here is not None:
        parts.append(shown(_PLACES[here.kind]))
    edge = _edge(look)
    if edge is not None:
        parts.append(tr("edge at %1").replace("%1", spoken(edge)))
    return ", ".join(parts)


def _edge(look: StrengthLook) -> float | None:
    """The end of the shell on the side where the handle is, if the slider reaches it."""
    if look.all_safe or look.band is None or look.band.shell is None:
        return None
    end = look.band.shell[1] if look.amount >= 0 else look.band.shell[0]
    return end if look.low < end < look.high else None


class _SliderInterface(QAccessibleWidget):
    def __init__(self, slider: StrengthSlider) -> None:
        super().__init__(slider, QAccessible.Role.Slider)

    def text(self, t: QAccessible.Text) -> str:
        slider = self.widget()
        if t == QAccessible.Text.Value and isinstance(slider, StrengthSlider):
            return spoken_value(slider.look)
        return super().text(t)


def _make(key: str, thing: QObject) -> QAccessibleInterface | None:
    return _SliderInterface(thing) if isinstance(thing, StrengthSlider) else None


def install() -> None:
    """Make screen readers know strength sliders. Once per application; more does nothing."""
    app = QApplication.instance()
    if app is not None and not app.property("latentstudio.accessible"):
        app.setProperty("latentstudio.accessible", True)
        QAccessible.installFactory(_make)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say something once, without moving the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
