"""What directions by example know of a model's pictures, made once and kept."""

from pathlib import Path

import numpy as np

from latentstudio.discovery.by_example import Basis
from latentstudio.engine.early_pictures import is_large
from latentstudio.engine.generator import Generator
from latentstudio.store import cache

_PARTS = ("mean", "matrix", "patterns", "covariance")


def kept(generator: Generator) -> Basis | None:
    """The basis of a model, or None where it was not made yet or is damaged."""
    found = cache.load(_path(generator))
    if found is None or not set(_PARTS) <= set(found[0]):
        return None
    arrays = {name: np.asarray(found[0][name], np.float64) for name in _PARTS}
    if arrays["matrix"].ndim != 2:
        return None
    dim, (pixels, count) = generator.info.code_dim, arrays["matrix"].shape
    fits = (
        arrays["mean"].shape == (pixels,)
        and arrays["patterns"].shape == (count, dim)
        and arrays["covariance"].shape == (dim, dim)
        and all(np.isfinite(one).all() for one in arrays.values())
    )
    return Basis(**arrays) if fits else None


def keep(generator: Generator, found: Basis) -> None:
    """Keep it, in single precision; a cache that can't be written is no reason to stop."""
    arrays = {name: getattr(found, name).astype(np.float32) for name in _PARTS}
    cache.store(_path(generator), arrays, {})


def _path(generator: Generator) -> Path:
    # Of a large model small pictures are read early; another head reads others.
    number = 3 if is_large(generator.info) else 2
    return cache.folder(generator.info.fingerprint) / f"examples-{number}.safetensors"
