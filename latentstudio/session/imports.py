"""Directions from files and folders, brought to the open model and kept for it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from latentstudio.core.errors import LatentStudioError, PresetError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.looks import with_ids
from latentstudio.engine.generator import Generator
from latentstudio.exchange.from_vectors import directions_from, fitted
from latentstudio.exchange.import_options import NOTHING, ImportOptions
from latentstudio.exchange.presets import read_header, read_preset, write_preset
from latentstudio.exchange.presets.kinds import problem
from latentstudio.exchange.presets.plain_files import read_plain
from latentstudio.exchange.presets.sources import ENDING, holds_directions
from latentstudio.exchange.vector_files import nothing_in, read_vectors
from latentstudio.exchange.warpedganspace_files import import_folder, info_of_folder
from latentstudio.store import cache, run_files

_LONGEST = 40
_MOST_OF_A_NAME = 1000
NO_DIRECTIONS: Mapping[str, Direction] = MappingProxyType({})


def read(
    path: Path,
    generator: Generator | None = None,
    wanted: ImportOptions = NOTHING,
    report: cache.Report = lambda _: None,
) -> Job[DirectionSet]:
    """Read any file or folder of directions, a preset too.

    Args:
        path: A preset, a file of vectors, or an experiment folder of WarpedGANSpace.
        generator: The model they are for, if it is here.
        wanted: What a person says of vectors; see `exchange.from_vectors`.
        report: Told, in a sentence, of what had to be guessed.

    Raises:
        FileError: It can't be read, is damaged or hostile, or holds no directions.
        PresetError: The directions don't fit the model.
        OptionError: What is wanted doesn't fit them.
    """
    yield Step(0.0, "Reading directions")
    info = generator.info if generator else None
    if path.is_dir():
        if not holds_directions(path):
            raise nothing_in(path)
        return fitted(import_folder(path, info or info_of_folder(path)), wanted, info)
    if path.suffix.lower() == ENDING:
        return fitted(read_preset(path), wanted, info)
    found = read_plain(path)
    if found is not None:
        return fitted(found, wanted, info)
    if not path.is_file():
        raise nothing_in(path)
    vectors = yield from read_vectors(path)
    return (yield from directions_from(vectors, path, generator, wanted, report))


def take(
    path: Path,
    generator: Generator,
    report: cache.Report = lambda _: None,
    wanted: ImportOptions = NOTHING,
    known: Mapping[str, Direction] = NO_DIRECTIONS,
) -> Job[DirectionSet]:
    """Read directions for a model, and keep a copy for the next time it opens.

    Args:
        path: What `read` takes.
        generator: The open model.
        report: Told what a person should hear once.
        wanted: What a person says of vectors.
        known: The model's directions by id: looks use those that do the same as theirs.

    Returns:
        The directions under ids of their own, and looks that name these or known ones.

    Raises:
        PresetError: The file can't be read, or none of its directions fits this model.
        FileError: The file or folder is damaged, or it holds no directions.
        OptionError: The folder's paths don't fit this model.
    """
    given = yield from read(path, generator, wanted, report)
    found = adopted(given, path, generator.info, report)
    group = _group(given, path, generator.info)
    same = _same(found, known)
    place = _place(path, folder(generator.info.fingerprint))
    key = place.stem
    fresh = tuple(_labelled(d, key, group) for d in found.directions if d.id not in same)
    ids = {one.id: f"{key}-{one.id}" for one in found.directions} | same
    looks = tuple(with_ids(look, ids) for look in found.looks)
    kept = replace(found, directions=fresh, looks=(), notes=str(path.absolute()))
    if fresh:
        write_preset(kept, place)
    return replace(kept, looks=looks)


def adopted(
    given: DirectionSet, path: Path, info: GeneratorInfo, report: cache.Report
) -> DirectionSet:
    """The directions that fit a model, as that model's own.

    Raises:
        PresetError: None of them fits.
    """
    dims = {space.value: found.dim for space, found in info.spaces.items()}
    wrongs = [problem(one, dims) or _unfit(one, info) for one in given.directions]
    fit = [one for one, why in zip(given.directions, wrongs, strict=True) if not why]
    if given.directions and not fit:
        wrong, why = given.directions[0], wrongs[0]
        raise PresetError(f"{path.name} was made for another model: {wrong.name} {why}.")
    if given.model.fingerprint not in ("", info.fingerprint):
        report("These directions were made for another model. They may do something else here.")
    here = {one.id: one.id for one in fit}
    looks = tuple(with_ids(look, here) for look in given.looks)
    whole = sum(len(look.edits) for look in given.looks)
    if sum(len(look.edits) for look in looks) < whole:
        report("Some edits of the look don't fit this model and were left out.")
    return replace(given, model=ModelKey.of(info), directions=tuple(fit), looks=looks)


def folder(fingerprint: str) -> Path:
    """Where directions that were brought to a model are kept."""
    return cache.folder(fingerprint) / "imported"


def taken_earlier(fingerprint: str, report: cache.Report = lambda _: None) -> list[DirectionSet]:
    """What was brought to a model before."""
    return run_files.presets_in(folder(fingerprint), fingerprint, report)


def _unfit(one: Direction, info: GeneratorInfo) -> str:
    """Why a sound direction can't move this model, as the end of a sentence, or empty."""
    if one.space not in info.spaces:
        return f"lives in {one.space.upper()}, which this one lacks"
    layers = info.spaces[one.space].layers
    if one.space is Space.WPLUS and one.vector.shape[0] != layers:
        return f"has {one.vector.shape[0]} layers where this one has {layers}"
    return ""


def _same(found: DirectionSet, known: Mapping[str, Direction]) -> dict[str, str]:
    """Directions that looks use and the model has already: ids there by ids here."""
    used = {edit.direction for look in found.looks for edit in look.edits}
    if not used:
        return {}
    there = {digest_of(one): id for id, one in reversed(list(known.items()))}
    digests = {one.id: digest_of(one) for one in found.directions if one.id in used}
    return {id: there[digest] for id, digest in digests.items() if digest in there}


def _group(given: DirectionSet, path: Path, info: GeneratorInfo) -> str:
    """The heading: the preset's name, with a word where it is another model's."""
    name = (given.name or path.stem)[:_LONGEST]
    foreign = given.model.fingerprint not in ("", info.fingerprint)
    return f"{name} (made for another model)" if foreign else name


def _place(path: Path, home: Path) -> Path:
    """Where the copy of a file is kept: a file of the same name elsewhere has another place."""
    stem, wanted = _key(path), str(path.absolute())
    for number in range(1, _MOST_OF_A_NAME):
        place = home / (f"{stem}{ENDING}" if number == 1 else f"{stem}-{number}{ENDING}")
        try:
            if read_header(place)[0].notes in ("", wanted):
                return place
        except LatentStudioError:
            return place  # free, or of no use to anybody
    return home / f"{stem}{ENDING}"


def _labelled(one: Direction, key: str, group: str) -> Direction:
    """A direction with an id of its own and a group named by its file."""
    how = replace(one.provenance, run="")  # no run of this model
    return replace(one, id=f"{key}-{one.id}", group=group, provenance=how)


def _key(path: Path) -> str:
    return "from-" + (re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "file")[:_LONGEST]
