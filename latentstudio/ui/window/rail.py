"""The right column as a rail of icons, 44 px wide."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from latentstudio.core.reading import State
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.panels import PanelSpec

WIDTH = 44
_BADGES = {
    "on": ("circle-check", "ok"),
    "edge": ("circle-alert", "warn"),
    "off": ("triangle-alert", "warn"),
}


class Rail(QWidget):
    """A button for each panel; the first carries the verdict as a badge."""

    asked = Signal(str)

    def __init__(self, panels: Sequence[PanelSpec]) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.buttons = {panel.id: RailButton(panel) for panel in panels}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(4)
        upper = True
        for panel in panels:
            if upper and not panel.upper:
                column.addSpacing(2)
                column.addWidget(_rule(), alignment=Qt.AlignmentFlag.AlignHCenter)
                column.addSpacing(2)
            upper = panel.upper
            button = self.buttons[panel.id]
            button.clicked.connect(lambda _=False, id=panel.id: self.asked.emit(id))
            column.addWidget(button)
        column.addStretch(1)

    def mark(self, id: str) -> None:
        """Mark the panel that is open in the drawer, or none."""
        for name, button in self.buttons.items():
            button.setChecked(name == id)

    def show_state(self, state: State | None) -> None:
        """Show the verdict on the density's button."""
        if "density" in self.buttons:
            self.buttons["density"].set_state(state)


class RailButton(QToolButton):
    """An icon of 18 px; a small badge says what matters most inside."""

    def __init__(self, panel: PanelSpec) -> None:
        super().__init__()
        self._state: State | None = None
        self._title = panel.title
        self.setProperty("kind", "tool")
        self.setIcon(icon(panel.icon, "tx2", 18))
        self.setIconSize(QSize(18, 18))
        self.setFixedSize(32, 32)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_state(None)

    @property
    def state(self) -> State | None:
        return self._state

    def set_state(self, state: State | None) -> None:
        """Show a verdict, or none."""
        self._state = state
        words = {
            "on": tr("on the shell"),
            "edge": tr("near the edge"),
            "off": tr("too far"),
        }
        name = f"{self._title}: {words[state]}" if state else self._title
        self.setAccessibleName(name)
        set_tip(self, name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._state is None:
            return
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("panel"))
        painter.drawEllipse(18, 1, 13, 13)
        name, role = _BADGES[self._state]
        painter.drawPixmap(19, 2, pixmap(name, tokens.hex(role), 11, self.devicePixelRatioF()))


def _rule() -> QFrame:
    line = QFrame()
    line.setProperty("rule", "across")
    line.setFixedSize(20, 1)
    return line
