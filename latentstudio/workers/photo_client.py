"""Own pictures: opened, found, blended back."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from latentstudio.core.progress import Job
from latentstudio.core.texts import about
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.document.state import Picture
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_messages import PhotoNews, UsedPhoto
from latentstudio.workers.engine import QUICK, Done, Engine

if TYPE_CHECKING:
    from latentstudio.session.own_pictures import OwnPictures
    from latentstudio.session.studio import Studio

Make = Callable[["OwnPictures"], Job[Any]]
Forget = Callable[["OwnPictures", str], Job[None]]
"""Given the model's fingerprint, too."""

STEPS = 40


class PhotoClient(QObject):
    """What the panel of own pictures asks for."""

    opened = Signal(object)  # Photo
    failed = Signal(str)  # sentence
    stepped = Signal(object)  # PhotoNews
    found = Signal(object)  # PhotoFound
    stopped = Signal()
    saved = Signal(str)  # path
    kept = Signal(object)  # KeptSearch
    kept_fit = Signal(object)  # KeptFit
    tuned = Signal(object)  # PhotoTuned
    loaded = Signal(object, object)  # PhotoUse, UsedPhoto
    lost = Signal(object, str)  # PhotoUse, sentence
    face = Signal(object, object)  # Photo, FaceNews

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._ticket = -1
        self._runs = 0
        self._model = ""
        self._keeping = False
        self._enough = False
        engine.job_stepped.connect(self._on_step)

    def open(self, path: str) -> None:
        """Open a picture's file; `opened` or `failed` follows."""
        job = self._engine.later(lambda s: s.photos.read(Path(path)))
        name = Path(path).name
        failed = lambda sentence: self.failed.emit(about(name, sentence))  # noqa: E731
        self._engine.run(f"Opening {name}", job, self.opened.emit, failed, QUICK)

    def paste(self, data: bytes, name: str) -> None:
        """Open what was pasted, the bytes of a PNG."""
        job = self._engine.later(lambda s: s.photos.read(data, name))
        self._engine.run(f"Opening {name}", job, self.opened.emit, self.failed.emit, QUICK)

    def find_face(self, photo: Photo) -> None:
        """Look for eyes and mouth of a photo; `face` follows."""
        job = self._engine.later(lambda s: s.photos.face(photo))
        done = lambda news: self.face.emit(photo, news)  # noqa: E731
        self._engine.run("Looking for a face", job, done, self.failed.emit, QUICK)

    def want_kept(self) -> None:
        """Ask what was under way when the window went; `kept` and `kept_fit` follow if so."""

        def ask(studio: "Studio") -> Job[None]:
            search, fit = yield from studio.photos.kept()
            if search is not None:
                self.kept.emit(search)
            if fit is not None:
                self.kept_fit.emit(fit)

        self._engine.quietly(ask)

    def forget_kept(self) -> None:
        """That search is not wanted."""
        self._engine.quietly(lambda s: s.photos.forget_search(s.photos.model))

    def forget_fit(self) -> None:
        """That fit is not wanted."""
        self._engine.quietly(lambda s: s.photos.forget_fit(s.photos.model))

    def find(self, photo: Photo, crop: Crop, steps: int = STEPS, go_on: bool = False) -> None:
        """Find the code that draws a frame's square; an earlier search is stopped.

        Args:
            photo: The whole photo.
            crop: The frame.
            steps: Of each stage.
            go_on: From what was kept of the same search.
        """
        self._follow(
            f"Finding {photo.name}",
            lambda own: own.find(photo, crop, steps, self._is_enough, go_on),
            self.found.emit,
            lambda own, model: own.forget_search(model),
        )

    def tune(
        self, used: UsedPhoto, start: Latent, noise: bool = False, go_on: bool = False
    ) -> None:
        """Fit the model to the photo of a start; what was under way is stopped.

        Args:
            used: The photo.
            start: Found for it.
            noise: Fit the model's noise inputs, too.
            go_on: From what was kept of the same fit.
        """
        self._follow(
            f"Fitting the model to {used.photo.name}",
            lambda own: own.fit(used, start, noise, self._is_enough, go_on),
            self.tuned.emit,
            lambda own, model: own.forget_fit(model),
        )

    def _is_enough(self) -> bool:
        return self._enough

    def _follow(self, title: str, make: Make, done: Done, forget: Forget) -> None:
        """Run the one job that can be paused, kept and stopped here.

        Args:
            title: For the list of jobs.
            make: A search or a fit.
            done: Given the result.
            forget: Drops what is kept of it on the disk.
        """
        self.stop()
        self._enough = self._keeping = False
        self._runs += 1
        run = self._runs

        def begin(studio: "Studio") -> Job[Any]:
            self._model = studio.photos.model
            return make(studio.photos)

        self._ticket = self._engine.run(
            title,
            self._engine.later(begin),
            done,
            self.failed.emit,
            cancelled=lambda: self._cancelled(run, forget),
            pausable=True,
            soft=True,
        )

    def load(self, use: PhotoUse, path: str = "") -> None:
        """Open the photo of a start again; `loaded` or `lost` follows.

        Args:
            use: What the document says of it.
            path: Where a person says that it is; empty takes the copy that is kept.
        """
        file = Path(path) if path else None
        self._engine.run(
            f"Opening {use.name}",
            self._engine.later(lambda s: s.photos.load(use, file)),
            lambda used: self.loaded.emit(use, used),
            lambda sentence: self.lost.emit(use, sentence),
            QUICK,
        )

    def _cancelled(self, run: int, forget: Forget) -> None:
        """Stopped by hand: it is not to be offered again. A window that closes hears no more.

        Where another one has begun meanwhile, nobody waits for the end of this one.
        """
        if run != self._runs:
            return
        if not self._keeping:
            self._engine.quietly(lambda s: forget(s.photos, self._model))
        self.stopped.emit()

    def pause(self, paused: bool) -> None:
        """Let the search stand, or go on."""
        if paused:
            self._engine.jobs.pause(self._ticket)
        else:
            self._engine.jobs.resume(self._ticket)

    def keep(self) -> None:
        """End the search with what is found by now; `found` follows."""
        self._enough = True
        self._engine.jobs.resume(self._ticket)

    def stop(self, keep: bool = False) -> None:
        """End what is under way.

        Args:
            keep: It can be gone on with when its model is open again; else it is forgotten.
        """
        self._keeping = keep
        if self._ticket >= 0:
            self._engine.jobs.cancel(self._ticket)

    def save(self, photo: Photo, crop: Crop, picture: Picture, path: str) -> None:
        """Write the photo with a picture's edits in it."""
        target = Path(path)
        job = self._engine.later(lambda s: s.pictures.save_blended(photo, crop, picture, target))
        done = lambda path: self.saved.emit(str(path))  # noqa: E731
        self._engine.run(f"Saving {target.name}", job, done, lane=QUICK)

    def _on_step(self, ticket: int, news: object) -> None:
        if ticket == self._ticket and isinstance(news, PhotoNews):
            self.stepped.emit(news)
