"""The middle of the window: options bar, tools, canvas, strip."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.window.buttons import divider
from latentstudio.ui.window.options_bar import OptionsBar
from latentstudio.ui.window.tool_rail import ToolRail


class Centre(QWidget):
    """Stacks its parts; `below` is what a drawer may lie on."""

    def __init__(self, bar: OptionsBar, tools: ToolRail, canvas: Canvas, strip: Strip) -> None:
        super().__init__()
        self.bar, self.tools = bar, tools
        self.below = QWidget()
        self._strip_rule = rule()
        tool_rule = divider()
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
        column.addWidget(bar)
        column.addWidget(rule())
        column.addWidget(self.below, 1)
        self._strip = strip

    def set_bare(self, bare: bool) -> None:
        """Leave nothing but the canvas."""
        for part in (self.bar, self.tools, self._strip, self._strip_rule):
            part.setVisible(not bare)
