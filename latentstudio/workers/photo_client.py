"""Own pictures: opened, found, blended back."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentstudio.core.texts import about
from latentstudio.document.state import Picture
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_messages import PhotoNews
from latentstudio.workers.engine import QUICK, Engine

STEPS = 40


class PhotoClient(QObject):
    """What the panel of own pictures asks for."""

    opened = Signal(object)  # Photo
    failed = Signal(str)  # sentence
    stepped = Signal(object)  # PhotoNews
    found = Signal(object)  # PhotoFound
    stopped = Signal()
    saved = Signal(str)  # path

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._ticket = -1
        self._enough = False
        engine.job_stepped.connect(self._on_step)

    def open(self, path: str) -> None:
        """Open a picture's file; `opened` or `failed` follows."""
        job = self._engine.later(lambda s: s.read_photo(Path(path)))
        name = Path(path).name
        failed = lambda sentence: self.failed.emit(about(name, sentence))  # noqa: E731
        self._engine.run(f"Opening {name}", job, self.opened.emit, failed, QUICK)

    def paste(self, data: bytes, name: str) -> None:
        """Open what was pasted, the bytes of a PNG."""
        job = self._engine.later(lambda s: s.read_photo(data, name))
        self._engine.run(f"Opening {name}", job, self.opened.emit, self.failed.emit, QUICK)

    def find(self, photo: Photo, crop: Crop, steps: int = STEPS) -> None:
        """Find the code that draws a frame's square; an earlier search is stopped."""
        self.stop()
        self._enough = False
        job = self._engine.later(lambda s: s.find_photo(photo, crop, steps, lambda: self._enough))
        self._ticket = self._engine.run(
            f"Finding {photo.name}",
            job,
            self.found.emit,
            self.failed.emit,
            cancelled=self.stopped.emit,
            pausable=True,
        )

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

    def stop(self) -> None:
        """End the search and forget it."""
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
