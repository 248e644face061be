"""What is the same: directions of different methods that agree. Pure functions on vectors.

An axis has no sign, so two straight directions are compared by the absolute cosine of their
vectors. A curved path stands for the subspace of its tangents, and subspaces are compared by the
cosines of their principal angles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import ChannelGroups, Direction
from latentstudio.evaluate.tangents import axes

SAME = 0.9
"""Least agreement of directions that count as one; of straight ones: 26 degrees apart."""
PARTLY = 0.5
"""Least agreement that is worth telling; of straight directions: 60 degrees apart."""

Cosines = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kin:
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


def compare(directions: Sequence[Direction]) -> Mapping[str, Kin]:
    """Compare every direction with every other one.

    A group holds directions of which any two agree (`agreements` at least `SAME`), so a
    chain of small turns never joins two that differ.

    Returns:
        By id; directions restricted to channels are left out, since their vector isn't all
        that they are.
    """
    known = [d for d in directions if not isinstance(d.payload, ChannelGroups)]
    cosines = agreements(known)
    groups = _groups(cosines)
    return {known[k].id: _kin(known, cosines, groups[k], k) for k in range(len(known))}


def agreements(directions: Sequence[Direction]) -> Cosines:
    """How much any two directions agree: (K, K), 0 to 1.

    The root mean square of the cosines of their principal angles, where what the larger subspace
    has beyond the smaller counts as right angles: the absolute cosine for straight directions,
    and at most 0.58 between a line and a path that needs three dimensions. 0 where they live in
    different spaces or on layers that don't meet.
    """
    found: Cosines = np.zeros((len(directions), len(directions)))
    kinds = dict.fromkeys((d.space, d.vector.shape) for d in directions)
    for kind in kinds:
        rows = [k for k, d in enumerate(directions) if (d.space, d.vector.shape) == kind]
        found[np.ix_(rows, rows)] = _between([axes(directions[k]) for k in rows])
    for k, one in enumerate(directions):
        for j in range(k):
            if not _meet(one.layers, directions[j].layers):
                found[k, j] = found[j, k] = 0.0
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


def _meet(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    if one is None or other is None:
        return True
    return one[0] <= other[1] and other[0] <= one[1]


def _groups(cosines: Cosines) -> list[tuple[int, ...]]:
    """The group of each row; a row joins the first group it agrees with entirely."""
    groups: list[list[int]] = []
    for k in range(len(cosines)):
        home = next((g for g in groups if cosines[k, g].min() >= SAME), None)
        if home is None:
            groups.append([k])
        else:
            home.append(k)
    of = {k: tuple(group) for group in groups for k in group}
    return [of[k] for k in range(len(cosines))]


def _kin(known: Sequence[Direction], cosines: Cosines, group: tuple[int, ...], k: int) -> Kin:
    me = known[k]
    others = [j for j in group if j != k]
    methods = dict.fromkeys([me.method, *(known[j].method for j in others)])
    earlier = [j for j in others if j < k and run_of(known[j]) == run_of(me)]
    return Kin(
        methods=tuple(methods),
        same=tuple(known[j].id for j in others),
        duplicate_of=known[earlier[0]].id if earlier else "",
        partly="" if others else _nearest(known, cosines[k], k),
    )


def _nearest(known: Sequence[Direction], cosines: Cosines, k: int) -> str:
    foreign = [j for j in range(len(known)) if run_of(known[j]) != run_of(known[k])]
    nearest = max(foreign, key=lambda j: float(cosines[j]), default=None)
    return known[nearest].id if nearest is not None and cosines[nearest] >= PARTLY else ""
