"""Local sliders are bent one after the other, behind the hand, and take their places unseen."""

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentstudio.document.history import History
from latentstudio.document.region_commands import amounts_of
from latentstudio.document.state import Document
from latentstudio.session.region_messages import LocalNews, PathNews, PathRequest
from latentstudio.ui.widgets.timers import timer

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_REST = 400  # ms without a change of the document before a path is asked for, or put in place


class PathQueue(QObject):
    """Works out the paths of the newest local sliders, those in use first.

    A path is straight as far as undo, redo or a snapshot show its slider, so nothing that was seen
    changes when it takes its place. Where the slider has been moved farther meanwhile, it is worked
    out again.
    """

    changed = Signal()

    def __init__(self, history: History, client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self._history, self._client = history, client
        self._news: LocalNews | None = None
        self._tau = 1e-3
        self._left: deque[str] = deque()
        self._asked: PathRequest | None = None
        self._came: PathNews | None = None
        self._all = 0
        self._rest = timer(self, _REST, self._go_on)
        client.regions.path_ready.connect(self._arrived)
        client.regions.path_failed.connect(self._failed)
        stop = history.changed.connect(self._document_changed)
        self.destroyed.connect(lambda: stop())

    @property
    def progress(self) -> tuple[int, int] | None:
        """Which one is worked out, of how many; None where nothing is left to do."""
        if not self._all or (not self._left and self._asked is None):
            return None
        return min(self._all, self._all - len(self._left)) or 1, self._all

    def start(self, news: LocalNews, tau: float) -> None:
        """Begin with other sliders."""
        self.stop()
        used = self._in_use(news)
        self._news, self._tau = news, tau
        # One that was taken from an earlier answer may be none of the newest ones.
        self._left = deque([*used, *(id for id in news.ids if id not in used)])
        self._all = len(self._left)
        self._rest.start()

    def stop(self) -> None:
        """Leave the sliders as they are."""
        self._rest.stop()
        self._left.clear()
        if self._asked is not None:
            self._client.regions.drop_path()
        self._news = self._asked = self._came = None
        self._all = 0

    def _document_changed(self, _document: Document) -> None:
        if self._rest.isActive():  # not while a hand moves something
            self._rest.start()

    def _go_on(self) -> None:
        """The hand rests: put what came in its place, and ask for the next."""
        came, self._came = self._came, None
        if came is not None:
            if self._used(came.request.direction) == came.request.used:
                self._client.regions.adopt(came)
            else:
                self._left.appendleft(came.request.direction)
        if self._asked is None and self._left and self._news is not None:
            id = self._left.popleft()
            picture = self._news.request.picture
            self._asked = PathRequest(picture, id, self._used(id), tau=self._tau)
            self._client.regions.want_path(self._asked)
        self.changed.emit()

    def _in_use(self, news: LocalNews) -> list[str]:
        """Local sliders of the same mask that the picture's edits use, the listed ones first."""
        digest = news.request.use.digest if news.request.use else ""
        edits = self._history.document.picture.edits
        used = [e.direction for e in edits if e.mask is not None and e.mask.digest == digest]
        return sorted(dict.fromkeys(used), key=lambda id: id not in news.ids)

    def _used(self, id: str) -> tuple[float, ...]:
        return amounts_of(id, self._history.states())

    def _arrived(self, news: PathNews | None) -> None:
        if self._asked is None or (news is not None and news.request is not self._asked):
            return  # of sliders that are not asked for any more
        self._asked, self._came = None, news
        self._rest.start()

    def _failed(self, request: PathRequest, _sentence: str) -> None:
        if request is self._asked:  # it goes straight
            self._asked = None
            self._rest.start()
