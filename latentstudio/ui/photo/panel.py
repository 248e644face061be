"""The panel of own pictures: open one, set its frame, find its code, use it, fit the model."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent
from latentstudio.document.state import Document
from latentstudio.inversion.crop import Crop, cut
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_messages import (
    FaceNews,
    KeptFit,
    KeptSearch,
    PhotoFound,
    PhotoNews,
    PhotoTuned,
    UsedPhoto,
)
from latentstudio.ui.photo.back_card import BackCard
from latentstudio.ui.photo.earlier_card import EarlierCard
from latentstudio.ui.photo.fit_card import FitCard
from latentstudio.ui.photo.frame_card import FrameCard
from latentstudio.ui.photo.picture_source import ask_for_picture, paste_picture
from latentstudio.ui.photo.result_card import SIDE, ResultCard
from latentstudio.ui.photo.search_card import SearchCard
from latentstudio.ui.photo.used_photos import UsedPhotos, use_of
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class PhotoPanel(QWidget):
    """Holds the photo and its frame; the document holds the code once it is used."""

    wanted = Signal()
    """A picture was opened: the panel wants to be seen."""

    def __init__(self, history: History, client: "StudioClient", photos: UsedPhotos) -> None:
        super().__init__()
        self._photos = photos
        self._history, self._client = history, client
        self._photo: Photo | None = None
        self._sought: Crop | None = None
        self._found: PhotoFound | None = None
        self._codes = ""
        self._kept: KeptSearch | None = None
        self._running = ""
        """``find`` or ``fit``, or empty."""
        self.setProperty("surface", "panel")
        self._make()
        self._arrange()
        self._connect()
        self._show()

    # What others ask

    def ask(self) -> None:
        """Let a person choose a picture."""
        path = ask_for_picture(self, tr("Open an image"))
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Open a picture's file."""
        self._client.photos.open(path)

    def paste(self) -> None:
        """Take the picture on the clipboard; a file that was copied, too."""
        paste_picture(self._client)

    # Building

    def _make(self) -> None:
        self.empty = label(tr("Drop a picture here. It stays on this computer."), wrap=True)
        self.open_button = text_button(tr("Open image…"), "image", self.ask)
        self.earlier = EarlierCard(
            tr("The search for %1 was under way when the studio closed."),
            tr("Resume the search"),
            lambda: self._resume(),
            lambda: self._forget(),
        )
        self.frame = FrameCard()
        self.view, self.mirror = self.frame.view, self.frame.mirror
        self.search = text_button(
            tr("Find the code"), "search", lambda: self._find(), kind="primary"
        )
        self.under_way = SearchCard(self._client)
        self.stages = self.under_way.stages
        self.result = ResultCard()
        self.made, self.dial, self.use = self.result.made, self.result.dial, self.result.use
        self.notes = label("", "caption", "warn", wrap=True)
        self.fit = FitCard(self._history, self._client, self._photos)
        self.back = BackCard(self._history, self._client, self._photos)

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        over = (self.earlier, self.empty, self.open_button, self.frame, self.search, rule())
        under = (self.under_way, self.result, self.notes, self.fit, self.back)
        for widget in (*over, *under):
            column.addWidget(widget)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollColumn(body)
        outer.addWidget(self._scroll)

    def _connect(self) -> None:
        photos = self._client.photos
        photos.opened.connect(self._opened)
        photos.failed.connect(self._failed)
        photos.stepped.connect(self._stepped)
        photos.found.connect(self._arrived)
        photos.tuned.connect(self._fitted)
        photos.stopped.connect(self._stopped)
        photos.saved.connect(self._saved)
        photos.kept.connect(self._was_under_way)
        photos.kept_fit.connect(self._fit_was_under_way)
        photos.face.connect(self._face_seen)
        self.frame.face.toggled.connect(self._want_face)
        self.view.changed.connect(self._moved)
        self.dial.chosen.connect(lambda _: self._show_place())
        self.use.clicked.connect(self._use)
        self.fit.begun.connect(self._fit_begun)
        self.fit.offered.connect(self.wanted)
        self._photos.changed.connect(self._show_used)
        self._client.models.model_opened.connect(self._model_changed)
        stop = self._history.changed.connect(self._document)
        self.destroyed.connect(lambda: stop())

    # What the engine says

    def _opened(self, photo: Photo) -> None:
        if self._running == "find":  # what it finds is of another photo
            self._client.photos.stop()
        self._photo, self._found, self._codes = photo, None, ""
        self._sought = None
        self._offer(None)
        self.frame.show_photo(photo)
        self.result.strip.clear()
        self.search.setText(tr("Find the code"))
        self.notes.setText(" ".join(map(shown, photo.notes)))
        self._show()
        self.wanted.emit()

    def _want_face(self, on: bool) -> None:
        if on and self._photo is not None:
            self._client.photos.find_face(self._photo)

    def _face_seen(self, photo: Photo, news: FaceNews) -> None:
        """Points that are found can be dragged; where none are, they stand in the middle."""
        if photo is not self._photo or not self.frame.face.isChecked():
            return
        if news.face is not None:
            self.view.set_face(news.face)
        elif news.looked:
            words = tr("No face found. Drag the points onto eyes and mouth.")
            self._client.notice.emit("info", words)

    def _was_under_way(self, kept: KeptSearch) -> None:
        """A search did not end when the window went: offer to go on, unless one has begun."""
        if self._photo is not None or self._running:
            return
        self._offer(kept)
        self.wanted.emit()

    def _fit_was_under_way(self, kept: KeptFit) -> None:
        self.fit.know_kept(kept)
        self._show_used()

    def _offer(self, kept: KeptSearch | None) -> None:
        self._kept = kept
        self.earlier.offer(kept.photo.name if kept is not None else "")

    def _resume(self) -> None:
        kept = self._kept
        if kept is not None:
            self._opened(kept.photo)
            self.frame.show_crop(kept.crop)
            self._find(kept.steps)

    def _forget(self) -> None:
        self._offer(None)
        self._client.photos.forget_kept()

    def _failed(self, sentence: str) -> None:
        self._client.notice.emit("error", sentence)
        self._stopped()

    def _stepped(self, news: PhotoNews) -> None:
        self.under_way.show_news(news)
        self.result.show_news(news)

    def _arrived(self, found: PhotoFound) -> None:
        self._running, self._found = "", found
        said = [*(self._photo.notes if self._photo else ()), *found.notes]
        self.notes.setText(" ".join(map(shown, said)))
        for stage in found.stages:
            self.stages.show_stage(stage)
        self.dial.show_places(found.dial)
        self._show()
        self._reveal(self.use)

    def _fitted(self, tuned: PhotoTuned) -> None:
        self._running = ""
        self.stages.show_stage(tuned.after)
        self.result.show_pixels(tuned.after.pixels)
        self.notes.setText(" ".join(map(shown, tuned.notes)))
        self.fit.take(tuned)
        self._show()

    def _stopped(self) -> None:
        self._running = ""
        self.stages.end()
        self._show()

    def _saved(self, path: str) -> None:
        self._client.notice.emit("ok", tr("Saved %1").replace("%1", Path(path).name))

    def _model_changed(self, summary: Any) -> None:
        """A code, a fit and a search that is kept belong to the model that they are of."""
        if self._found is not None and self._found.fingerprint != summary.info.fingerprint:
            self._found, self._codes = None, ""
            self.result.strip.clear()
        if self._running:
            self._client.photos.stop(True)
            search = tr(
                "The search for your picture’s code was stopped: another model is open now."
            )
            fit = tr("The fit to your photo was stopped: another model is open now.")
            self._client.notice.emit("info", search if self._running == "find" else fit)
        self._offer(None)
        self.fit.show_model(summary.info)
        self._client.photos.want_kept()
        self._show()

    def _document(self, document: Document) -> None:
        self._show_used()

    # What hands ask

    def _moved(self, crop: Crop) -> None:
        if self._running == "find":
            self._client.photos.stop()
        self.search.setText(tr("Find the code") if self._sought is None else tr("Start again"))
        self._show_search()

    def _find(self, kept_steps: int | None = None) -> None:
        if self._photo is None:
            return
        self._sought, self._found = self.view.crop, None
        self._codes = ""
        self._begin("find")
        self.result.show_own(cut(self._photo.pixels, self._sought, SIDE))
        self.under_way.begin()
        self._reveal(self.result.strip)
        if kept_steps is None:
            self._client.photos.find(self._photo, self._sought)
        else:
            self._client.photos.find(self._photo, self._sought, kept_steps, True)

    def _fit_begun(self) -> None:
        self._begin("fit")
        used = self._photos.of(self._history.document.picture.start)
        if used is not None:
            self.result.show_own(cut(used.photo.pixels, used.crop, SIDE))
        self._reveal(self.under_way)
        if self._found is None:
            self.stages.begin_fit()

    def _begin(self, what: str) -> None:
        self._running = what
        self.result.strip.clear()
        self._show()

    def _use(self) -> None:
        """Start from the code: from here on it is a picture like any other."""
        found = self._found
        if found is None or self._photo is None or self._sought is None:
            return
        place, put = self.dial.place, self._client.assets.put
        self._codes = put(place.codes)
        use = use_of(found.copy, "" if found.copy.data is None else put(found.copy.data),
                     self._sought)  # fmt: skip
        self._photos.add(use, UsedPhoto(self._photo, self._sought, found.square))
        start = Latent(self._codes, place.space, found.label, photo=use)
        self._history.do(commands.set_start(start, tr("own picture")))

    # Showing

    def _reveal(self, widget: QWidget) -> None:
        """Scroll to it, once it has got its place."""
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(widget, 0, 12))

    def _show_place(self) -> None:
        self.result.show_place()
        if self._is_used():
            self._use()

    def _show(self) -> None:
        there, running, found = self._photo is not None, bool(self._running), self._found
        self.empty.setVisible(not there)
        self.frame.setVisible(there)
        self._show_search()
        self.under_way.show_state(running, found is not None)
        self.result.show_state(running, found)
        self.notes.setVisible(bool(self.notes.text()))
        self._show_used()

    def _show_search(self) -> None:
        """Once it is found, a search is offered again when the frame has moved."""
        over = self._found is not None and self._sought == self.view.crop
        self.search.setVisible(self._photo is not None and not over)
        self.search.setEnabled(not self._running)

    def _is_used(self) -> bool:
        start = self._history.document.picture.start
        return bool(self._codes) and isinstance(start, Latent) and start.codes == self._codes

    def _show_used(self) -> None:
        self.use.setVisible(self._found is not None and not self._is_used())
        self.fit.show_document(bool(self._running))
        self.back.show_document()
