"""What is the same: directions of different methods that agree. Pure functions on vectors.

An axis has no sign, so two straight directions are compared by the absolute cosine of their
vectors. A curved path stands for the subspace of its tangents, and subspaces are compared by the
cosines of their principal angles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step, part, run
from latentstudio.document.direction import ChannelGroups, Direction
from latentstudio.evaluate.tangents import axes

SAME = 0.9
"""Least agreement of directions that count as one; of straight ones: 26 degrees apart."""
PARTLY = 0.5
"""Least agreement that is worth telling; of straight directions: 60 degrees apart."""

Cosines = NDArray[np.float64]
_AT_ONCE = 64
"""Directions in one step of a comparison."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one direction has in common with the others.

    Attributes:
        methods: Methods that found it, its own first.
        same: Ids of the others in its group, in the order given.
        duplicate_of: An earlier direction of its own run that it repeats, or empty.
        partly: The nearest direction of another run that it shares something with, or empty.
    """

    methods: tuple[str, ...]
    same: tuple[str, ...] = ()
    duplicate_of: str = ""
    partly: str = ""


def compare(directions: Sequence[Direction]) -> Mapping[str, Agreement]:
    """Compare every direction with every other one.

    A group holds directions of which any two agree (`agreements` at least `SAME`), so a
    chain of small turns never joins two that differ.

    Returns:
        By id; directions restricted to channels are left out, since their vector isn't all
        that they are.
    """
    return run(compare_in_steps(directions))


def compare_in_steps(directions: Sequence[Direction]) -> Job[Mapping[str, Agreement]]:
    """`compare` as a job of short steps, so that a window stays responsive beside it."""
    known = [d for d in directions if not isinstance(d.payload, ChannelGroups)]
    subspaces = []
    for start in range(0, len(known), _AT_ONCE):
        subspaces += [axes(d) for d in known[start : start + _AT_ONCE]]
        yield Step(0.3 * start / len(known))
    cosines = _agreements(known, subspaces)
    yield Step(0.4)
    groups = yield from part(_groups(cosines), 0.4, 0.6)
    nearest = _nearest_of_other_runs(known, cosines)
    found: dict[str, Agreement] = {}
    for k, one in enumerate(known):
        found[one.id] = _agreement(known, groups[k], nearest[k], k)
        if k % _AT_ONCE == 0:
            yield Step(0.6 + 0.4 * k / len(known))
    return found


def agreements(directions: Sequence[Direction]) -> Cosines:
    """How much any two directions agree: (K, K), 0 to 1.

    The root mean square of the cosines of their principal angles, where what the larger subspace
    has beyond the smaller counts as right angles: the absolute cosine for straight directions,
    and at most 0.58 between a line and a path that needs three dimensions. 0 where they live in
    different spaces or on layers that don't meet.
    """
    return _agreements(directions, [axes(d) for d in directions])


def _agreements(directions: Sequence[Direction], subspaces: Sequence[Cosines]) -> Cosines:
    found: Cosines = np.zeros((len(directions), len(directions)))
    kinds = dict.fromkeys((d.space, d.vector.shape) for d in directions)
    for kind in kinds:
        rows = [k for k, d in enumerate(directions) if (d.space, d.vector.shape) == kind]
        found[np.ix_(rows, rows)] = _between([subspaces[k] for k in rows])
    found[~_meet(directions)] = 0.0
    return found


def run_of(direction: Direction) -> tuple[str, int]:
    """Which run a direction comes from: its method, and the number the run was given."""
    return direction.method, direction.provenance.number


def _between(subspaces: Sequence[Cosines]) -> Cosines:
    """Root mean square of the principal cosines of any two subspaces, rows orthonormal."""
    sizes = np.array([len(one) for one in subspaces])
    every = np.concatenate(subspaces)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    # The squared cosines of all principal angles of two subspaces add up to ||A B^T||^2.
    squares = np.add.reduceat(np.add.reduceat((every @ every.T) ** 2, starts), starts, axis=1)
    found: Cosines = np.sqrt(squares / np.maximum(sizes[:, None], sizes))
    return found


def _meet(directions: Sequence[Direction]) -> NDArray[np.bool_]:
    """Whether the layers of any two directions meet, (K, K)."""
    ranges = [d.layers or (0, np.iinfo(np.int64).max) for d in directions]
    first, last = np.array(ranges, np.int64).reshape(-1, 2).T
    met: NDArray[np.bool_] = (first[:, None] <= last) & (first <= last[:, None])
    return met


def _groups(cosines: Cosines) -> Job[list[tuple[int, ...]]]:
    """The group of each row; a row joins the first group it agrees with entirely."""
    groups: list[list[int]] = []
    least: Cosines = np.zeros_like(cosines)  # of each row with all of each group
    for k in range(len(cosines)):
        fitting = np.flatnonzero(least[k, : len(groups)] >= SAME)
        if len(fitting):
            home = int(fitting[0])
            groups[home].append(k)
            least[:, home] = np.minimum(least[:, home], cosines[:, k])
        else:
            least[:, len(groups)] = cosines[:, k]
            groups.append([k])
        if k % _AT_ONCE == 0:
            yield Step(k / len(cosines))
    of = {k: tuple(group) for group in groups for k in group}
    return [of[k] for k in range(len(cosines))]


def _agreement(
    known: Sequence[Direction], group: tuple[int, ...], nearest: int, k: int
) -> Agreement:
    me = known[k]
    others = [j for j in group if j != k]
    methods = dict.fromkeys([me.method, *(known[j].method for j in others)])
    earlier = [j for j in others if j < k and run_of(known[j]) == run_of(me)]
    return Agreement(
        methods=tuple(methods),
        same=tuple(known[j].id for j in others),
        duplicate_of=known[earlier[0]].id if earlier else "",
        partly="" if others or nearest < 0 else known[nearest].id,
    )


def _nearest_of_other_runs(known: Sequence[Direction], cosines: Cosines) -> list[int]:
    """For each direction the one of another run it has most in common with, or -1."""
    if not known:
        return []
    numbers = {name: n for n, name in enumerate(dict.fromkeys(map(run_of, known)))}
    runs = np.array([numbers[run_of(d)] for d in known])
    foreign = np.where(runs[:, None] == runs, -1.0, cosines)
    best = foreign.argmax(axis=1)
    enough = foreign[np.arange(len(known)), best] >= PARTLY
    found: list[int] = np.where(enough, best, -1).tolist()
    return found
