"""A fit of the model to a photo that outlives the window: one a model, beside its other results.

What it was asked for is a start of a document, which outlives the window by itself.
"""

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import StoredFormat
from latentstudio.core.options import as_record
from latentstudio.document.start import Latent
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.tuning import TuningProgress
from latentstudio.inversion.tuning_state import TuningState, read_state, write_state
from latentstudio.session.kept_job import JobKeeper, KeptPlace
from latentstudio.session.photo_messages import KeptFit
from latentstudio.store import cache, json_files, run_files

FIT = StoredFormat(1)
"""Of ``fit.json``."""
_LARGEST = 100_000
_LOCK = "fit"


def key_of(fingerprint: str, start: Latent, options: TuningOptions) -> str:
    """Tells fits apart: one that was put aside goes on for the same only."""
    about = [fingerprint, msgspec.to_builtins(start), as_record(options)]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def keeper(
    fingerprint: str,
    start: Latent,
    options: TuningOptions,
    clock: Callable[[], float] = time.monotonic,
) -> JobKeeper:
    """Keeps a fit while it runs.

    Args:
        fingerprint: Of the model.
        start: What it is fitted around, without a fit.
        options: Of the fit.
        clock: Seconds; for tests.
    """
    where = folder(fingerprint)
    about = {"start": msgspec.to_builtins(start), "noise": options.noise}

    def save(progress: TuningProgress) -> None:
        write_state(progress.state(), where / "fit.state")
        json_files.write(where / "fit.json", FIT, {**about, "step": progress.step})

    forgotten = partial(forget, fingerprint)
    place = KeptPlace(fingerprint, _LOCK, TuningProgress, lambda: None, save, forgotten)
    return JobKeeper(place, clock)


def folder(fingerprint: str) -> Path:
    """Where a model's fit is kept."""
    return cache.folder(fingerprint) / "fit"


def forget(fingerprint: str) -> None:
    """Drop what is kept."""
    for name in ("fit.json", "fit.state"):
        with contextlib.suppress(OSError):
            (folder(fingerprint) / name).unlink(missing_ok=True)


def waiting(fingerprint: str) -> KeptFit | None:
    """The fit that was under way when the window went; None where there is none to go on."""
    where = folder(fingerprint)
    if run_files.is_taken(fingerprint, _LOCK) or not (where / "fit.state").is_file():
        return None
    try:
        about = json_files.read(where / "fit.json", FIT, _LARGEST)
        if about is None:
            return None
        start = msgspec.convert(about["start"], Latent)
        return KeptFit(start, bool(about["noise"]), int(about["step"]))
    except (ValueError, KeyError, TypeError, LatentStudioError):
        return None


def state(fingerprint: str, key: str) -> TuningState | None:
    """What a fit goes on from; None where it has to begin again."""
    try:
        return read_state(folder(fingerprint) / "fit.state", key)
    except LatentStudioError:
        return None
