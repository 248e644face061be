"""Which numbers in a file of another project are directions, and what it says beside them.

====================  ==========================================================================
GANSpace              ``lat_comp`` with ``lat_stdev``, of one saved edit or of a decomposition
PCA                   ``comp`` with ``std``, as e4e publishes it
SeFa for StyleGAN2    ``eigvec``, whose columns are the directions (closed_form_factorization)
Voynov–Babenko        a deformator: the columns of ``linear.weight``, or of the exponential of
                      ``log_mat_half`` less its transpose
IDInvert              ``boundary`` with the layers it is for in ``meta_data``
scikit-learn          ``coef_`` of a linear model, ``components_`` of a decomposition
anything else         one array, or arrays by name or in a list that share their last length
====================  ==========================================================================
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import FileError
from latentstudio.core.spaces import Space
from latentstudio.engine.records import Array, Record, as_tensor, printable

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
    content = _opened(content)
    alone = numbers(content)
    if alone is not None:
        return _plain(alone)
    if isinstance(content, list | tuple):
        return listed(content)
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
    if isinstance(value, list) and value and all(type(n) in (int, float) for n in value):
        return np.array(value, np.float64)
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
    column = array.ndim == 2 and array.shape[1] == 1 < array.shape[0]
    rows = array.reshape(1, -1) if array.ndim == 1 or column else array
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


def _inverted(content: Mapping[Any, Any]) -> Vectors | None:
    """A boundary of In-Domain GAN Inversion, with the layers that it is for."""
    rows, said = numbers(content.get("boundary")), content.get("meta_data")
    found = None if rows is None else _plain(rows)
    if found is None:
        return None
    layers = said.get("manipulate_layers") if isinstance(said, Mapping) else None
    whole = isinstance(layers, list | tuple) and all(type(n) is int for n in layers)
    if not whole or not layers or sorted(layers) != list(range(min(layers), max(layers) + 1)):
        return found
    span = (min(layers), max(layers)) if min(layers) >= 0 else None
    return replace(found, layers=span, source="In-Domain GAN Inversion")


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


def linear_model(content: Mapping[Any, Any]) -> Vectors | None:
    """The normals of a linear model of scikit-learn, alone or behind a scaler in a pipeline."""
    scale: Rows | None = None
    steps = content.get("steps")
    for step in steps if isinstance(steps, list) else [content]:
        state = _opened(step[1]) if isinstance(step, tuple | list) and len(step) == 2 else step
        if not isinstance(state, Mapping):
            return None
        found = numbers(state.get("coef_"))
        if found is None and state.get("kernel") == "linear":
            weights, points = numbers(state.get("dual_coef_")), state.get("support_vectors_")
            vectors = numbers(points)
            fits = weights is not None and vectors is not None and weights.ndim == vectors.ndim == 2
            if fits and weights is not None and vectors is not None:
                found = weights @ vectors if weights.shape[1] == len(vectors) else None
        if found is not None:
            plain = _plain(found if scale is None else found / scale)
            return None if plain is None else replace(plain, source="scikit-learn")
        own = numbers(state.get("scale_"))
        scale = own if own is not None and bool((own != 0).all()) else scale
    return None


def principal(content: Mapping[Any, Any]) -> Vectors | None:
    """The components of a decomposition of scikit-learn, with their deviations."""
    rows, variance = numbers(content.get("components_")), content.get("explained_variance_")
    found = None if rows is None else _plain(rows)
    spread = numbers(variance)
    if found is None:
        return None
    units = () if spread is None or spread.min() < 0 else _spread(np.sqrt(spread), len(found.rows))
    return replace(found, units=units, source="scikit-learn")


def _numbered(name: str, index: int, count: int) -> str:
    said = printable(name, _LONGEST_NAME)
    return said if count == 1 else f"{said} {index + 1}"


def listed(content: Sequence[Any]) -> Vectors | None:
    """Arrays in a list, or pairs of a name and an array; rows of one length."""
    pairs = [_pair(one) for one in content]
    found = [None if one is None else _plain(one[1]) for one in pairs]
    if not found or any(one is None or len(one.rows) != 1 for one in found):
        return None
    rows = [one.rows for one in found if one is not None]
    names = tuple(printable(one[0], _LONGEST_NAME) for one in pairs if one is not None)
    if len({one.shape[1:] for one in rows}) != 1:
        return None
    _check_size(*rows)
    return Vectors(np.concatenate(rows), names if all(names) else ())


def _pair(value: Any) -> tuple[str, Rows] | None:
    """A name, perhaps empty, and an array."""
    if isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[0], str):
        name, value = value
    else:
        name = ""
    array = numbers(value)
    return None if array is None else (name, array)


def _opened(content: Any) -> Any:
    """What a record of a class, an array of objects or a list of one holds."""
    for _ in range(4):
        if isinstance(content, Array) and content.items is not None:
            content = content.items
        elif isinstance(content, Record) and isinstance(content.state, dict):
            content = content.state
        elif isinstance(content, list | tuple) and len(content) == 1:
            content = content[0]
        else:
            break
    return content


_LAYOUTS: tuple[Callable[[Mapping[Any, Any]], Vectors | None], ...] = (
    _ganspace, _components, _factor, _deformator, _inverted, linear_model, principal, _named,
)  # fmt: skip
