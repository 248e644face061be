"""Vectors of a file become directions: in a space, on layers, of unit length, with a unit."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError, PresetError
from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo, Prior, Space
from latentstudio.discovery.result import slider_reach
from latentstudio.discovery.sefa import measure_units
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey, Provenance
from latentstudio.engine.generator import Generator
from latentstudio.exchange.import_options import NOTHING, ImportOptions
from latentstudio.exchange.vector_layouts import Vectors

METHOD = "imported"
_SEED = 0
_SAME_LENGTH = 1.01
"""Rows whose lengths differ by less are taken for rows of one length, saved with rounding."""
_REACH = {Space.Z: 6.0, Space.W: 4.0, Space.WPLUS: 4.0}
_HINTS = {"z": Space.Z, "w": Space.W, "w+": Space.WPLUS, "wp": Space.WPLUS, "wplus": Space.WPLUS}
_LONGEST_NAME = 100
_ELSEWHERE = "Open the model they were made for."

Report = Callable[[str], object]


def directions_from(
    given: Vectors,
    path: Path,
    generator: Generator | None = None,
    wanted: ImportOptions = NOTHING,
    report: Report = lambda _: None,
) -> Job[DirectionSet]:
    """Make directions of a file's vectors.

    Args:
        given: What the file holds.
        path: The file; it names the directions that have no names.
        generator: The model they are for; None where it is not at hand.
        wanted: What a person decided.
        report: Told, in a sentence, of what had to be guessed.

    Raises:
        PresetError: They don't fit the model.
        OptionError: What is wanted doesn't fit the vectors or the model.
    """
    info = generator.info if generator else None
    space, rows = _placed(given, path, info, wanted, report)
    _check_fit(rows, space, path, info)
    layers = _layers(given, space, info, wanted)
    lengths = np.linalg.norm(rows.reshape(len(rows), -1), axis=1)
    unit = rows / lengths.reshape(-1, *[1] * (rows.ndim - 1))
    units = yield from _units(given, unit, lengths, space, generator, wanted)
    reach = slider_reach(info, space) if info else _REACH[space]
    names = given.names if len(given.names) == len(rows) else _numbered(path, len(rows))
    vectors = np.ascontiguousarray(unit, np.float32)
    found = tuple(
        Direction(
            id=f"vector-{k}",
            name=name,
            space=space,
            payload=Linear(vector),
            unit=one,
            low=-reach,
            high=reach,
            layers=layers,
            provenance=Provenance(METHOD, source=given.source or path.name[:_LONGEST_NAME]),
        )
        for k, (name, vector, one) in enumerate(zip(names, vectors, units, strict=True))
    )
    key = ModelKey.of(info) if info else ModelKey("", "", 0, {space.value: rows.shape[-1]})
    return DirectionSet(key, found, name=path.stem[:_LONGEST_NAME])


def fitted(found: DirectionSet, wanted: ImportOptions, info: GeneratorInfo | None) -> DirectionSet:
    """Directions that say themselves what they are, changed where a person wants it.

    Raises:
        OptionError: What is wanted doesn't fit them or the model.
    """
    spaces = {one.space for one in found.directions}
    if wanted.space is not None and spaces - {wanted.space}:
        said = " and ".join(sorted(space.upper() for space in spaces))
        raise OptionError(f"These directions live in {said}. Leave --space out.")
    for space in spaces:
        _check_layers(wanted.layers, space, info)
    rows = tuple(
        replace(one, layers=wanted.layers or one.layers, unit=wanted.unit or one.unit)
        for one in found.directions
    )
    return replace(found, directions=rows)


def _placed(
    given: Vectors, path: Path, info: GeneratorInfo | None, wanted: ImportOptions, report: Report
) -> tuple[Space, NDArray[np.float64]]:
    """The space, and the vectors in its form: (K, dim), or (K, layers, dim) in W+."""
    rows = given.rows
    if rows.ndim == 3:
        alike = bool((rows == rows[:, :1]).all())
        if wanted.space is None and alike:
            report(f"The rows of {path.name} are the same for all layers: read as one code in W.")
        if alike and wanted.space is not Space.WPLUS:
            return wanted.space or _fitting(rows[:, 0], Space.W, info), rows[:, 0]
        if wanted.space not in (None, Space.WPLUS):
            raise OptionError(
                f"{path.name} has a row for each of {rows.shape[1]} layers, which only W+ has. "
                "Leave --space out."
            )
        return Space.WPLUS, rows
    if _tiled(given):
        report(f"The rows of {path.name} are all the same: read as one direction for all layers.")
        hint = given.space or named_space(path) or Space.W
        return wanted.space or _fitting(rows[:1], hint, info), rows[:1]
    turned = _upright(rows, path, info, wanted.space, report)
    if turned is not rows:
        return wanted.space or _fitting(turned, given.space or named_space(path), info), turned
    if wanted.space is Space.WPLUS:
        return Space.WPLUS, rows[None]
    if wanted.space is not None:
        return wanted.space, rows
    if _one_code(given, rows, info):
        report(f"{path.name} has a row for each layer of this model: read as one direction in W+.")
        return Space.WPLUS, rows[None]
    return _fitting(rows, given.space or named_space(path), info), rows


def _tiled(given: Vectors) -> bool:
    """Whether one direction is repeated for every layer, as (layers, dim)."""
    rows = given.rows
    return len(rows) > 1 and not given.names and bool(np.allclose(rows, rows[:1], 1e-6, 0))


def _upright(
    rows: NDArray[np.float64],
    path: Path,
    info: GeneratorInfo | None,
    space: Space | None,
    report: Report,
) -> NDArray[np.float64]:
    """The rows, or the columns where only they are as long as the model's codes."""
    if info is None:
        return rows
    dims = {
        info.spaces[s].dim
        for s in ([space] if space is not None and space in info.spaces else info.spaces)
    }
    if rows.shape[-1] in dims or len(rows) not in dims:
        return rows
    report(f"The columns of {path.name} are as long as this model's codes: read as directions.")
    return np.ascontiguousarray(rows.T)


def _one_code(given: Vectors, rows: NDArray[np.float64], info: GeneratorInfo | None) -> bool:
    """Whether rows are the layers of one code: as many as the model has, of differing lengths."""
    if info is None or given.names or given.units or given.source:
        return False
    lengths = np.linalg.norm(rows, axis=1)
    return len(rows) == info.code_layers > 1 and differ(lengths)


def _fitting(rows: NDArray[np.float64], hint: Space | None, info: GeneratorInfo | None) -> Space:
    """The space that was named, else the model's code space, else the one of their length."""
    if hint is not None and hint is not Space.WPLUS:
        return hint
    if info is None:
        return Space.Z
    fit = [s for s in (info.code_space, Space.Z) if info.spaces[s].dim == rows.shape[-1]]
    return fit[0] if fit else info.code_space


def named_space(path: Path) -> Space | None:
    """``smile_w_boundary.npy`` lives in W; InterFaceGAN's other boundaries live in Z."""
    parts = re.split(r"[_\-. ]+", path.stem.lower())
    found = {_HINTS[part] for part in parts if part in _HINTS}
    if not found and "boundary" in parts:
        return Space.Z
    return found.pop() if len(found) == 1 else None


def _check_fit(
    rows: NDArray[np.float64], space: Space, path: Path, info: GeneratorInfo | None
) -> None:
    if info is None:
        return
    if space not in info.spaces:
        raise PresetError(
            f"The directions of {path.name} live in {space.upper()}, which this model lacks.",
            hint=_ELSEWHERE,
        )
    size = info.spaces[space]
    if rows.shape[-1] != size.dim:
        raise PresetError(
            f"The directions of {path.name} have {rows.shape[-1]} numbers; this model has "
            f"{size.dim} in {space.upper()}.",
            hint=_ELSEWHERE,
        )
    if rows.ndim == 3 and rows.shape[1] != size.layers:
        raise PresetError(
            f"The directions of {path.name} have {rows.shape[1]} layers; this model has "
            f"{size.layers}.",
            hint=_ELSEWHERE,
        )


def _layers(
    given: Vectors, space: Space, info: GeneratorInfo | None, wanted: ImportOptions
) -> tuple[int, int] | None:
    _check_layers(wanted.layers, space, info)
    if space is Space.Z:
        return None
    first, last = wanted.layers or given.layers or (0, 999)
    if info is None:
        return None if (first, last) == (0, 999) else (first, last)
    end = info.code_layers - 1
    return None if first > end or (first, min(last, end)) == (0, end) else (first, min(last, end))


def _check_layers(layers: tuple[int, int] | None, space: Space, info: GeneratorInfo | None) -> None:
    if layers is None:
        return
    if space is Space.Z:
        raise OptionError("Directions in Z change all layers. Leave --layers out, or choose W.")
    if info is not None and layers[1] >= info.code_layers:
        raise OptionError(
            f"layers can't be {layers[0]}-{layers[1]}: this model has layers 0 to "
            f"{info.code_layers - 1}."
        )


def _units(
    given: Vectors,
    unit: NDArray[np.float64],
    lengths: NDArray[np.float64],
    space: Space,
    generator: Generator | None,
    wanted: ImportOptions,
) -> Job[Sequence[float]]:
    """What was asked for, else what the file says, else the deviation, else 1."""
    if wanted.unit is not None:
        return [wanted.unit] * len(unit)
    if len(given.units) == len(unit):
        return [one * length for one, length in zip(given.units, lengths.tolist(), strict=True)]
    if differ(lengths):
        return [float(length) for length in lengths]
    if generator is None:
        return [1.0] * len(unit)
    spread = yield from deviations(generator, unit, space)
    return [one if one > 0 else 1.0 for one in spread]


def deviations(
    generator: Generator, unit: NDArray[np.float64], space: Space
) -> Job[Sequence[float]]:
    """Standard deviation of a model's latents along unit vectors, (K, dim) or (K, layers, dim).

    In W+ it is that of one code for all layers, and where a vector's layers cancel each other
    out at least that of layers on their own.
    """
    info = generator.info
    if space is Space.Z and info.spaces[space].prior in (Prior.NORMAL, Prior.NORMALISED):
        return [1.0] * len(unit)
    if space is Space.Z and info.code_space is not Space.Z:
        return [1.0] * len(unit)
    if space is not Space.WPLUS:
        return (yield from measure_units(generator, torch.from_numpy(unit), _SEED))
    count, layers, dim = unit.shape
    rows = np.concatenate([unit.sum(axis=1), unit.reshape(-1, dim)])
    spread = np.array((yield from measure_units(generator, torch.from_numpy(rows), _SEED)))
    alone = np.sqrt((spread[count:].reshape(count, layers) ** 2).sum(axis=1))
    found: list[float] = np.maximum(spread[:count], alone).tolist()
    return found


def differ(lengths: NDArray[np.float64]) -> bool:
    """Whether lengths, (K,), tell strong vectors from weak ones."""
    return bool(lengths.max() > _SAME_LENGTH * lengths.min())


def _numbered(path: Path, count: int) -> tuple[str, ...]:
    name = "".join(c for c in path.stem if c.isprintable())[:_LONGEST_NAME] or "Direction"
    return (name,) if count == 1 else tuple(f"{name} {k + 1}" for k in range(count))
