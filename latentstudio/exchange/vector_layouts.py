"""Which numbers in a file of another project are directions, and what it says beside them.

====================  ==========================================================================
GANSpace              ``lat_comp`` with ``lat_stdev``, of one saved edit or of a decomposition
PCA                   ``comp`` with ``std``, as e4e publishes it
SeFa for StyleGAN2    ``eigvec``, whose columns are the directions (closed_form_factorization)
Voynov–Babenko        a deformator: the columns of ``linear.weight``, or of the exponential of
                      ``log_mat_half`` less its transpose
anything else         one array, or arrays by name that share their last length
====================  ==========================================================================
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import FileError
from latentstudio.core.spaces import Space
from latentstudio.engine.records import as_tensor, printable

MOST_NUMBERS = 2**26
"""Numbers in one file: a preset holds no more in its 256 MB."""
MOST_DIM = 4096
"""Side of the largest matrix whose exponential is taken."""
_WEIGHTS = (".weight", ".bias", "running_mean", "running_var")
_PLAIN = (str, int, float, type(None))
_LONGEST_NAME = 80

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Directions as a file has them, before it is known for which model.

    Attributes:
        rows: (K, dim), or (K, layers, dim); of any length.
        names: K names, or none.
        space: Where they live, if the file says so.
        layers: First and last layer they are for, if the file says so.
        units: K amounts that count as one, if the file says so.
        source: The project that writes such files, or empty.
    """

    rows: Rows
    names: tuple[str, ...] = ()
    space: Space | None = None
    layers: tuple[int, int] | None = None
    units: tuple[float, ...] = ()
    source: str = ""


def vectors_of(content: Any) -> Vectors | None:
    """The directions in what a file holds, or None where there are none.

    Args:
        content: An array, or arrays and plain values by name.
    """
    if isinstance(content, list | tuple) and len(content) == 1:
        content = content[0]
    alone = numbers(content)
    if alone is not None:
        return _plain(alone)
    if not isinstance(content, Mapping):
        return None
    for layout in _LAYOUTS:
        found = layout(content)
        if found is not None:
            return found
    return None


def numbers(value: Any) -> Rows | None:
    """An array of at least one axis as float64; None for anything else.

    Raises:
        FileError: There are more numbers than directions need.
    """
    _check_size(value)
    if isinstance(value, np.ndarray):
        with np.errstate(invalid="ignore"):  # kinds of NaN that complain when they are cast
            return value.astype(np.float64) if value.ndim and value.dtype.kind in "fiu" else None
    tensor = as_tensor(value)
    if tensor is None or not tensor.ndim or tensor.is_complex() or tensor.dtype is torch.bool:
        return None
    found: Rows = tensor.detach().cpu().double().numpy()
    return found


def _check_size(*values: Any) -> None:
    """Many tensors may show the same memory: together they count each for itself."""
    found = [v if isinstance(v, np.ndarray) else as_tensor(v) for v in values]
    if sum(math.prod(one.shape) for one in found if one is not None) > MOST_NUMBERS:
        raise FileError("This file holds more numbers than directions need. Check the file.")


def _plain(array: Rows) -> Vectors | None:
    if array.ndim not in (1, 2, 3):
        return None
    rows = array[None] if array.ndim == 1 else array
    return Vectors(rows[:, 0] if rows.ndim == 3 and rows.shape[1] == 1 else rows)


def _ganspace(content: Mapping[Any, Any]) -> Vectors | None:
    rows = numbers(content.get("lat_comp"))
    found = None if rows is None else _plain(rows)
    if found is None:
        return None
    names = (printable(content["name"]),) if isinstance(content.get("name"), str) else ()
    said = str(content.get("latent_space", "")).lower()
    return replace(
        found,
        names=names if len(found.rows) == 1 else (),
        space=Space(said) if said in (Space.Z, Space.W) else None,
        layers=_edited(content.get("edit_start"), content.get("edit_end")),
        units=_spread(content.get("lat_stdev"), len(found.rows)),
        source="GANSpace",
    )


def _edited(start: Any, end: Any) -> tuple[int, int] | None:
    """GANSpace keeps the first layer and the one after the last."""
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= 1000:
        return None
    return start, end - 1


def _components(content: Mapping[Any, Any]) -> Vectors | None:
    rows, spread = numbers(content.get("comp")), content.get("std")
    found = None if rows is None or spread is None else _plain(rows)
    if found is None:
        return None
    # Z is round: only in W are some components stronger than others.
    units = _spread(spread, len(found.rows))
    return replace(found, space=Space.W, units=units, source="PCA")


def _spread(value: Any, count: int) -> tuple[float, ...]:
    """Deviations along the rows, if there is a good one for each."""
    array = np.array(value, np.float64) if isinstance(value, float) else numbers(value)
    if array is None or array.size != count:
        return ()
    found = tuple(array.reshape(-1).tolist())
    return found if all(0 < unit < float("inf") for unit in found) else ()


def _factor(content: Mapping[Any, Any]) -> Vectors | None:
    columns = numbers(content.get("eigvec"))
    if columns is None or columns.ndim != 2:
        return None
    return Vectors(np.ascontiguousarray(columns.T), source="SeFa")


def _deformator(content: Mapping[Any, Any]) -> Vectors | None:
    if set(content) <= {"linear.weight", "linear.bias"}:
        columns = numbers(content.get("linear.weight"))
    elif set(content) == {"log_mat_half"}:
        columns = _rotation(numbers(content["log_mat_half"]))
    else:
        return None
    if columns is None or columns.ndim != 2:
        return None
    return Vectors(np.ascontiguousarray(columns.T), source="Voynov–Babenko")


def _rotation(half: Rows | None) -> Rows | None:
    """exp(A - A^T), an orthogonal matrix."""
    square = half is not None and half.ndim == 2 and half.shape[0] == half.shape[1]
    if half is None or not square or len(half) > MOST_DIM or not np.isfinite(half).all():
        return half
    made: Rows = torch.linalg.matrix_exp(torch.from_numpy(half - half.T)).numpy()
    return made


def _named(content: Mapping[Any, Any]) -> Vectors | None:
    """Arrays by name, rows of one length; never the weights of a network."""
    _check_size(*content.values())
    arrays = {str(name): numbers(value) for name, value in content.items()}
    others = [v for v, one in zip(content.values(), arrays.values(), strict=False) if one is None]
    if len(arrays) < len(content) or not all(isinstance(value, _PLAIN) for value in others):
        return None  # a container in a container: a checkpoint
    found = {name: _plain(array) for name, array in arrays.items() if array is not None}
    sizes = {None if one is None else one.rows.shape[1:] for one in found.values()}
    if len(sizes) != 1 or None in sizes or any(name.endswith(_WEIGHTS) for name in arrays):
        return None
    rows = [one.rows for one in found.values() if one is not None]
    names = [_numbered(name, k, len(part)) for name, part in zip(found, rows, strict=True)
             for k in range(len(part))]  # fmt: skip
    return Vectors(np.concatenate(rows), tuple(names))


def _numbered(name: str, index: int, count: int) -> str:
    said = printable(name, _LONGEST_NAME)
    return said if count == 1 else f"{said} {index + 1}"


_LAYOUTS: tuple[Callable[[Mapping[Any, Any]], Vectors | None], ...] = (
    _ganspace, _components, _factor, _deformator, _named,
)  # fmt: skip
