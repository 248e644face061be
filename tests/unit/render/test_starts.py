"""Latents are starts like seeds: the same pixels as from the seed, and all that edits can do."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets, MissingAssetError
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.bands import band, snap_back
from latentstudio.render.renderer import Renderer
from tests.toys import curved


@pytest.fixture
def renderer(portraits, portraits_density):
    made = Renderer(portraits, MemoryAssets())
    made.densities = {None: portraits_density}
    vector = np.random.default_rng(3).standard_normal(128).astype(np.float32)
    vector /= np.linalg.norm(vector)
    made.directions = {
        "a": Direction("a", "a", Space.W, Linear(vector), 2.0),
        "z": Direction("z", "z", Space.Z, Linear(vector), 2.0),
        "path": curved.in_w(portraits, "path"),
        "path-z": curved.path("path-z", space=Space.Z),
    }
    return made


def latent(renderer, space, seed=4):
    """The latent of a seed, given as an array."""
    start = renderer.start(Picture(Seed(seed)))
    arrays = {Space.Z: start.z, Space.W: start.codes[:, 0], Space.WPLUS: start.codes}
    return Latent(renderer.assets.put(arrays[space][0].numpy()), space)


@pytest.mark.parametrize("space", Space)
@pytest.mark.parametrize("walk", ["straight", "preserve", "geodesic"])
def test_a_latent_edits_and_walks_as_its_seed_does(renderer, space, walk):
    edits = (Edit("a", 1.5), Edit("path", -1.0, layers=(2, 6)))
    seed = Picture(Seed(4), edits=edits, walk=walk)
    same = replace(seed, start=latent(renderer, space))
    assert np.array_equal(renderer.pixels(seed), renderer.pixels(same))
    assert not np.array_equal(renderer.pixels(same), renderer.pixels(same.original()))
    assert renderer.reading(seed) == renderer.reading(same)


def test_bands_and_the_way_back_are_those_of_the_seed(renderer):
    seed = Picture(Seed(4), edits=(Edit("a", 6.0),))
    same = replace(seed, start=latent(renderer, Space.WPLUS))
    assert band(renderer, seed, "a") == band(renderer, same, "a")
    assert snap_back(renderer, same).edits == snap_back(renderer, seed).edits


def test_truncation_pulls_a_given_z_and_leaves_a_given_w(renderer):
    z, w = latent(renderer, Space.Z), latent(renderer, Space.W)
    pulled = renderer.pixels(Picture(Seed(4, truncation=0.5)))
    assert np.array_equal(renderer.pixels(Picture(z.with_truncation(0.5))), pulled)
    assert np.array_equal(
        renderer.pixels(Picture(w.with_truncation(0.5))), renderer.pixels(Picture(w))
    )


def test_a_latent_that_is_gone_gets_a_sentence(renderer):
    with pytest.raises(MissingAssetError, match="is missing"):
        renderer.pixels(Picture(Latent("0" * 64, Space.W)))


def test_great_circles_take_many_sliders_and_paths_of_both_spaces(renderer, portraits_density):
    sums = (Edit("a", 3.0), Edit("path", 1.0), Edit("z", 1.0), Edit("path-z", -1.0))
    there = Picture(Seed(4), edits=sums, walk="geodesic")
    back = replace(there, edits=sums[::-1])
    one, other = renderer.latents(there).codes, renderer.latents(back).codes
    assert float((one - other).abs().max()) < 1e-4
    only_w = replace(there, edits=sums[:2])
    start = portraits_density.coordinates(renderer.start(there).codes)
    moved = portraits_density.coordinates(renderer.latents(only_w).codes)
    np.testing.assert_allclose(moved, start, rtol=1e-4)
    for walk in ("straight", "preserve"):
        assert not np.array_equal(
            renderer.pixels(replace(there, walk=walk)), renderer.pixels(there)
        )
