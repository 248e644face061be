"""A search for a photo's code that outlives the window: photo, frame and state, one a model.

It is kept with the model's cache, since it is worth no more than the minutes it took.
"""

import contextlib
import io
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.files import write_bytes
from latentstudio.core.formats import StoredFormat
from latentstudio.inversion.crop import Crop, checked
from latentstudio.inversion.pictures import Photo
from latentstudio.inversion.search import Progress
from latentstudio.inversion.state import SearchState, read_state, write_state
from latentstudio.session.kept_job import JobKeeper, KeptPlace
from latentstudio.session.photo_messages import KeptSearch
from latentstudio.store import cache, json_files, run_files

SEARCH = StoredFormat(1)
"""Of ``search.json``."""
_LARGEST = 100_000
_LARGEST_PHOTO = 2 * 1024**3
_LOCK = "own-picture"


def keeper(
    fingerprint: str,
    photo: Photo,
    crop: Crop,
    steps: int,
    clock: Callable[[], float] = time.monotonic,
) -> JobKeeper:
    """Keeps a search while it runs.

    Args:
        fingerprint: Of the model.
        photo: The whole photo.
        crop: The frame.
        steps: Of each stage.
        clock: Seconds; for tests.
    """
    where = folder(fingerprint)
    frame = msgspec.to_builtins(crop)
    about = {"name": photo.name, "notes": list(photo.notes), "crop": frame, "steps": steps}

    def begin() -> None:
        data = io.BytesIO()
        np.save(data, photo.pixels, allow_pickle=False)
        write_bytes(where / "photo.npy", data.getvalue())

    def save(progress: Progress) -> None:
        write_state(progress.state(), where / "search.state")
        told = {**about, "stage": progress.stage, "step": progress.step}
        json_files.write(where / "search.json", SEARCH, told)

    forgotten = partial(forget, fingerprint)
    return JobKeeper(KeptPlace(fingerprint, _LOCK, Progress, begin, save, forgotten), clock)


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
