"""What a tile shows is what its recipe draws."""

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Picture
from latentstudio.document.variations import Variations
from latentstudio.render.renderer import Renderer
from latentstudio.session.variation_messages import Planned, Tile
from latentstudio.session.variations import VariationJobs


class Opened:
    def __init__(self, renderer):
        self.renderer = renderer


@pytest.fixture
def renderer(portraits, portraits_density):
    made = Renderer(portraits, MemoryAssets())
    made.densities = {None: portraits_density}
    return made


@pytest.fixture
def variations(renderer):
    return VariationJobs(lambda: Opened(renderer), renderer.assets)


def test_a_tile_is_its_recipe_pixel_by_pixel(variations, renderer, portraits):
    asked = Variations(Picture(Seed(8)), "random", 3, 3, size=0.4, seed=2)
    plan, *tiles = [step.preview for step in variations.grid(asked, 64)]
    assert isinstance(plan, Planned)
    assert next(tile.cell for tile in tiles) == asked.middle == 4
    assert len({picture.start for picture in plan.pictures}) == 9
    assert plan.pictures[4] == asked.picture
    apart = Renderer(portraits, renderer.assets)
    for tile in tiles:
        assert isinstance(tile, Tile)
        assert np.array_equal(tile.pixels, apart.pixels(plan.pictures[tile.cell]))
        assert tile.state == renderer.reading(plan.pictures[tile.cell]).state


def test_only_what_is_missing_is_drawn_again(variations):
    asked = Variations(Picture(Seed(8)), "random", 3, 3, size=0.4, seed=2)
    steps = [step.preview for step in variations.grid(asked, 16, known={0, 4, 8})]
    assert sorted(tile.cell for tile in steps[1:]) == [1, 2, 3, 5, 6, 7]
    assert steps[1].pixels.shape == (16, 16, 3)


def test_a_bred_picture_is_a_start_without_edits(variations, renderer):
    made = run(variations.bred(Picture(Seed(1)), Picture(Seed(2)), (0.5,) * 10, 64))
    assert isinstance(made.picture.start, Latent)
    assert made.picture.edits == ()
    assert np.array_equal(made.pixels, renderer.pixels(made.picture))
    assert made.state == "on"
