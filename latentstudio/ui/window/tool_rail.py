"""The tools at the left of the canvas, 44 px wide."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.buttons import ActionButton

WIDTH = 44


class ToolRail(QWidget):
    """One button for each tool; the one in use is marked."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Tools"))
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(4)
        tools = (
            ("hand", "hand", tr("Hand")),
            ("zoom", "zoom-in", tr("Zoom")),
            ("", "", ""),
            ("brush", "brush", tr("Brush")),
            ("eraser", "eraser", tr("Eraser")),
            ("lasso", "lasso", tr("Lasso")),
            ("box", "square-dashed", tr("Box")),
            ("ellipse", "circle", tr("Ellipse")),
            ("fill", "droplet", tr("Fill")),
            ("", "", ""),
            ("snap", "magnet", tr("Snap to edges")),
        )
        for id, image, name in tools:
            if not id:
                column.addWidget(rule())
                continue
            button = ActionButton(actions[id], name, image, "tx2", 18)
            button.set_icon_only(True)
            button.setFixedSize(QSize(32, 32))
            column.addWidget(button)
        column.addStretch(1)
