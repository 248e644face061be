"""The line above the canvas, 40 px with its line: compare, and how large the picture is shown."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from latentstudio.core.marked import marked
from latentstudio.ui.canvas.stage import Mode
from latentstudio.ui.region.options import PaintOptions
from latentstudio.ui.region.work import RegionWork
from latentstudio.ui.theme import set_role, theme
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.segmented import Segmented
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import grouped, tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.buttons import ActionButton, divider
from latentstudio.ui.window.keycap import KeyCap

HEIGHT = 39
_MARGIN = 12
_STEPS = 5  # from all there is to the least
_MODE_TIPS = (
    (Mode.HOLD, marked("Press and hold the picture: it shows what was before")),
    (Mode.SPLIT, marked("Before at the left of a line that you can drag")),
    (Mode.SIDE, marked("Before and after beside each other; they move together")),
    (Mode.DIFFERENCE, marked("Bright where the pictures differ, as strong as it can be seen")),
)
_ZOOMS = (0.25, 0.5, 1, 2, 4, 8, 16, 32)


class OptionsBar(QWidget):
    """Changes with what the canvas does: showing, comparing, starting, taking a file."""

    mode_asked = Signal(str)
    before_asked = Signal(int)
    zoom_asked = Signal(float)

    def __init__(self, actions: Actions, region: RegionWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._words = label("", "label", "tx2")
        self.pixels = Toggle(tr("Show pixels"))
        self.mode = Segmented(
            [
                (Mode.HOLD, tr("Hold")),
                (Mode.SPLIT, tr("Split")),
                (Mode.SIDE, tr("Side by side")),
                (Mode.DIFFERENCE, tr("Difference")),
            ]
        )
        for mode, tip in _MODE_TIPS:
            set_tip(self.mode.button(mode), shown(tip))
        self.before = QComboBox()
        self._zoom = QToolButton()
        self.paint = PaintOptions(region)
        self._showing = self._make_showing(actions)
        self._comparing = self._make_comparing(actions)
        self._zooming = self._make_zooming(actions)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.setSpacing(0)
        for part in (self._words, self._showing, self._comparing, self.paint):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._zooming)
        self.say("")
        self.set_comparing(False)

    def say(self, words: str) -> None:
        """Show only these words, while there is nothing to set; or the controls again."""
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._zooming.setVisible(not words)
        self.paint.setVisible(not words and self._paints)
        self._comparing.setVisible(not words and self._compares and not self._paints)
        self._showing.setVisible(not words and not self._compares and not self._paints)
        self._one.setVisible(not self._paints)
        self._fit_in()

    def set_comparing(self, compares: bool) -> None:
        """Offer the ways to compare."""
        self._compares = compares
        self.say(self._words.text())

    def set_painting(self, paints: bool) -> None:
        """Offer how the brush paints."""
        self._paints = paints
        self.say(self._words.text())

    def set_short(self, short: bool) -> None:
        """Use shorter words, for narrow windows."""
        self.paint.set_short(short)
        self._original.setText(tr("Original") if short else tr("Show original"))
        self._short = short
        self._fit_in()

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom; 1 is one to one."""
        self._zoom.setText(tr("%1 %").replace("%1", grouped(zoom * 100)))

    def show_choices(self, choices: list[tuple[str, QPixmap | None]], current: int) -> None:
        """Fill what can stand before: names with their small pictures."""
        self.before.blockSignals(True)
        self.before.clear()
        for name, picture in choices:
            self.before.addItem(QIcon(picture) if picture else QIcon(), name)
        self.before.setCurrentIndex(current)
        self.before.blockSignals(False)

    def show_held(self, key: str) -> None:
        """Name the key that shows the original while it is held."""
        self._held.show_key(tr("hold %1").replace("%1", key) if key else "")

    _compares = False
    _paints = False
    _short = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_in()

    def _fit_in(self) -> None:
        """While comparing, leave out what can be done without until the rest has room."""
        for step in range(1 if self._short else 0, _STEPS):
            self._before_label.setVisible(step < 1)
            self.before.setFixedWidth(138 if step < 1 else 92 if step < 3 else 58)
            self.mode.set_tight(step >= 1)
            self._fit_button.set_icon_only(step >= 2)
            self._one.setVisible(step < 3 and not self._paints)
            for button in self._steppers:
                button.setVisible(step < 4)
            if not self._compares or self._paints or self._needs() <= self.width():
                return

    def _needs(self) -> int:
        parts = (self._comparing, self._zooming)
        for part in parts:
            layout = part.layout()
            if layout is not None:
                layout.invalidate()
        return sum(part.sizeHint().width() for part in parts) + 2 * _MARGIN

    def _measure(self) -> None:
        """Fixed room for the longest zoom, so that the buttons beside it stand still."""
        widest = QFontMetrics(theme().font("label")).horizontalAdvance(
            tr("%1 %").replace("%1", grouped(6400))
        )
        self._zoom.setFixedWidth(widest + 14)

    def _make_showing(self, actions: Actions) -> QWidget:
        self._original = label(tr("Show original"), "label", "tx2")
        words = label(tr("Show pixels"), "label", "tx2")
        set_tip(self.pixels, tr("Every pixel as a square, or smooth"))
        self.pixels.clicked.connect(lambda: actions["pixels"].trigger())
        self._held = KeyCap(tr("hold %1").replace("%1", "\\"))
        return _group(self._original, self._held, divider(), words, self.pixels, spacing=8)

    def _make_comparing(self, actions: Actions) -> QWidget:
        self._before_label = label(tr("Before"), "label", "tx2")
        self.before.setAccessibleName(tr("Before"))
        set_tip(self.before, tr("What to compare with"))
        self.before.setIconSize(QSize(16, 16))
        self.before.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.before.setFixedWidth(138)
        set_role(self.before, "label")
        self.before.activated.connect(self.before_asked)
        self.mode.chosen.connect(self.mode_asked)
        swap = ActionButton(actions["swap"], tr("Swap"), "arrow-left-right")
        swap.set_icon_only(True)
        return _group(self.mode, self._before_label, self.before, swap, spacing=8)

    def _make_zooming(self, actions: Actions) -> QWidget:
        less = ActionButton(actions["zoom-out"], tr("Zoom out"), "minus", "tx2")
        more = ActionButton(actions["zoom-in"], tr("Zoom in"), "plus", "tx2")
        one = self._one = ActionButton(actions["one"], "1:1", "square")
        for button in (less, more):
            button.set_icon_only(True)
            button.setFixedWidth(26)
        self._steppers = (less, more)
        fit = self._fit_button = ActionButton(actions["fit"], tr("Fit"), "scan")
        one.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        one.setText("1:1")
        self._zoom.setProperty("kind", "plain")
        self._zoom.setAccessibleName(tr("Zoom"))
        set_tip(self._zoom, tr("Choose a zoom"))
        self._zoom.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_role(self._zoom, "label")
        theme().changed.connect(self._measure)
        theme().changed.connect(self._fit_in)
        self._measure()
        menu = QMenu(self._zoom)
        for zoom in _ZOOMS:
            words = tr("%1 %").replace("%1", grouped(zoom * 100))
            menu.addAction(words, partial(self.zoom_asked.emit, zoom))
        self._zoom.setMenu(menu)
        return _group(less, self._zoom, more, divider(), fit, one, spacing=3)


def _group(*parts: QWidget, spacing: int) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for part in parts:
        row.addWidget(part, alignment=Qt.AlignmentFlag.AlignVCenter)
    return box
