"""What a file of vectors doesn't say is found out, guessed and tried before it is taken."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.engine.generator import Generator
from latentstudio.exchange.from_vectors import differ, directions_from, named_space
from latentstudio.exchange.import_options import NOTHING, ImportOptions
from latentstudio.exchange.presets import read_header
from latentstudio.exchange.presets.fit import fit
from latentstudio.exchange.presets.plain_files import read_plain
from latentstudio.exchange.presets.sources import ENDING
from latentstudio.exchange.vector_files import read_vectors
from latentstudio.exchange.vector_layouts import Vectors
from latentstudio.session.import_messages import TRIAL, ForeignPreset, ImportQuestion

_SAME = 1e-6
Ignored = Callable[[str], object]


def question(path: Path, generator: Generator) -> Job[ImportQuestion | None]:
    """What to ask about a file; None where it says all that matters for this model.

    Raises as `imports.read`.
    """
    if path.is_dir() or path.suffix.lower() == ENDING or read_plain(path) is not None:
        return None
    given = yield from read_vectors(path)
    found = yield from directions_from(given, path, generator, NOTHING, _silent)
    info = generator.info
    asked = _unsaid(given, path, found, info)
    if not asked:
        return None
    first = found.directions[0]
    units = [one.unit for one in found.directions]
    alike = max(units) - min(units) <= _SAME * max(units)
    return ImportQuestion(
        str(path),
        tuple(one.name for one in found.directions),
        asked,
        ImportOptions(first.space, first.layers, units[0] if alike else None),
        _spaces(first, info),
        info.code_layers,
    )


def foreign(path: Path, info: GeneratorInfo) -> ForeignPreset | None:
    """A preset that was made for another model of the same sizes; None where it is this one's.

    Raises:
        PresetError: It can't be read.
    """
    if path.suffix.lower() != ENDING or path.is_dir():
        return None
    said, _ = read_header(path)
    key = ModelKey(said.model.fingerprint, said.model.family, 0, dict(said.model.dims))
    spaces = {entry.space for entry in said.directions}
    if fit(key, spaces, info).verdict != "alike":
        return None
    return ForeignPreset(str(path), said.name.strip() or path.stem)


def trial(path: Path, generator: Generator, wanted: ImportOptions, place: int) -> Job[Direction]:
    """One direction of a file as it would be, under an id of its own.

    Args:
        path: The file.
        generator: The open model.
        wanted: How to read it.
        place: Which of its directions.

    Raises:
        OptionError: What is wanted doesn't fit the file or the model.
        PresetError: As `imports.read`.
    """
    given = yield from read_vectors(path)
    found = yield from directions_from(given, path, generator, wanted, _silent)
    chosen = found.directions[min(place, len(found) - 1)]
    return replace(chosen, id=TRIAL)


def _unsaid(given: Vectors, path: Path, found: DirectionSet, info: GeneratorInfo) -> frozenset[str]:
    first = found.directions[0]
    asked = set()
    if given.space is None and named_space(path) is None and len(_spaces(first, info)) > 1:
        asked.add("space")
    if given.layers is None and info.code_layers > 1 and (first.space != Space.Z or asked):
        asked.add("layers")
    rows = given.rows.reshape(len(given.rows), -1)
    if not given.units and not differ(np.linalg.norm(rows, axis=1)):
        asked.add("unit")
    return frozenset(asked)


def _spaces(first: Direction, info: GeneratorInfo) -> tuple[Space, ...]:
    """Spaces in which the vectors fit: one code for all layers, or one for each."""
    if first.vector.ndim > 1:
        return (first.space,)
    dim = first.vector.shape[-1]
    fit = [s for s in (Space.Z, Space.W) if s in info.spaces and info.spaces[s].dim == dim]
    return (first.space, *(space for space in fit if space != first.space))


def _silent(_: str) -> None:
    pass
