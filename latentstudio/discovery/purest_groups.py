"""Which groups of a direction's channels to leave on: those that make it do most nearly one thing.

No label says what one thing is. The independent components of the model's own pictures stand for
that (`by_example.Basis`): a walk is as pure as the part of its change that one component has. The
rule is our own; `docs/figures/find.md` says what it gains.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step

KEEP = 0.7
"""Part of its main component's change that a direction keeps."""

Floats = NDArray[np.floating]


def purest_groups(change: Callable[[frozenset[int]], Floats], groups: int) -> Job[frozenset[int]]:
    """The groups to switch off, one after the other, as long as the walk becomes purer.

    Args:
        change: How far a walk carries each component, (K,), with some groups off.
        groups: How many there are.

    Yields:
        A step for each walk.
    """
    off = frozenset[int]()
    whole = np.asarray(change(off), np.float64)
    main = int(np.abs(whole).argmax())
    best = _share(whole, main)
    while len(off) < groups - 1:
        tried = {}
        for group in sorted(set(range(groups)) - off):
            yield Step((len(off) + group / groups) / groups, "Looking for the purest groups")
            left = np.asarray(change(off | {group}), np.float64)
            if abs(left[main]) >= KEEP * abs(whole[main]):
                tried[group] = _share(left, main)
        if not tried or max(tried.values()) <= best:
            break
        group = max(tried, key=lambda one: tried[one])
        off, best = off | {group}, tried[group]
    return off


def _share(change: NDArray[np.float64], main: int) -> float:
    """Of all change, by squares, what the main component has."""
    return float(change[main] ** 2 / max(float(np.square(change).sum()), 1e-30))
