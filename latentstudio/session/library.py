"""Directions of a model: found once by the default methods, kept in the cache as presets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from latentstudio.core import files, paths
from latentstudio.core.errors import AbilityError, LatentStudioError
from latentstudio.core.formats import NewerFormatError
from latentstudio.core.pace import timed, units_of_work
from latentstudio.core.progress import Job, Step, part
from latentstudio.discovery.registry import METHODS, needs_met
from latentstudio.discovery.start import discover
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.device import device_words
from latentstudio.engine.generator import Generator
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.store import cache, paces

DEFAULT_METHODS = ("sefa", "ganspace")
_CACHE_VERSION = 1


def default_directions(
    generator: Generator, report: cache.Report = lambda _: None
) -> Job[DirectionSet]:
    """The directions a model starts with: from the cache, or found now and kept.

    Yields:
        Steps; after each method its set as the preview, so that sliders can appear.
    """
    able = [m for m in DEFAULT_METHODS if needs_met(METHODS[m], generator.info) is None]
    sets: list[DirectionSet] = shipped(generator)
    if sets:
        yield Step(0.0, "Named directions", merge(sets))
    for index, method in enumerate(able):
        share = index / len(able), (index + 1) / len(able)
        found = yield from part(_cached(generator, method, report), *share)
        sets.append(found)
        yield Step(share[1], f"{METHODS[method].title}: {len(found)} directions", found)
    if not sets:
        raise AbilityError("No method can find directions in this model by itself.")
    return merge(sets)


def first_directions(
    generator: Generator, report: cache.Report = lambda _: None
) -> Job[DirectionSet | None]:
    """Those of the first method, which reads weights and makes no picture; None without it."""
    method = DEFAULT_METHODS[0]
    if needs_met(METHODS[method], generator.info) is not None:
        return None
    return (yield from _cached(generator, method, report))


def known_directions(
    generator: Generator, report: cache.Report = lambda _: None
) -> DirectionSet | None:
    """What ships or was kept by an earlier start, so that the first picture has its edits."""
    loaded = (_load(_path(generator, method), generator, report) for method in DEFAULT_METHODS)
    sets = shipped(generator) + [found for found in loaded if found is not None]
    return merge(sets) if sets else None


def shipped(generator: Generator) -> list[DirectionSet]:
    """Presets under resources/ that were made for this very network: its named directions."""
    found = []
    for path in sorted((paths.resources_dir() / "presets").glob("*.lpreset")):
        one = read_preset(path)
        if one.model.fingerprint == generator.info.fingerprint:
            found.append(one)
    return found


def merge(sets: Sequence[DirectionSet]) -> DirectionSet:
    """Several sets of one model as one; a later direction replaces an earlier of the same id."""
    by_id: dict[str, Direction] = {}
    for one in sets:
        by_id |= {d.id: d for d in one.directions}
    return replace(sets[0], directions=tuple(by_id.values()))


def unknown(found: DirectionSet, known: DirectionSet | None) -> DirectionSet:
    """Those of a set that another does not have."""
    ids = {one.id for one in known.directions} if known else frozenset[str]()
    return replace(found, directions=tuple(d for d in found.directions if d.id not in ids))


def by_id(found: DirectionSet) -> Mapping[str, Direction]:
    """Directions by id, as the renderer wants them."""
    return {d.id: d for d in found.directions}


def _cached(generator: Generator, method: str, report: cache.Report) -> Job[DirectionSet]:
    path = _path(generator, method)
    known = _load(path, generator, report)
    if known is not None:
        yield Step(1.0, "Directions known")
        return known

    def remember(found: DirectionSet, seconds: float) -> None:
        keep_pace(generator, method, seconds / _work(found))

    found = yield from timed(discover(generator, method), remember)
    try:
        write_preset(found, path)
    except LatentStudioError:
        return found  # found again next time; nothing the artist must act on
    return found


def keep_pace(generator: Generator, method: str, seconds: float) -> None:
    """Remember how long one step or sample of a method takes here (`core.pace.units_of_work`)."""
    paces.keep(generator.info.fingerprint, device_words(generator.device), method, seconds)


def _work(found: DirectionSet) -> float:
    return units_of_work(found.directions[0].provenance.options) if len(found) else 1.0


def _path(generator: Generator, method: str) -> Path:
    return cache.folder(generator.info.fingerprint) / f"{method}-{_CACHE_VERSION}.lpreset"


def _load(path: Path, generator: Generator, report: cache.Report) -> DirectionSet | None:
    if not path.is_file():
        return None
    try:
        found = read_preset(path)
    except NewerFormatError:
        return None  # found again: nothing is lost
    except LatentStudioError:
        report(cache.damaged(path, files.put_aside(path)))
        return None
    return found if found.model.fingerprint == generator.info.fingerprint else None
