"""Grids of variations, and pictures bred of two, for the open model."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from latentstudio.core.progress import Job, Step
from latentstudio.core.reading import State
from latentstudio.document.assets import KeptAssets
from latentstudio.document.state import Picture
from latentstudio.document.variations import Cell, Variations, cells, from_the_middle
from latentstudio.render.derived_starts import bred, turned
from latentstudio.render.messages import Pixels
from latentstudio.render.renderer import Renderer
from latentstudio.session.opening import OpenModel
from latentstudio.session.variation_messages import Bred, Planned, Tile


@dataclass(frozen=True, slots=True)
class VariationJobs:
    """Jobs that draw grids and bred pictures on the preview thread, one picture a step.

    Attributes:
        opened: Gives the open model.
        assets: Where the latents of random steps are kept, so that documents can name them.
    """

    opened: Callable[[], OpenModel]
    assets: KeptAssets

    def grid(self, asked: Variations, side: int, known: Collection[int] = ()) -> Job[None]:
        """Draw a grid from its middle outward.

        Args:
            asked: The grid.
            side: Largest side of a tile in pixels, as it is shown.
            known: Cells that are there already.

        Yields:
            First a step with `Planned`, then one with a `Tile` for each that is not known.

        Raises:
            AbilityError: Random steps need a density that is not measured yet.
        """
        renderer = self.opened().renderer
        pictures = tuple(self._picture(renderer, asked, cell) for cell in cells(asked))
        yield Step(0.0, "", Planned(asked, pictures))
        for done, cell in enumerate(from_the_middle(asked), 1):
            if cell in known:
                continue
            pixels, state = _seen(renderer, pictures[cell], side)
            yield Step(done / len(asked), "", Tile(asked, cell, pixels, state))

    def large(self, picture: Picture, side: int) -> Job[tuple[Picture, Pixels]]:
        """One picture larger, (h, w, 3), 8 bits, at most `side` a side."""
        renderer = self.opened().renderer
        yield Step(0.0)
        return picture, renderer.small([picture], side)[0]

    def bred(
        self, first: Picture, second: Picture, shares: tuple[float, ...], side: int
    ) -> Job[Bred]:
        """A picture made of two; see `render.derived_starts.bred`. It has no edits of its own.

        Args:
            first: A parent, whose noise and way to walk it has.
            second: The other.
            shares: How much of the second, for each layer of the code.
            side: Of the picture to be shown, in pixels.
        """
        renderer = self.opened().renderer
        yield Step(0.0)
        made = bred(renderer, first, second, shares)
        label = first.label if sum(shares) * 2 <= len(shares) else second.label
        picture = replace(first.original(), start=made.start(self.assets, label))
        yield Step(0.5)
        pixels, state = _seen(renderer, picture, side)
        return Bred(picture, pixels, state)

    def _picture(self, renderer: Renderer, asked: Variations, cell: Cell) -> Picture:
        if not cell.draw:
            return cell.picture
        made = turned(renderer, cell.picture, asked.size, (asked.seed, cell.draw))
        return replace(cell.picture, start=made.start(self.assets, cell.picture.label))


def _seen(renderer: Renderer, picture: Picture, side: int) -> tuple[Pixels, State | None]:
    pixels = renderer.small([picture], side)[0]
    reading = renderer.reading(picture)
    return pixels, reading.state if reading else None
