"""What the window is told of grids of variations. Plain values: loads no torch."""

from dataclasses import dataclass

from latentstudio.core.reading import State
from latentstudio.document.state import Picture
from latentstudio.document.variations import Variations
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The recipes of a grid, row by row from the top, before any is drawn."""

    asked: Variations
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture of a grid.

    Attributes:
        asked: The grid it belongs to.
        cell: Its place, row by row from the top.
        pixels: (h, w, 3), 8 bits, at most as large as it was asked for.
        state: Where it lies; None until the density is known.
    """

    asked: Variations
    cell: int
    pixels: Pixels
    state: State | None


@dataclass(frozen=True, slots=True, eq=False)
class Bred:
    """A picture made of two.

    Attributes:
        picture: A start like any other, without edits.
        pixels: What it looks like, (h, w, 3), 8 bits.
        state: Where it lies.
    """

    picture: Picture
    pixels: Pixels
    state: State | None
