"""Small versions of pictures: asked for once, and kept while the model is open."""

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from latentstudio.document.state import Picture
from latentstudio.render.messages import Pixels
from latentstudio.ui.canvas.pixels import to_pixmap

MOST = 600
"""As many as the history has steps, and snapshots beside; the longest unseen go first."""


class Thumbs(QObject):
    """Gives what is there and asks for what is missing.

    Args:
        want: Asked once for every picture that has no thumb yet.
    """

    changed = Signal()
    """One has arrived, or all have gone."""

    def __init__(self, want: Callable[[Picture], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._want = want
        self._asked: set[Picture] = set()
        self._kept: OrderedDict[Picture, QPixmap] = OrderedDict()

    def get(self, picture: Picture) -> QPixmap | None:
        """The small picture, or None and it is asked for."""
        found = self._kept.get(picture)
        if found is not None:
            self._kept.move_to_end(picture)
        elif picture not in self._asked:
            self._asked.add(picture)
            self._want(picture)
        return found

    def peek(self, picture: Picture) -> QPixmap | None:
        """The small picture if it is there; nothing is asked for."""
        return self._kept.get(picture)

    def add(self, picture: Picture, pixels: Pixels) -> None:
        """Take one that was asked for; others are not for us."""
        if picture not in self._asked:
            return
        self._kept[picture] = to_pixmap(pixels)
        if len(self._kept) > MOST:
            old, _ = self._kept.popitem(last=False)
            self._asked.discard(old)
        self.changed.emit()

    def forget(self) -> None:
        """Drop those of another model."""
        self._kept.clear()
        self._asked.clear()
        self.changed.emit()
