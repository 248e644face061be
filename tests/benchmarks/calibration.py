"""How far the meter's states and the second needle's chances can be taken at their word."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.density.picture_judge import PictureJudge
from tests.benchmarks.intervals import Floats, mean, say

Arrays = dict[str, NDArray[Any]]
METER = ("on the shell", "near the edge", "too far")
BINS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Ends of the chances that are put together."""


def meter_states(walks: Arrays, broken: NDArray[Any], far: Floats, samples: Arrays) -> list[str]:
    """Broken pictures among those that the meter calls on the shell, near its edge, too far."""
    radii = np.linalg.norm(samples["round"], axis=1)
    own = np.abs(radii - np.median(radii))
    states = np.searchsorted(np.quantile(own, [0.95, 0.999]), far)
    return _table(walks, broken, states, METER, None)


def needle_chances(
    walks: Arrays, broken: NDArray[Any], judge: PictureJudge, worse: Floats
) -> list[str]:
    """Chances that the needle gives by its scores (higher is worse), and how many are broken."""
    readings = [judge.reading(-score) for score in worse]
    order = ("sound", "doubtful", "broken")
    states = np.array([order.index(one.state) for one in readings])
    rows = _table(walks, broken, states, order, None)
    if judge.trial is None:
        return [*rows, "too few broken pictures to give chances"]
    chances = np.array([one.broken for one in readings], np.float64)
    bins = np.searchsorted(BINS, chances, side="right") - 1
    names = [f"{a:.0%} to {b:.0%}" for a, b in itertools.pairwise(BINS)]
    told = f"of its own walks, judged by the others: area {judge.trial.telling:.3f}"
    return [*rows, told, *_table(walks, broken, bins.clip(0, len(names) - 1), names, chances)]


def _table(
    walks: Arrays,
    broken: NDArray[Any],
    groups: NDArray[np.int64],
    names: tuple[str, ...] | list[str],
    expected: Floats | None,
) -> list[str]:
    rows = []
    for i, name in enumerate(names):
        own = (walks["kind"] >= 0) & (groups == i)
        if not own.any():
            continue
        share = mean(broken[own].astype(float), walks["walk"][own])
        said = "" if expected is None else f" {expected[own].mean():.3f} |"
        rows.append(f"| {name} | {int(own.sum())} |{said} {share} |")
    for row in rows:
        say(row)
    return rows
