"""A page in the place of the canvas: it follows the canvas' size."""

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QWidget


class CanvasPage(QWidget):
    """Covers the canvas while it is shown; hidden at first.

    Args:
        canvas: What it covers.
    """

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._cover = 0
        self.hide()
        canvas.installEventFilter(self)

    def set_cover(self, pixels: int) -> None:
        """How much of the right side a drawer hides."""
        self._cover = pixels
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _uncovered(self) -> QRect:
        """The part of the canvas that no drawer hides."""
        return self._canvas.rect().adjusted(0, 0, -self._cover, 0)

    def _place(self) -> None:
        self.setGeometry(self._uncovered())
