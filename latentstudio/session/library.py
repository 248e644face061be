"""Directions of a model: found once by the default methods, kept in the cache as presets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from latentstudio.core import files, paths
from latentstudio.core.errors import AbilityError, LatentStudioError, OptionError
from latentstudio.core.options import as_record, check, parse
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery.dp_lase import DpLaseOptions, usual_apart
from latentstudio.discovery.registry import METHODS, Method, get, needs_met
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Generator
from latentstudio.presets import read_preset, write_preset
from latentstudio.session import cache

DEFAULT_METHODS = ("sefa", "ganspace")
_CACHE_VERSION = 1


def discover(
    generator: Generator,
    method: str,
    pairs: Sequence[str] = (),
    seed: int = 0,
    state: RunState | None = None,
    direction: Direction | None = None,
) -> Job[DirectionSet]:
    """Run one method.

    Args:
        generator: The model.
        method: Registry id, for example ``sefa``.
        pairs: Options as ``key=value`` over the method's defaults; see `options_for`.
        seed: The method's seed.
        state: Where an earlier run was, to go on from there.
        direction: What a method that works on one direction works on.

    Raises:
        OptionError: Unknown method or option, or a state of another run.
        AbilityError: The model lacks what the method needs; the sentence says what.
    """
    chosen = able(method, generator.info)
    options = options_for(method, generator.info, pairs, state)
    if state is not None:
        # Said before the method surveys the space, which takes its time.
        state.check(method, generator.info, options, seed)
    given = {"direction": direction} if chosen.of_direction else {}
    return chosen.discover(generator, options, seed, state, **given)


def able(method: str, info: GeneratorInfo) -> Method:
    """The method of an id, which can run on this model.

    Raises:
        OptionError: There is none.
        AbilityError: The model lacks what the method needs; the sentence says what.
    """
    chosen = get(method)
    missing = needs_met(chosen, info)
    if missing:
        raise AbilityError(missing)
    return chosen


def options_for(
    method: str, info: GeneratorInfo, pairs: Sequence[str], state: RunState | None = None
) -> Any:
    """A method's options: `pairs` over those of an earlier run, or over what suits the model.

    Raises:
        OptionError: Unknown method or option, or a value out of its range.
    """
    chosen = get(method)
    if state is not None and state.method == method:
        return parse(chosen.options, pairs, **as_record(typed(chosen, state.options)))
    options: Any = parse(chosen.options, pairs)
    named = {pair.partition("=")[0].strip() for pair in pairs}
    if isinstance(options, DpLaseOptions) and "apart" not in named:
        options = replace(options, apart=usual_apart(info, options.space))
    return options


def typed(method: Method, record: Mapping[str, Any]) -> Any:
    """Options of a run from the disk.

    Raises:
        OptionError: They are not those of this method, or out of range.
    """
    try:
        return check(msgspec.convert(dict(record), method.options))
    except msgspec.ValidationError as error:
        raise OptionError(
            f"This run's options don't fit {method.title}. Start a new run."
        ) from error


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


def by_id(found: DirectionSet) -> Mapping[str, Direction]:
    """Directions by id, as the renderer wants them."""
    return {d.id: d for d in found.directions}


def _cached(generator: Generator, method: str, report: cache.Report) -> Job[DirectionSet]:
    path = _path(generator, method)
    known = _load(path, generator, report)
    if known is not None:
        yield Step(1.0, "Directions known")
        return known
    most = METHODS[method].options().count  # small models have fewer directions than that
    pairs = [f"count={generator.info.code_dim}"] if generator.info.code_dim < most else []
    found = yield from discover(generator, method, pairs)
    try:
        write_preset(found, path)
    except LatentStudioError:
        return found  # found again next time; nothing the artist must act on
    return found


def _path(generator: Generator, method: str) -> Path:
    return cache.folder(generator.info.fingerprint) / f"{method}-{_CACHE_VERSION}.lpreset"


def _load(path: Path, generator: Generator, report: cache.Report) -> DirectionSet | None:
    if not path.is_file():
        return None
    try:
        found = read_preset(path)
    except LatentStudioError:
        aside = files.set_aside(path)
        report(f"A cache file was damaged; it was moved to {aside.name} and is made again.")
        return None
    return found if found.model.fingerprint == generator.info.fingerprint else None
