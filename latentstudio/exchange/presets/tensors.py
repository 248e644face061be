"""The numbers of a preset: ``directions.safetensors``.

The linear directions of one space share one tensor, ``linear/SPACE``, one row each in the
manifest's order: (K, dim), or (K, layers, dim) in W+. Any other direction has a tensor of its
own, named by its id (its vector), and ``ID/NAME`` for each further array. Masks that local
directions and looks name are ``mask/DIGEST``, (h, w).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from latentstudio.core.errors import PresetError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import digest_of_array, sealed
from latentstudio.document.direction import DirectionSet, Linear, Local
from latentstudio.exchange.presets.archive import damaged
from latentstudio.exchange.presets.manifest import Entry, Manifest

Floats = NDArray[np.float32]

_AXES = {Space.Z: 1, Space.W: 1, Space.WPLUS: 2}


MASK = "mask/"


def pack(found: DirectionSet, about: dict[str, str] | None = None) -> bytes:
    """Directions and their masks to the bytes of a safetensors file.

    Args:
        found: The directions.
        about: What the file's header says of them.

    Raises:
        PresetError: Linear directions of one space differ in shape.
    """
    rows: dict[str, list[Floats]] = {}
    tensors: dict[str, Floats] = {}
    for direction in found.directions:
        if isinstance(direction.payload, Linear):
            rows.setdefault(shared_name(direction.space), []).append(direction.vector)
            continue
        tensors[direction.id] = direction.vector
        tensors |= {
            f"{direction.id}/{name}": array
            for name, array in direction.payload.arrays.items()
            if array.size
        }
    for name, vectors in rows.items():
        if len({vector.shape for vector in vectors}) > 1:
            raise PresetError("Directions of different lengths can't share a preset. Save two.")
        tensors[name] = np.stack(vectors)
    ready = {name: np.ascontiguousarray(a, dtype=np.float32) for name, a in tensors.items()}
    masks = {MASK + digest: np.ascontiguousarray(found.masks[digest]) for digest in _named(found)}
    return safetensors.numpy.save({**ready, **masks}, metadata=about)


def _named(found: DirectionSet) -> list[str]:
    """Masks of the set that its directions and looks name."""
    named = {d.payload.mask for d in found.directions if isinstance(d.payload, Local)}
    used = {e.mask.digest for look in found.looks for e in look.edits if e.mask is not None}
    return sorted((named | used) & found.masks.keys())


Numbers = list[tuple[Floats, dict[str, Floats]]]


def unpack(data: bytes, manifest: Manifest, name: str) -> tuple[Numbers, dict[str, NDArray[Any]]]:
    """Vector and further arrays of each of the manifest's directions, and masks; checked.

    Vectors are (dim,), or (layers, dim) in W+; masks (h, w).

    Args:
        data: Bytes of the safetensors file.
        manifest: Says which tensors there must be, and of what shape.
        name: The preset's file name, for messages.

    Raises:
        PresetError: Damaged, missing or surplus rows, wrong shapes, or values not finite.
    """
    found = _load(data, name)
    masks = {key: a for key, a in found.items() if key.startswith(MASK)}
    tensors = {key: _floats(key, a, name) for key, a in found.items() if key not in masks}
    shared = {space: _rows(tensors, manifest, space, name) for space in Space}
    numbers = [
        (next(shared[entry.space]), {}) if entry.kind == "linear" else _own(tensors, entry, name)
        for entry in manifest.directions
    ]
    return numbers, _masks(masks, manifest, name)


def _masks(
    found: Mapping[str, NDArray[Any]], manifest: Manifest, name: str
) -> dict[str, NDArray[Any]]:
    """Masks by digest; each is what its digest says."""
    known = {key.removeprefix(MASK): mask for key, mask in found.items()}
    try:
        masks = {digest: sealed(known[digest]) for digest in manifest.masks}
    except KeyError as error:
        raise PresetError(f"{name} is broken: the mask of a direction is missing.") from error
    except ValueError as error:
        raise PresetError(f"{name} is broken: {error}.") from error
    if any(digest_of_array(mask) != digest or mask.ndim != 2 for digest, mask in masks.items()):
        raise damaged(name)
    return masks


def shared_name(space: Space) -> str:
    """Name of the tensor that the linear directions of a space share."""
    return f"linear/{space}"


def _load(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    try:
        tensors: Mapping[str, NDArray[Any]] = safetensors.numpy.load(data)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise damaged(name) from error
    return dict(tensors)


def _floats(key: str, tensor: NDArray[Any], name: str) -> Floats:
    if tensor.dtype.kind != "f":
        raise PresetError(f"{name} is broken: its tensor {key[:80]!r} holds no decimal numbers.")
    with np.errstate(over="ignore", invalid="ignore"):
        found = tensor.astype(np.float32, copy=False)
    if not np.isfinite(found).all():
        raise PresetError(f"{name} is broken: its tensor {key[:80]!r} holds NaN or infinity.")
    return found


def _rows(
    tensors: Mapping[str, Floats], manifest: Manifest, space: Space, name: str
) -> Iterator[Floats]:
    entries = [e for e in manifest.directions if e.kind == "linear" and e.space == space]
    if not entries:
        return iter(())
    tensor = _take(tensors, shared_name(space), name)
    if tensor.ndim != 1 + _AXES[space] or len(tensor) != len(entries):
        raise PresetError(
            f"{name} is broken: it names {len(entries)} directions in {space.upper()} and holds "
            f"a tensor of shape {tensor.shape}."
        )
    dims = manifest.model.dims
    dim = dims.get(space, dims.get(Space.W) if space == Space.WPLUS else None)
    if dim not in (None, tensor.shape[-1]):
        raise PresetError(
            f"{name} is broken: its model has {dim} numbers in {space.upper()} and its "
            f"directions {tensor.shape[-1]}."
        )
    for entry, row in zip(entries, tensor, strict=True):
        if not row.any():
            raise PresetError(f"{name} is broken: its direction {entry.name!r} is all zeros.")
    return iter(tensor)


def _own(
    tensors: Mapping[str, Floats], entry: Entry, name: str
) -> tuple[Floats, dict[str, Floats]]:
    start = f"{entry.id}/"
    arrays = {key.removeprefix(start): a for key, a in tensors.items() if key.startswith(start)}
    return _take(tensors, entry.id, name), arrays


def _take(tensors: Mapping[str, Floats], key: str, name: str) -> Floats:
    if key not in tensors:
        raise PresetError(f"{name} is broken: the numbers of {key!r} are missing.")
    return tensors[key]
