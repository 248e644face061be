"""A plot that is looked at and not touched: no menu, no buttons, the mouse passes through."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


class QuietPlot(pg.PlotWidget):  # type: ignore[misc]
    """Without a background of its own.

    Args:
        height: In pixels.
        parent: Where it stands.
    """

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setFixedHeight(height)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.getViewBox().setDefaultPadding(0)
        item.setContentsMargins(0, 0, 0, 0)
