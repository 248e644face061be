"""Tells apart directions that do different things, whatever they are called."""

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import ChannelGroups, Direction


def digest_of(direction: Direction) -> str:
    """SHA-256 of all that decides where a direction leads.

    Files keep it, so it stays the same in all versions.
    """
    payload = direction.payload
    facts = (direction.space.value, direction.layers, direction.kind, float(direction.unit))
    where = (payload.layer, sorted(payload.off)) if isinstance(payload, ChannelGroups) else ()
    digest = hashlib.sha256(repr(facts + where).encode())
    arrays: Mapping[str, NDArray[np.float32]] = {"": payload.vector, **payload.arrays}
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name], "<f4").tobytes())
    return digest.hexdigest()
