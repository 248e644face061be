"""Curved paths and groups of channels for a model at hand, made rather than learned."""

import numpy as np

from latentstudio.core.spaces import Space
from latentstudio.document.direction import ChannelGroups, CurvedPath, Direction, Provenance

TAP = "b16.conv0"
"""A layer of the built-in model in the middle of its network."""


def path(id, dim=128, space=Space.W, centre=0.0, scale=1.0, seed=0, **more):
    """An RBF path that bends a little: wide points, in pairs about a centre."""
    ends = 1.5 * scale * np.random.default_rng(seed).standard_normal((4, dim))
    parts = (
        ends[0] / np.linalg.norm(ends[0]),
        np.stack([centre + ends, centre - ends], 1).reshape(-1, dim),
        np.array([1.0, -1.0] * 4),
        np.array([8 / dim / scale**2]),
    )
    curve = CurvedPath(*(part.astype(np.float32) for part in parts))
    how = Provenance(more.pop("method", "warpedganspace"))
    given = {"unit": scale, "low": -4.0, "high": 4.0, "provenance": how, **more}
    return Direction(id, id, space, curve, **given)


def in_w(portraits, id, seed=0):
    """A path in the built-in model's W; a unit is a deviation."""
    w = portraits.map(portraits.sample_z(range(200)))
    scale = float(w.var(0).mean().sqrt())
    return path(id, centre=w.mean(0).numpy(), scale=scale, seed=seed)


def grouped(portraits, id, seed=0, count=3, off=(), tap=TAP, **more):
    """A direction of the built-in model whose channels belong to `count` groups in turn."""
    codes = portraits.broadcast(portraits.map(portraits.sample_z([0])))
    channels = portraits.features(codes, tap).shape[1]
    labels = (np.arange(channels) + seed) % count
    vector = np.random.default_rng(seed).standard_normal(128).astype(np.float32)
    vector /= np.linalg.norm(vector)
    split = ChannelGroups(vector, labels, tap, frozenset(off))
    how = Provenance("dp-lase-subspace")
    return Direction(id, id, Space.W, split, 2.0, provenance=how, **more)
