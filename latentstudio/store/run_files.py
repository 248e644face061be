"""Runs on the disk: what each was asked, how far it is, and what it found. Without torch.

Per model, beside its other results, each run has up to three files: ``KEY.json`` says what was
asked and how far it is, ``KEY.state`` is what it goes on from (`discovery.state`), and
``KEY.lpreset`` is what it found once it has ended.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from latentstudio.core import files, locks
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged
from latentstudio.document.direction import DirectionSet
from latentstudio.document.run_info import RunInfo
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.store import cache, json_files

_LARGEST = 1_000_000
BY_EXAMPLE = "by-example"
"""In the place of a method: marked pictures, whose keys are numbered like those of runs."""
RUN = StoredFormat(1, {0: unchanged}, first=0)
"""Of ``KEY.json``."""


def folder(fingerprint: str) -> Path:
    """Where a model's runs are."""
    return cache.folder(fingerprint) / "runs"


def state_path(fingerprint: str, key: str) -> Path:
    """What a run goes on from."""
    return folder(fingerprint) / f"{key}.state"


def new_run(
    fingerprint: str, method: str, options: Mapping[str, Any], seed: int, of: str = ""
) -> RunInfo:
    """Give a run its key: the first number that no run of this method on this model has.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    with locks.held(_lock_path(fingerprint, "new")):
        return _new_run(fingerprint, method, options, seed, of)


def _new_run(
    fingerprint: str, method: str, options: Mapping[str, Any], seed: int, of: str
) -> RunInfo:
    taken = {path.name.split(".")[0] for path in folder(fingerprint).glob(f"{method}-run*.*")}
    number = next(n for n in range(1, len(taken) + 2) if f"{method}-run{n}" not in taken)
    steps = options.get("steps", 0)
    run = RunInfo(f"{method}-run{number}", method, number, dict(options), seed, 0, steps, of=of)
    keep_record(fingerprint, run)
    return run


def _lock_path(fingerprint: str, key: str) -> Path:
    return cache.folder(fingerprint) / "locks" / key


def take(fingerprint: str, key: str) -> locks.Lock | None:
    """Lock a run for as long as it works; None where another window works on it."""
    return locks.take(_lock_path(fingerprint, key))


def is_taken(fingerprint: str, key: str) -> bool:
    """Whether a run is at work now, in this window or another."""
    lock = take(fingerprint, key)
    if lock is not None:
        lock.release()
    return lock is None


def keep_record(fingerprint: str, run: RunInfo) -> None:
    """Write how far a run is.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full; the old record is intact.
    """
    json_files.write(folder(fingerprint) / f"{run.key}.json", RUN, msgspec.to_builtins(run))


def paused_runs(fingerprint: str, report: cache.Report = lambda _: None) -> tuple[RunInfo, ...]:
    """Runs that can go on, in the order of their keys; not those at work now, here or elsewhere.

    Tells of those of a newer LatentStudio.
    """
    runs = kept_runs(fingerprint, report)
    return tuple(run for run in runs if not is_taken(fingerprint, run.key))


def kept_runs(fingerprint: str, report: cache.Report = lambda _: None) -> tuple[RunInfo, ...]:
    """Runs that have not ended, in the order of their keys.

    One that has no state yet starts again from the beginning; an automatic search and marks have
    none and are not among them. Tells of those of a newer LatentStudio.
    """
    found = (_record(path, report) for path in sorted(folder(fingerprint).glob("*.json")))
    return tuple(
        _from_the_start(fingerprint, run)
        for run in found
        if run is not None and not run.is_search and run.method != BY_EXAMPLE
    )


def _from_the_start(fingerprint: str, run: RunInfo) -> RunInfo:
    return run if state_path(fingerprint, run.key).is_file() else replace(run, step=0)


def keep_found(found: DirectionSet, key: str, *, ended: bool = True) -> None:
    """Keep what a run found; one that has ended can't go on after that.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full; the state is kept.
    """
    home = folder(found.model.fingerprint)
    write_preset(found, home / f"{key}.lpreset")
    if ended:
        drop_record(found.model.fingerprint, key)


def drop_record(fingerprint: str, key: str) -> None:
    """Delete what a run would go on from; what it found stays."""
    for ending in ("state", "json"):
        (folder(fingerprint) / f"{key}.{ending}").unlink(missing_ok=True)


def found_earlier(fingerprint: str, report: cache.Report = lambda _: None) -> list[DirectionSet]:
    """What the model's runs have found."""
    return presets_in(folder(fingerprint), fingerprint, report)


def presets_in(home: Path, fingerprint: str, report: cache.Report) -> list[DirectionSet]:
    """A model's presets in a folder, by name; a damaged one is moved aside, which is told."""
    sets = (_preset(path, report) for path in sorted(home.glob("*.lpreset")))
    return [one for one in sets if one is not None and one.model.fingerprint == fingerprint]


def forget(fingerprint: str, key: str) -> None:
    """Delete all of a run."""
    for ending in ("state", "json", "lpreset"):
        (folder(fingerprint) / f"{key}.{ending}").unlink(missing_ok=True)


def _record(path: Path, report: cache.Report) -> RunInfo | None:
    """A record, or None where it can't be read or names files elsewhere."""
    try:
        found = json_files.read(path, RUN, _LARGEST, f"The paused run {path.stem}")
        if found is None:
            return None
        run = msgspec.convert(found, RunInfo)
    except NewerFormatError as error:
        report(str(error))
        return None
    except msgspec.ValidationError:
        return None
    return replace(run, key=path.stem) if run.step >= 0 and run.steps >= 0 else None


def _preset(path: Path, report: cache.Report) -> DirectionSet | None:
    try:
        return read_preset(path)
    except NewerFormatError as error:
        report(str(error))
        return None
    except LatentStudioError:
        aside = files.put_aside(path)
        if aside is not None:
            report(f"Directions kept for this model were damaged; they were moved to {aside.name}.")
        return None
