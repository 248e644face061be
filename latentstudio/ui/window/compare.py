"""Comparing: which picture stands before, how, and the key that shows the original."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentstudio.core.texts import sentence_case
from latentstudio.core.walk import Walk
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture
from latentstudio.render.messages import Frame
from latentstudio.session.photo_messages import UsedPhoto
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.stage import Mode
from latentstudio.ui.photo.used_photos import UsedPhotos
from latentstudio.ui.widgets.words import start_words, tr

PHOTO = -1
"""The source that is the artist's own photo."""
OTHER_WALK = -2
"""The source that is the same amounts walked in another way: straight, or on the shell."""

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Compare(QObject):
    """Keeps the canvas's picture "before" in step with the document."""

    changed = Signal()
    """Switched on or off, or another way or picture was chosen."""

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        canvas: Canvas,
        photos: UsedPhotos,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._photos = photos
        self._history = history
        self._client = client
        self._canvas = canvas
        self._on = False
        self._held = False
        self._mode = Mode.SPLIT
        self._source = 0
        self._shown: Picture | UsedPhoto | None = None
        client.previews.original_ready.connect(self._arrived)
        photos.changed.connect(self._photos_changed)

    @property
    def on(self) -> bool:
        return self._on

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def source(self) -> int:
        """0 is the start, n the nth snapshot; else `PHOTO` or `OTHER_WALK`."""
        return self._source

    @property
    def photo(self) -> UsedPhoto | None:
        """The artist's own photo that the picture starts from, or None."""
        return self._photos.of(self._history.document.picture.start)

    def toggle(self) -> None:
        """Switch comparing on or off."""
        self._on = not self._on
        self._show()

    def set_mode(self, mode: str) -> None:
        """Choose how to compare."""
        self._mode = Mode(mode)
        self._show()

    def set_source(self, source: int) -> None:
        """Choose what stands before; see `source`."""
        self._source = source
        self._show()

    def swap(self) -> None:
        """Exchange the sides."""
        self._canvas.set_swapped(not self._canvas.stage.swapped)

    def hold(self, held: bool) -> None:
        """Show the original as long as its key is down: the photo itself where there is one."""
        self._held = held
        self._show()

    def show_document(self, document: Document) -> None:
        """Follow the document."""
        lost = self._source == PHOTO and self.photo is None
        if lost or self._source > len(document.snapshots):
            self._source = 0
            self.changed.emit()
        if self._on or self._held:
            self._refresh()

    def _photos_changed(self) -> None:
        """The photo of the picture was opened again, or is gone."""
        self.show_document(self._history.document)
        self.changed.emit()

    def forget(self) -> None:
        """Another model was opened: what was shown before is no more."""
        self._shown = None
        self._source = 0
        if self._on:
            self._show()

    def _before(self) -> Picture | UsedPhoto:
        document, photo = self._history.document, self.photo
        if photo is not None and (self._held or self._source == PHOTO):
            return photo
        if self._source == OTHER_WALK and not self._held:
            return replace(document.picture, walk=other_walk(document.picture))
        if self._held or self._source < 1:
            return document.picture.original()
        return document.snapshots[self._source - 1].picture

    def _show(self) -> None:
        self._canvas.set_mode(self._mode if self._on else Mode.OFF)
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        wanted = self._before()
        if (self._on or self._held) and wanted != self._shown:
            self._ask(wanted)
        self._show_tags()
        self._canvas.set_held(self._held and wanted == self._shown)

    def _ask(self, wanted: Picture | UsedPhoto) -> None:
        """A photo is there; a picture has to be drawn."""
        if isinstance(wanted, UsedPhoto):
            self._shown = wanted
            self._canvas.show_before(wanted.square)
        else:
            self._client.previews.show_original(wanted)

    def _arrived(self, frame: Frame) -> None:
        wanted = self._before()
        if frame.picture == wanted or self._walks_along(frame.picture, wanted):
            self._shown = frame.picture
            self._canvas.show_before(frame.pixels)
            self._canvas.set_held(self._held)

    def _walks_along(self, picture: Picture, wanted: Picture | UsedPhoto) -> bool:
        """While a slider is dragged, the other walk follows a little behind."""
        if self._source != OTHER_WALK or self._held or isinstance(wanted, UsedPhoto):
            return False
        return (picture.start, picture.walk) == (wanted.start, wanted.walk)

    def _show_tags(self) -> None:
        document, before = self._history.document, self._before()
        if isinstance(before, UsedPhoto):
            name = tr("photo")
        elif self._source == OTHER_WALK and not self._held:
            name = walk_name(before.walk)
        elif self._held or self._source < 1:
            words = start_words(document.picture.start)
            name = f"{words[:1].lower()}{words[1:]}"
        else:
            name = f"{self._source} {document.snapshots[self._source - 1].name}"
        count = len(document.picture.active())
        edits = tr("1 edit") if count == 1 else tr("%1 edits").replace("%1", str(count))
        after = tr("After: %1").replace("%1", edits)
        if self._source == OTHER_WALK and not self._held:
            name, after = sentence_case(name), walk_name(document.picture.walk)
            self._canvas.set_tags(name, sentence_case(after))
            return
        self._canvas.set_tags(tr("Before: %1").replace("%1", name), after)


def other_walk(picture: Picture) -> Walk:
    """What a picture's walk is compared with."""
    return "straight" if picture.on_shell else "preserve"


def walk_name(walk: Walk) -> str:
    """A walk in the middle of a sentence."""
    return {
        "straight": tr("straight walk"),
        "preserve": tr("walk on the shell"),
        "geodesic": tr("walk along a great circle"),
    }[walk]
