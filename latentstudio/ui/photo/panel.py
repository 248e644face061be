"""The panel of own pictures: open one, set its frame, find its code, use it, put edits back."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.marked import marked
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent
from latentstudio.document.state import Document
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import ENDINGS, Photo
from latentstudio.session.photo_messages import KeptSearch, PhotoFound, PhotoNews
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.density.words import sentence
from latentstudio.ui.photo.crop_view import CropView
from latentstudio.ui.photo.dial import Dial
from latentstudio.ui.photo.used_photos import UsedPhoto, UsedPhotos
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.meter import state_words
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.render.messages import Pixels
    from latentstudio.workers.studio_client import StudioClient

_SIDE = 160
_STAGES = {
    "start": marked("Beginning"),
    "code": marked("Find the code"),
    "refine": marked("Refine"),
}


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
        self._running = False
        self._asked = self._waits = False
        self._kept: KeptSearch | None = None
        self.setProperty("surface", "panel")
        self._make()
        self._arrange()
        self._connect()
        self._show()

    # What others ask

    def ask(self) -> None:
        """Let a person choose a picture."""
        kinds = " ".join(f"*{ending}" for ending in ENDINGS)
        path, _ = QFileDialog.getOpenFileName(
            self.window(), tr("Open an image"), "", f"{tr('Pictures')} ({kinds})"
        )
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Open a picture's file."""
        self._client.photos.open(path)

    def paste(self) -> None:
        """Take the picture on the clipboard; a file that was copied, too."""
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()
        if data is None:
            data = QMimeData()  # what an empty clipboard holds on some systems
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if len(files) == 1 and is_picture(files[0]):
            self.open(files[0])
        elif data.hasImage():
            self._client.photos.paste(_as_png(QGuiApplication.clipboard().image()), tr("Pasted"))
        else:
            self._client.notice.emit("info", tr("There is no picture on the clipboard."))

    # Building

    def _make(self) -> None:
        self.empty = label(tr("Drop a picture here. It stays on this computer."), wrap=True)
        self.open_button = text_button(tr("Open image…"), "image", self.ask)
        self.earlier = label("", "body", wrap=True)
        self.resume = text_button(tr("Resume the search"), "redo-2", self._resume, kind="primary")
        self.forget = text_button(tr("Not any more"), "x", self._forget)
        self.view = CropView()
        self.turned = label("", "caption", "tx3", wrap=True)
        self.mirror = text_button(tr("Mirror"), "arrow-left-right")
        self.face = text_button(tr("Eyes and mouth"), "scan")
        for button in (self.mirror, self.face):
            button.setCheckable(True)
        self.search = text_button(
            tr("Find the code"), "search", lambda: self._find(), kind="primary"
        )
        self.stage = label("", "label", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.pause = text_button(tr("Pause"), "pause", self._pause)
        self.keep = text_button(tr("Stop and keep"), "check", lambda: self._client.photos.keep())
        self.far = label("", "body", "warn", wrap=True)
        self.go_on = text_button(tr("Go on"), "check", self._go_on)
        self.give_up = text_button(tr("Stop"), "x", lambda: self._client.photos.stop())
        self.made = bare()
        self.made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.made.setFixedHeight(_SIDE)
        self.made.setAccessibleName(tr("What the model makes of it"))
        self.dial = Dial()
        self.error = label("", "body", wrap=True)
        self.notes = label("", "caption", "warn", wrap=True)
        self.use = text_button(tr("Use this picture"), "check", self._use, kind="primary")
        self.save = text_button(tr("Save the photo with the edits…"), "share", self._save)

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.earlier)
        column.addLayout(_row(self.resume, self.forget))
        column.addWidget(self.empty)
        column.addWidget(self.open_button)
        column.addWidget(self.view)
        column.addWidget(self.turned)
        column.addLayout(_row(self.mirror, self.face))
        column.addWidget(self.search)
        column.addWidget(rule())
        column.addWidget(self.stage)
        column.addWidget(self.bar)
        column.addLayout(_row(self.pause, self.keep))
        column.addWidget(self.far)
        column.addLayout(_row(self.go_on, self.give_up))
        column.addWidget(self.made)
        column.addWidget(self.dial)
        column.addWidget(self.error)
        column.addWidget(self.notes)
        column.addWidget(self.use)
        column.addWidget(self.save)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollColumn(body))

    def _connect(self) -> None:
        photos = self._client.photos
        photos.opened.connect(self._opened)
        photos.failed.connect(self._failed)
        photos.stepped.connect(self._stepped)
        photos.found.connect(self._arrived)
        photos.stopped.connect(self._stopped)
        photos.saved.connect(self._saved)
        photos.kept.connect(self._was_under_way)
        self.view.changed.connect(self._moved)
        self.mirror.toggled.connect(self.view.set_mirror)
        self.face.toggled.connect(self.view.show_face)
        self.dial.chosen.connect(lambda _: self._show_place())
        self._client.models.model_opened.connect(self._model_changed)
        stop = self._history.changed.connect(self._document)
        self.destroyed.connect(lambda: stop())

    # What the engine says

    def _opened(self, photo: Photo) -> None:
        self._photo, self._found, self._codes = photo, None, ""
        self._kept = None
        for button in (self.mirror, self.face):
            button.setChecked(False)
        self.view.show_photo(photo)
        self.notes.setText(" ".join(map(shown, photo.notes)))
        self._show()
        self.wanted.emit()

    def _was_under_way(self, kept: KeptSearch) -> None:
        """A search did not end when the window went: offer to go on, unless one has begun."""
        if self._photo is not None or self._running:
            return
        self._kept = kept
        words = tr("The search for %1 was under way when the studio closed.")
        self.earlier.setText(words.replace("%1", kept.photo.name))
        self._show()
        self.wanted.emit()

    def _resume(self) -> None:
        kept = self._kept
        if kept is None:
            return
        self._opened(kept.photo)
        self.mirror.setChecked(kept.crop.mirror)
        self.view.set_crop(kept.crop)
        self._find(kept.steps)

    def _forget(self) -> None:
        self._kept = None
        self._client.photos.forget_kept()
        self._show()

    def _failed(self, sentence: str) -> None:
        self._running = self._waits = False
        self._client.notice.emit("error", sentence)
        self._show()

    def _stepped(self, news: PhotoNews) -> None:
        if news.stranger and not self._asked:
            self._ask_about(news.stranger)
        stage = shown(_STAGES[news.stage])
        said = tr("%1, step %2 of %3").replace("%2", str(news.step)).replace("%3", str(news.steps))
        self.stage.setText(stage if news.stage == "start" else said.replace("%1", stage))
        done = {"start": 0.0, "code": 0.4, "refine": 0.7}[news.stage]
        self.bar.setValue(round(100 * (done + 0.3 * news.step / max(1, news.steps))))
        self._show_pixels(news.pixels)

    def _ask_about(self, stranger: float) -> None:
        """The photo is far from anything the model draws: wait for a word."""
        self._asked = self._waits = True
        words = tr(
            "This picture is %1 times as far from what the model draws as its pictures are from "
            "one another. The result may look like something else."
        )
        self.far.setText(words.replace("%1", fixed(stranger, 1)))
        self._client.photos.pause(True)
        self._show()

    def _go_on(self) -> None:
        self._waits = False
        self._client.photos.pause(False)
        self._show()

    def _arrived(self, found: PhotoFound) -> None:
        self._running, self._waits, self._found = False, False, found
        said = [*(self._photo.notes if self._photo else ()), *found.notes]
        self.notes.setText(" ".join(map(shown, said)))
        self.dial.show_places(found.dial)
        self._show()

    def _stopped(self) -> None:
        self._running = self._waits = False
        self._show()

    def _saved(self, path: str) -> None:
        self._client.notice.emit("ok", tr("Saved %1").replace("%1", Path(path).name))

    def _model_changed(self, summary: object) -> None:
        """A code belongs to the model that it was found with."""
        fingerprint = summary.info.fingerprint  # type: ignore[attr-defined]
        if self._found is not None and self._found.fingerprint != fingerprint:
            self._found, self._codes = None, ""
        if self._running:
            self._client.photos.stop()
            words = tr("The search for your picture’s code was stopped: another model is open now.")
            self._client.notice.emit("info", words)
        self._kept = None
        self._client.photos.want_kept()
        self._show()

    def _document(self, document: Document) -> None:
        self.save.setVisible(self._photos.of(document.picture.start) is not None)

    # What hands ask

    def _moved(self, crop: Crop) -> None:
        self.turned.setText(
            tr("Turned %1°. Drag a corner or the round handle.").replace("%1", fixed(crop.angle, 1))
        )
        if self._running:
            self._client.photos.stop()
        self.search.setText(tr("Find the code") if self._sought is None else tr("Start again"))

    def _find(self, kept_steps: int | None = None) -> None:
        if self._photo is None:
            return
        self._sought, self._found, self._running = self.view.crop, None, True
        self._codes, self._asked, self._waits = "", False, False
        self.bar.setValue(0)
        self.stage.setText(tr("Looking at what the model draws"))
        self._show()
        if kept_steps is None:
            self._client.photos.find(self._photo, self._sought)
        else:
            self._client.photos.find(self._photo, self._sought, kept_steps, True)

    def _pause(self) -> None:
        paused = self.pause.text() == tr("Pause")
        self.pause.setText(tr("Resume") if paused else tr("Pause"))
        self._client.photos.pause(paused)

    def _use(self) -> None:
        """Start from the code: from here on it is a picture like any other."""
        if self._found is None or self._photo is None or self._sought is None:
            return
        place = self.dial.place
        self._codes = self._client.assets.put(place.codes)
        self._photos.add(self._codes, UsedPhoto(self._photo, self._sought, self._found.square))
        start = Latent(self._codes, place.space, self._found.label)
        self._history.do(commands.set_start(start, tr("own picture")))

    def _save(self) -> None:
        picture = self._history.document.picture
        used = self._photos.of(picture.start)
        if used is None:
            return
        name = f"{Path(used.photo.name).stem}-edited.png"
        kinds = f"{tr('Pictures')} (*.png *.webp *.jpg)"
        path, _ = QFileDialog.getSaveFileName(self.window(), self.save.text(), name, kinds)
        if path:
            self._client.photos.save(used.photo, used.crop, picture, path)

    # Showing

    def _is_used(self, document: Document) -> bool:
        start = document.picture.start
        return bool(self._codes) and isinstance(start, Latent) and start.codes == self._codes

    def _show(self) -> None:
        there, running, found = self._photo is not None, self._running, self._found is not None
        _show_all(self._kept is not None, self.earlier, self.resume, self.forget)
        self.empty.setVisible(not there)
        _show_all(there, self.view, self.turned, self.mirror, self.face, self.search)
        self.search.setEnabled(not running)
        self.pause.setText(tr("Pause"))
        waits = running and self._waits
        _show_all(running, self.stage, self.bar)
        _show_all(running and not waits, self.pause, self.keep)
        _show_all(waits, self.far, self.go_on, self.give_up)
        self.made.setVisible(running or found)
        _show_all(found, self.dial, self.error, self.use)
        self.notes.setVisible(bool(self.notes.text()))
        self._document(self._history.document)

    def _show_place(self) -> None:
        place = self.dial.place
        self._show_pixels(place.pixels)
        words = tr("Error %1, %2 dB.").replace("%1", fixed(place.error, 3))
        words = words.replace("%2", fixed(place.psnr, 1))
        reading = place.reading
        self.error.setText(f"{words} {state_words(reading.state)}. {sentence(reading)}")
        if self._is_used(self._history.document):
            self._use()

    def _show_pixels(self, pixels: "Pixels") -> None:
        side = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        self.made.setPixmap(to_pixmap(pixels).scaled(_SIDE, _SIDE, side, smooth))


def is_picture(path: str) -> bool:
    """Whether a file's name says that it is a picture."""
    return Path(path).suffix.lower() in ENDINGS


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _show_all(on: bool, *widgets: QWidget) -> None:
    for widget in widgets:
        widget.setVisible(on)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
