"""A search for a photo's code that outlives the window: photo, frame and state, one a model.

It is kept with the model's cache, since it is worth no more than the minutes it took.
"""

import contextlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.files import write_bytes
from latentstudio.core.formats import StoredFormat
from latentstudio.core.progress import Job, Step, Stopped, changed
from latentstudio.discovery.checkpoints import FIRST_SECONDS, SECONDS, SHARE
from latentstudio.inversion.crop import Crop, checked
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.search import Progress
from latentstudio.inversion.state import SearchState, read_state, write_state
from latentstudio.session.photo_messages import KeptSearch
from latentstudio.store import cache, json_files, run_files

SEARCH = StoredFormat(1)
"""Of ``search.json``."""
_LARGEST = 100_000
_LARGEST_PHOTO = 2 * 1024**3
_LOCK = "own-picture"


class SearchKeeper:
    """Keeps one search while it runs: soon after its start, then by time, and when it is closed.

    Args:
        fingerprint: Of the model.
        clock: Seconds; for tests.
    """

    def __init__(self, fingerprint: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._fingerprint, self._clock = fingerprint, clock
        self._folder = folder(fingerprint)
        self._about: dict[str, Any] = {}
        self._latest: Progress | None = None
        self._due = clock() + FIRST_SECONDS

    def kept(self, job: Job[Any], photo: Photo, crop: Crop, steps: int) -> Job[Any]:
        """The same job, kept while it runs; a search of another window is left alone.

        Once it has ended by itself there is nothing to go on with.
        """
        lock = run_files.take(self._fingerprint, _LOCK)
        if lock is None:
            return (yield from job)
        try:
            yield Step(0.0, "Keeping the picture")
            with contextlib.suppress(LatentStudioError):
                self._keep_photo(photo, crop, steps)
            try:
                result = yield from changed(job, self._see)
            except (GeneratorExit, Stopped):
                self._save()
                raise
            forget(self._fingerprint)
            return result
        finally:
            lock.release()

    def _keep_photo(self, photo: Photo, crop: Crop, steps: int) -> None:
        frame = msgspec.to_builtins(crop)
        about = {"name": photo.name, "notes": list(photo.notes), "crop": frame, "steps": steps}
        data = io.BytesIO()
        np.save(data, photo.pixels, allow_pickle=False)
        write_bytes(self._folder / "photo.npy", data.getvalue())
        self._about = about

    def _see(self, step: Step) -> Step:
        if isinstance(step.preview, Progress):
            self._latest = step.preview
            if self._clock() >= self._due:
                began = self._clock()
                self._save()
                now = self._clock()
                self._due = now + max(SECONDS, SHARE * (now - began))
        return step

    def _save(self) -> None:
        """A disk that is full costs the state, not the search."""
        if self._latest is None or not self._about:
            return
        with contextlib.suppress(LatentStudioError):
            write_state(self._latest.state(), self._folder / "search.state")
            about = {**self._about, "stage": self._latest.stage, "step": self._latest.step}
            json_files.write(self._folder / "search.json", SEARCH, about)


def folder(fingerprint: str) -> Path:
    """Where a model's search is kept."""
    return cache.folder(fingerprint) / "search"


def forget(fingerprint: str) -> None:
    """Drop what is kept."""
    for name in ("search.json", "search.state", "photo.npy"):
        with contextlib.suppress(OSError):
            (folder(fingerprint) / name).unlink(missing_ok=True)


def waiting(fingerprint: str) -> KeptSearch | None:
    """The search that was under way when the window went; None where there is none to go on."""
    where = folder(fingerprint)
    if run_files.is_taken(fingerprint, _LOCK) or not (where / "search.state").is_file():
        return None
    try:
        about = json_files.read(where / "search.json", SEARCH, _LARGEST)
        if about is None or (where / "photo.npy").stat().st_size > _LARGEST_PHOTO:
            return None
        pixels = np.load(where / "photo.npy", allow_pickle=False)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            return None
        photo = Photo(pixels, str(about["name"]), tuple(map(str, about["notes"])))
        crop = checked(msgspec.convert(about["crop"], Crop), photo.width, photo.height)
        return KeptSearch(photo, crop, int(about["steps"]), int(about["step"]), str(about["stage"]))
    except (OSError, ValueError, KeyError, TypeError, LatentStudioError):
        return None


def state(fingerprint: str, key: str) -> SearchState | None:
    """What a search goes on from; None where it has to begin again."""
    try:
        return read_state(folder(fingerprint) / "search.state", key)
    except LatentStudioError:
        return None
