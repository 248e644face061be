"""Figures of many walks, with 95 % intervals of a bootstrap over walks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
Floats = NDArray[np.float64]


def mean(values: NDArray[Any], walks: NDArray[Any]) -> str:
    """Mean of (n,), with its interval."""
    kept = np.isfinite(values)
    values = np.where(kept, values, 0.0).astype(np.float64)
    times = _times(walks) * kept
    return _said(values[kept].mean() if kept.any() else np.nan, times @ values, times.sum(1))


def area(broken: NDArray[np.bool_], score: Floats, walks: NDArray[Any] | None = None) -> str:
    """Area under the ROC curve, with its interval: of (n,) both."""
    order = np.argsort(score, kind="stable")
    bad = broken[order].astype(np.float64)
    times = np.ones((1, len(bad)), np.float32)
    if walks is not None:
        times = np.concatenate([times, _times(walks)[:, order]])
    sound = times * (1 - bad)
    below = np.cumsum(sound, axis=1, dtype=np.float64) - sound / 2
    pairs, count = (times * bad * below).sum(1), (times @ bad) * sound.sum(1)
    if walks is None:
        return f"{pairs[0] / count[0]:.3f}"
    return _said(pairs[0] / max(count[0], 1e-9), pairs[1:], count[1:])


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201


def _times(walks: NDArray[Any]) -> NDArray[np.float32]:
    """How often each row counts in each round, (rounds, n): walks are drawn again."""
    rng = np.random.default_rng(0)
    names, places = np.unique(walks, return_inverse=True)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), ROUNDS)
    found: NDArray[np.float32] = drawn.astype(np.float32)[:, places]
    return found


def _said(whole: float, parts: Floats, of: Floats) -> str:
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = np.nanquantile(parts / of, [0.025, 0.975])
    return f"{whole:.3f} ({low:.3f}–{high:.3f})"
