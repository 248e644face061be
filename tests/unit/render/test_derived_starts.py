"""Random steps keep the density of their start; bred pictures lie between their parents'."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.render.derived_starts import bred, turned
from latentstudio.render.renderer import Renderer


@pytest.fixture
def renderer(portraits, portraits_density):
    made = Renderer(portraits, MemoryAssets())
    made.densities = {None: portraits_density}
    vector = np.random.default_rng(3).standard_normal(128).astype(np.float32)
    vector /= np.linalg.norm(vector)
    made.directions = {
        "a": Direction("a", "a", Space.W, Linear(vector), 2.0),
        "early": Direction("early", "early", Space.W, Linear(vector), 2.0, layers=(0, 3)),
        "z": Direction("z", "z", Space.Z, Linear(vector), 2.0),
    }
    return made


def go(renderer, picture, size=0.3, draw=1):
    start = turned(renderer, picture, size, (5, draw)).start(renderer.assets, picture.label)
    return replace(picture, start=start)


def coordinates(renderer, picture):
    density = renderer.density(picture)
    return density.coordinates(renderer.start(picture).codes)


@pytest.mark.parametrize("truncation", [1.0, 0.6])
def test_a_random_step_keeps_the_distance_from_the_middle(renderer, truncation):
    picture = Picture(Seed(4, truncation=truncation))
    moved = go(renderer, picture)
    before, after = coordinates(renderer, picture), coordinates(renderer, moved)
    assert torch.allclose(before, after, rtol=1e-4)
    assert moved.start.space is Space.W
    assert not np.array_equal(renderer.pixels(moved), renderer.pixels(picture))
    assert renderer.reading(moved).state == renderer.reading(picture).state == "on"


def test_size_is_the_angle_and_the_seed_decides_the_rest(renderer, portraits_density):
    picture = Picture(Seed(4))
    assert go(renderer, picture) == go(renderer, picture)
    assert go(renderer, picture) != go(renderer, picture, draw=2)

    def angle(size):
        v, w = (
            portraits_density.to_round(renderer.start(p).codes)[0, 0]
            for p in (picture, go(renderer, picture, size))
        )
        cosine = torch.nn.functional.cosine_similarity(v, w, dim=0).clamp(-1, 1)
        return float(torch.rad2deg(torch.arccos(cosine)))

    assert [angle(size) for size in (0.1, 0.5, 1.0)] == pytest.approx([9, 45, 90], abs=0.01)
    assert np.array_equal(renderer.pixels(go(renderer, picture, 0.0)), renderer.pixels(picture))


def test_where_an_edit_lives_in_z_the_step_is_made_there(renderer):
    picture = Picture(Seed(4, truncation=0.7), edits=(Edit("z", 1.0),))
    moved = go(renderer, picture)
    assert (moved.start.space, moved.truncation) == (Space.Z, 0.7)
    before, after = (renderer.start(p).z.norm() for p in (picture, moved))
    assert float(after) == pytest.approx(float(before), rel=1e-5)
    assert not np.array_equal(renderer.pixels(moved), renderer.pixels(moved.original()))


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_a_bred_code_lies_between_its_parents_on_the_shell(renderer, share):
    one, other = Picture(Seed(1), edits=(Edit("a", 0.4),)), Picture(Seed(2))
    made = bred(renderer, one, other, (share,) * 10)
    child = Picture(made.start(renderer.assets, None))
    density = renderer.density(one)
    ends = [float(density.coordinates(renderer.latents(p).codes)[0, 0]) for p in (one, other)]
    wanted = ends[0] + (ends[1] - ends[0]) * share
    assert float(coordinates(renderer, child)[0, 0]) == pytest.approx(wanted, rel=1e-4)
    assert made.space is Space.W
    assert renderer.reading(child).state == "on"


def test_coarse_comes_from_one_and_fine_from_the_other_bit_for_bit(renderer):
    one, other = Picture(Seed(1), edits=(Edit("early", 1.0),)), Picture(Seed(2))
    made = bred(renderer, one, other, (0.0,) * 4 + (0.5,) * 2 + (1.0,) * 4)
    assert made.space is Space.WPLUS
    first, second = (renderer.latents(p).codes[0] for p in (one, other))
    assert np.array_equal(made.codes[:4], first[:4].numpy())
    assert np.array_equal(made.codes[6:], second[6:].numpy())
    child = Picture(made.start(renderer.assets, None))
    between = float(coordinates(renderer, child)[0, 4])
    ends = [float(coordinates(renderer, p)[0, 4]) for p in (one.original(), other)]
    assert between == pytest.approx(sum(ends) / 2, rel=1e-4)


def test_all_of_one_parent_is_that_parent_also_when_it_is_truncated(renderer):
    one, other = Picture(Seed(1, truncation=0.5), edits=(Edit("a", 1.0),)), Picture(Seed(2))
    for share, parent in ((0.0, one), (1.0, other)):
        made = bred(renderer, one, other, (share,) * 10)
        child = Picture(made.start(renderer.assets, None))
        assert np.array_equal(renderer.pixels(child), renderer.pixels(parent))
        now, then = renderer.reading(child), renderer.reading(parent)
        assert now.coordinate == pytest.approx(then.coordinate, rel=1e-5)


def test_local_edits_are_no_part_of_a_code(renderer):
    mask = np.zeros((8, 8), np.float32)
    mask[:4] = 1
    use = MaskUse(renderer.assets.put(mask))
    local = Picture(Seed(1), edits=(Edit("a", 2.0, mask=use),))
    plain = bred(renderer, Picture(Seed(1)), Picture(Seed(2)), (0.5,) * 10)
    assert np.array_equal(bred(renderer, local, Picture(Seed(2)), (0.5,) * 10).codes, plain.codes)


def test_without_a_density_a_sentence_says_to_wait(renderer):
    renderer.densities = {}
    with pytest.raises(AbilityError, match="in a moment"):
        go(renderer, Picture(Seed(1)))
    with pytest.raises(AbilityError, match="in a moment"):
        bred(renderer, Picture(Seed(1)), Picture(Seed(2)), (0.5,) * 10)
