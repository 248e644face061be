"""Figures of many walks, with 95 % intervals of a bootstrap over walks."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

ROUNDS = 200
Floats = NDArray[np.float64]


def boot(values: NDArray[Any], walks: NDArray[Any], of: Callable[[NDArray[Any]], float]) -> str:
    """A figure with its interval, over walks drawn again."""
    rng = np.random.default_rng(0)
    names, places = np.unique(walks, return_inverse=True)
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(len(names) + 1))
    rows = [order[a:b] for a, b in itertools.pairwise(bounds)]
    found = []
    for _ in range(ROUNDS):
        index = np.concatenate([rows[i] for i in rng.integers(0, len(names), len(names))])
        found.append(of(values[index]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return f"{of(values):.3f} ({low:.3f}–{high:.3f})"


def area(pairs: NDArray[Any]) -> float:
    """Area under the ROC curve of rows (broken, score); ties count half."""
    broken = pairs[:, 0] > 0.5
    hits, misses = int(broken.sum()), int((~broken).sum())
    if not hits or not misses:
        return float("nan")
    ranks = stats.rankdata(pairs[:, 1])
    return float((ranks[broken].sum() - hits * (hits + 1) / 2) / (hits * misses))


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201
