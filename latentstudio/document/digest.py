"""Tells apart directions that do different things, whatever they are called."""

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from latentstudio.document import groups
from latentstudio.document.direction import Direction


def digest_of(direction: Direction) -> str:
    """SHA-256 of all that decides where a direction leads."""
    facts = (direction.space.value, direction.layers, direction.kind, float(direction.unit))
    inner = (groups.layer(direction), sorted(groups.own_off(direction)))
    where = inner if direction.kind == "channels" else ()
    digest = hashlib.sha256(repr(facts + where).encode())
    arrays: Mapping[str, NDArray[np.float32]] = {"": direction.vector, **direction.arrays}
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name], "<f4").tobytes())
    return digest.hexdigest()
