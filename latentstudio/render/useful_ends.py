"""How far a slider is of use: a little beyond where the model's samples end."""

import numpy as np

from latentstudio.core.round_numbers import rounded_up
from latentstudio.density.reference import Density
from latentstudio.document.direction import Direction
from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.render.bands import Ends, coordinates_at, nearest_range, outside
from latentstudio.render.pipeline import Move
from latentstudio.render.renderer import Renderer

SEEDS = range(5)
"""Pictures from which it is looked; one would make the range of all depend on its chance."""
BEYOND = 1.25
"""Of the farthest amount, in the middle one of these pictures, that is not too far."""
LEAST = 0.2
"""A slider has steps of a hundredth."""
_POINTS = 97


class UsefulEnds:
    """Finds the ends of sliders, once for each direction and reference."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int | None], tuple[Direction, Density, Ends | None]] = {}

    def of(self, renderer: Renderer, picture: Picture, id: str) -> Ends | None:
        """The ends of one slider, both sides alike where the direction's own are.

        They don't depend on the picture but for its class, so that they stand still.

        Args:
            renderer: Of the open model.
            picture: Whose reference counts.
            id: Of a direction that is loaded.

        Returns:
            Within the direction's own ends; None where there is no reference, or no end.
        """
        density, direction = renderer.density(picture), renderer.directions[id]
        if density is None or density.shell.flat:
            return None
        found = self._known.get((id, picture.label))
        if found is None or found[0] is not direction or found[1] is not density:
            ends = _ends(renderer, picture.label, direction, density)
            found = self._known[id, picture.label] = (direction, density, ends)
        return found[2]


def _ends(
    renderer: Renderer, label: int | None, direction: Direction, density: Density
) -> Ends | None:
    own = max(abs(direction.low), abs(direction.high))
    reaches = [_reach(renderer, label, seed, direction, density) for seed in SEEDS]
    reach = float(np.median(reaches)) * BEYOND
    if not 0 < reach < own:
        return None
    share = min(1.0, rounded_up(max(reach, LEAST)) / own)
    return direction.low * share, direction.high * share


def _reach(
    renderer: Renderer, label: int | None, seed: int, direction: Direction, density: Density
) -> float:
    """The farthest amount, to either side, at which the limit of the reference is kept."""
    picture = Picture(Seed(seed, label))
    amounts = np.linspace(direction.low, direction.high, _POINTS)
    moves = [Move(direction, list(amounts))]
    places = coordinates_at(renderer, picture, moves, len(amounts), density)
    kept = nearest_range(amounts, outside(places, density.shell.limit), 0.0)
    if kept is None or not kept[0] <= 0 <= kept[1]:
        return 0.0
    return max(-kept[0], kept[1])
