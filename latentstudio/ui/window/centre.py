"""The middle of the window: options bar, tools, canvas, strip."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.variations.bar import VariationsBar
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.window.buttons import divider
from latentstudio.ui.window.options_bar import HEIGHT, OptionsBar
from latentstudio.ui.window.tool_rail import ToolRail


class Centre(QWidget):
    """Stacks its parts; `below` is what a drawer may lie on."""

    def __init__(
        self,
        bar: OptionsBar,
        variations: VariationsBar,
        tools: ToolRail,
        canvas: Canvas,
        strip: Strip,
    ) -> None:
        super().__init__()
        self.bar, self.tools = QStackedWidget(), tools
        self._bars = (bar, variations)
        for part in self._bars:
            self.bar.addWidget(part)
        self.bar.setFixedHeight(HEIGHT)
        self._bare = self._varies = False
        self.below = QWidget()
        self._strip_rule = rule()
        self._tool_rule = tool_rule = divider()
        tool_rule.setMaximumHeight(16777215)
        tool_rule.setMinimumHeight(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(tools)
        middle.addWidget(tool_rule)
        middle.addWidget(canvas, 1)
        lower = QVBoxLayout(self.below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(0)
        lower.addLayout(middle, 1)
        lower.addWidget(self._strip_rule)
        lower.addWidget(strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(rule())
        column.addWidget(self.below, 1)
        self._strip = strip

    def set_bare(self, bare: bool) -> None:
        """Leave nothing but the canvas."""
        self._bare = bare
        for part in (self._strip, self._strip_rule):
            part.setVisible(not bare)
        self._show_tools()

    def show_variations(self, varies: bool) -> None:
        """Give the bar to the grid of variations, which has no tools, or back to the canvas."""
        self._varies = varies
        self.bar.setCurrentWidget(self._bars[int(varies)])
        self._show_tools()

    def _show_tools(self) -> None:
        self.bar.setVisible(not self._bare)
        for part in (self.tools, self._tool_rule):
            part.setVisible(not self._bare and not self._varies)
