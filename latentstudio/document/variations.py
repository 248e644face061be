"""A grid of variations of one picture: what is asked, and the pictures that follow from it.

Steps along directions are edits, so they are known here; random steps of the start need the
model's density and are made by `render.derived_starts`.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from latentstudio.document import commands
from latentstudio.document.region_commands import set_local_amount
from latentstudio.document.state import Document, MaskUse, Picture

Kind = Literal["grid", "rows", "random", "mix"]
"""Two directions against each other, one direction a row, random steps of the start, or random
steps of the start and of some directions at once."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A direction that varies.

    Attributes:
        direction: Its id.
        amounts: Along a row or column, rising; for a mix its two ends.
        name: How a person knows it; undo says it.
        mask: Where a local one applies that is no edit of the picture yet.
    """

    direction: str
    amounts: tuple[float, ...]
    name: str = ""
    mask: MaskUse | None = None


@dataclass(frozen=True, slots=True)
class Variations:
    """What is asked for.

    Attributes:
        picture: In the middle.
        kind: See `Kind`.
        columns: Odd, so that there is a middle.
        rows: Odd too, but for ``rows``, where it is as many as there are axes.
        axes: ``grid``: across and up. ``rows``: one for each. ``mix``: those that take part.
        size: Of random steps, 0 to 1: 1 is as different as another picture of the model.
        seed: Of everything random.
    """

    picture: Picture
    kind: Kind
    columns: int
    rows: int
    axes: tuple[Axis, ...] = ()
    size: float = 0.25
    seed: int = 0

    def __len__(self) -> int:
        return self.columns * self.rows

    @property
    def middle(self) -> int:
        """The cell that shows the picture itself; in ``rows`` each row has one."""
        return (self.rows // 2) * self.columns + self.columns // 2


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the grid before its random step.

    Attributes:
        picture: With its edits.
        draw: Number of its random step, 1 and up; 0 takes none.
    """

    picture: Picture
    draw: int = 0


def spread(now: float, reach: float, low: float, high: float, count: int) -> tuple[float, ...]:
    """Amounts around where a slider stands, rising, its own in the middle.

    Args:
        now: Where it stands.
        reach: How far to either side.
        low: The slider's lower end.
        high: Its upper end.
        count: How many; odd.

    Example:
        ``spread(1.0, 6.0, -3.0, 3.0, 5)`` is ``(-3.0, -1.0, 1.0, 2.0, 3.0)``.
    """
    first, last = max(low, now - reach), min(high, now + reach)
    half = count // 2
    below = np.linspace(min(first, now), now, half + 1)[:-1].round(2).tolist()
    above = np.linspace(now, max(last, now), half + 1)[1:].round(2).tolist()
    return (*below, now, *above)


def cells(asked: Variations) -> tuple[Cell, ...]:
    """The pictures of a grid, row by row from the top."""
    if asked.kind == "grid":
        across, up = asked.axes
        return tuple(
            Cell(_moved(_moved(asked.picture, up, y), across, x))
            for y in reversed(up.amounts)
            for x in across.amounts
        )
    if asked.kind == "rows":
        return tuple(
            Cell(_moved(asked.picture, axis, x)) for axis in asked.axes for x in axis.amounts
        )
    numbers = range(1, len(asked) + 1)
    drawn = [Cell(_mixed(asked, number), number) for number in numbers]
    drawn[asked.middle] = Cell(asked.picture)
    return tuple(drawn)


def from_the_middle(asked: Variations) -> list[int]:
    """Cells in the order they are made: the middle first, then ever farther out."""

    def distance(cell: int) -> tuple[float, int]:
        row, column = divmod(cell, asked.columns)
        across, down = column - asked.columns // 2, row - (asked.rows - 1) / 2
        return across**2 + down**2, cell

    return sorted(range(len(asked)), key=distance)


def _mixed(asked: Variations, number: int) -> Picture:
    """Every direction that takes part somewhere between its ends."""
    random = np.random.default_rng([asked.seed, number])
    picture = asked.picture
    for axis in asked.axes:
        amount = float(np.round(random.uniform(axis.amounts[0], axis.amounts[-1]), 2))
        picture = _moved(picture, axis, amount)
    return picture


def _moved(picture: Picture, axis: Axis, amount: float) -> Picture:
    """The picture with one slider elsewhere, heard even if it was muted; as the slider does it."""
    id = axis.direction
    if amount == picture.amount(id):
        return picture
    if axis.mask is not None and picture.edit(id) is None:
        command = set_local_amount(id, amount, axis.mask)
    else:
        command = commands.set_amount(id, amount)
    moved = commands.set_muted(id, False).apply(command.apply(Document(picture=picture))).picture
    return moved if moved.solo in (None, id) else replace(moved, solo=None)
