"""How the window's parts stand: bars above and below, three columns between them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.window.bars import Bars
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.columns import Columns
from latentstudio.ui.window.panels import PanelSpec
from latentstudio.ui.window.panes import Pane
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.window_parts import WindowParts


class Layout(QWidget):
    """Everything inside the window but its menus.

    Args:
        parts: What stands in the columns.
        bars: What stands round them.
        panels: Of the right column.
        width: Of the window, in pixels.
    """

    def __init__(
        self, parts: WindowParts, bars: Bars, panels: tuple[PanelSpec, ...], width: int
    ) -> None:
        super().__init__()
        self._parts, self._bars = parts, bars
        self.centre = Centre(bars.options, bars.variations, bars.tools, parts.canvas, parts.strip)
        self.side = Side(panels, self.centre.below)
        self.columns = Columns(parts.left, self.centre, self.side, width)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for piece in (rule(), bars.toolbar, rule()):
            column.addWidget(piece)
        column.addWidget(self.columns, 1)
        column.addWidget(rule())
        column.addWidget(parts.status)

    def panes(self) -> tuple[Pane, ...]:
        """What takes the focus in turn, in the order it is read."""
        parts, bars = self._parts, self._bars
        return (
            (bars.toolbar, None),
            (parts.left, parts.left.focus_search),
            (bars.tools, None),
            (self.centre.bar, None),
            (parts.canvas, parts.canvas.view.setFocus),
            (parts.strip, None),
            (self.side, None),
            (self.side.drawer, None),
            (parts.status, None),
        )
