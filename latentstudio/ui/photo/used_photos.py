"""The photos that pictures start from: asked for when the document names one, kept while open."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from latentstudio.document.history import History
from latentstudio.document.start import Latent, PhotoUse, Start
from latentstudio.document.state import Document
from latentstudio.session.photo_messages import PhotoCopy, UsedPhoto

if TYPE_CHECKING:
    from latentstudio.inversion.crop import Crop
    from latentstudio.workers.studio_client import StudioClient

MOST = 4
"""Photos that are kept in memory: a large one takes 300 MB."""


def use_of(copy: PhotoCopy, kept: str, crop: "Crop") -> PhotoUse:
    """What a document says of a photo whose copy, if any, is in the assets as `kept`."""
    frame = (float(crop.x), float(crop.y), float(crop.side), float(crop.angle))
    return PhotoUse(copy.name, copy.digest, kept, frame, crop.mirror)


class UsedPhotos(QObject):
    """Tells which photo a start was found for: undo, projects and restarts bring back others."""

    changed = Signal()
    """One was opened, or can't be found."""

    def __init__(
        self, history: History, client: "StudioClient", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._history, self._client = history, client
        self._of: dict[PhotoUse, UsedPhoto] = {}
        self._lost: dict[PhotoUse, str] = {}
        self._asked: set[PhotoUse] = set()
        self._resolution = 0
        client.photos.loaded.connect(self.add)
        client.photos.lost.connect(self._not_found)
        client.models.model_opened.connect(self._model_opened)
        stop = history.changed.connect(self._document)
        self.destroyed.connect(lambda: stop())

    def add(self, use: PhotoUse, used: UsedPhoto) -> None:
        """Remember a photo; the one that was longest unused is forgotten."""
        for known in (self._of, self._lost):
            known.pop(use, None)
        self._of[use] = used
        while len(self._of) > MOST:
            gone = next(iter(self._of))
            del self._of[gone]
            self._asked.discard(gone)
        self.changed.emit()

    def of(self, start: Start) -> UsedPhoto | None:
        """The photo that a start draws; None where there is none, or until it is open."""
        use = _use(start)
        return None if use is None else self._of.get(use)

    def lost(self, start: Start) -> str:
        """Why the photo of a start can't be shown, as a sentence; empty where it can."""
        use = _use(start)
        return "" if use is None else self._lost.get(use, "")

    def find(self, start: Start, path: str) -> None:
        """A person says where the photo of a start is."""
        use = _use(start)
        if use is not None:
            self._client.photos.load(use, path)

    def _document(self, document: Document) -> None:
        use = _use(document.picture.start)
        if use is None or use in self._of or use in self._asked or not self._resolution:
            return
        self._asked.add(use)
        self._client.photos.load(use)

    def _not_found(self, use: PhotoUse, sentence: str) -> None:
        self._lost[use] = sentence
        self.changed.emit()

    def _model_opened(self, summary: Any) -> None:
        """Squares are of one model's size."""
        self._resolution = summary.info.resolution
        fits = {u: p for u, p in self._of.items() if len(p.square) == self._resolution}
        self._asked = set(fits)
        self._of = fits
        self._document(self._history.document)
        self.changed.emit()


def _use(start: Start) -> PhotoUse | None:
    return start.photo if isinstance(start, Latent) else None
