"""Snap back: ask the engine where it leads, show it, go there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Picture
from latentstudio.render.messages import Pixels
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class SnapBack(QObject):
    """One answer is kept: that for the picture asked about last."""

    previewed = Signal(object)
    """Pixels of the way back from the picture now, or None while they are not known."""

    def __init__(self, history: History, client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self._client = client
        self._asked: Picture | None = None
        self._target: Picture | None = None
        self._going = False
        client.previews.snap_ready.connect(self._answered)

    def ask(self, picture: Picture) -> None:
        """Find out where snapping back from `picture` leads, for the preview."""
        if picture != self._asked:
            self._asked, self._target = picture, None
            self.previewed.emit(None)
            self._client.previews.want_snap_back(picture)

    def go(self) -> None:
        """Snap back, as soon as the way is known."""
        self._going = True
        self.ask(self._history.document.picture)
        self._try()

    def _answered(self, target: Picture, pixels: Pixels) -> None:
        if self._asked is None or not _same_walk(target, self._asked):
            return  # an answer to an older question
        self._target = target
        self.previewed.emit(pixels)
        self._try()

    def _try(self) -> None:
        if self._going and self._target is not None:
            self._going = False
            if self._asked == self._history.document.picture:
                self._history.do(commands.show_picture(tr("snap back"), self._target))


def _same_walk(a: Picture, b: Picture) -> bool:
    """Whether two pictures start alike and use the same directions."""
    names_a, names_b = ({e.direction for e in p.edits} for p in (a, b))
    return a.original() == b.original() and names_a <= names_b
