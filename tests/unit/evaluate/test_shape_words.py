"""Words for shapes: drawn figures that change in a known way get the word, others none."""

import numpy as np
import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.discovery.picture_ica import Samples
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate.change_maps import ChangeMaps, change_maps
from latentstudio.evaluate.effect_words import effect_name, english
from latentstudio.evaluate.found_so_far import FoundSoFar
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.shape_words import MEASURES, SHAPE_WORDS, shape_words, shapes_of
from latentstudio.evaluate.traversing import traverser
from latentstudio.exchange.presets import read_preset
from latentstudio.session.models import open_model
from tests.toys.planted import PlantedGenerator

SIDE, FINE = 28, 4
STARTS = [(0.0, 0.0, 1.0), (0.05, 0.0, 0.9), (-0.05, 0.02, 1.1), (0.0, 0.06, 1.0),
          (0.02, -0.05, 0.95), (-0.03, -0.03, 1.05)]  # fmt: skip
"""Where and how large the figures of six pictures are."""


def drawn(inside, light=1.0, ground=-1.0):
    """A picture (1, 28, 28) of what is inside, by a function of x and y in -1 to 1."""
    places = (np.arange(SIDE * FINE) + 0.5) / (SIDE * FINE) * 2 - 1
    fine = inside(places[None, :], places[:, None]).reshape(SIDE, FINE, SIDE, FINE)
    return (ground + (light - ground) * fine.mean((1, 3))).astype(np.float32)[None]


def bar(start, change, thick=0.0, lean=0.0, right=0.0, up=0.0):
    """An upright bar; each number is what a change of 1 does to it."""
    x0, y0, size = start
    x0, y0 = x0 + right * change, y0 - up * change
    return drawn(
        lambda x, y: (
            (abs(x - x0 + lean * change * (y - y0)) < 0.12 * size * np.exp(thick * change))
            & (abs(y - y0) < 0.5 * size)
        )
    )


def ring(start, change, thick=0.0, wide=0.0, tall=0.0):
    """An oval line."""
    x0, y0, size = start

    def inside(x, y):
        across, down = 0.35 * size * np.exp(wide * change), 0.5 * size * np.exp(tall * change)
        far = np.hypot((x - x0) / across, (y - y0) / down)
        return abs(far - 1) < 0.15 * np.exp(thick * change)

    return drawn(inside)


def disc(start, change, size=0.0):
    x0, y0, radius = start
    return drawn(lambda x, y: np.hypot(x - x0, y - y0) < 0.4 * radius * np.exp(size * change))


def sail(start, change, up=0.0, right=0.0):
    """A square of which a part fills in: its edges stay."""
    x0, y0, size = start

    def inside(x, y):
        line = abs(np.maximum(abs(x - x0), abs(y - y0)) - 0.5 * size) < 0.08
        more = (y0 - y) * up * change + (x - x0) * right * change > 0.15
        return line | (more & (np.maximum(abs(x - x0), abs(y - y0)) < 0.5 * size))

    return drawn(inside)


def walks(figure, **change):
    """Shapes at both ends from six starts, (6, 2, M)."""
    ends = [figure(start, way, **change) for start in STARTS for way in (-1.0, 1.0)]
    return shapes_of(torch.from_numpy(np.stack(ends))).reshape(6, 2, MEASURES)


@pytest.mark.parametrize(
    ("figure", "change", "words", "opposite"),
    [
        (ring, {"thick": 0.3}, ("thicker",), ("thinner",)),
        (ring, {"wide": 0.2}, ("wider",), ("narrower",)),
        (ring, {"tall": 0.2}, ("taller",), ("flatter",)),
        (disc, {"size": 0.2}, ("larger",), ("smaller",)),
        (bar, {"lean": 0.3}, ("leaning right",), ("leaning left",)),
        (bar, {"right": 0.15}, ("to the right",), ("to the left",)),
        (bar, {"up": 0.15}, ("higher",), ("lower",)),
        (sail, {"up": 1.0}, ("fuller above",), ("fuller below",)),
        (sail, {"right": 1.0}, ("fuller on the right",), ("fuller on the left",)),
    ],
)
def test_a_known_change_gets_its_word_and_the_other_way_the_opposite(
    figure, change, words, opposite
):
    shapes = walks(figure, **change)
    assert shape_words(shapes) == words
    assert shape_words(shapes[:, ::-1]) == opposite
    assert {*words, *opposite} <= {word for pair in SHAPE_WORDS.values() for word in pair}


def test_a_bar_that_gets_thicker_is_wider_too():
    assert set(shape_words(walks(bar, thick=0.3))) == {"thicker", "wider"}


def test_two_words_are_said_where_two_hold_and_the_weaker_one_is_left_out_far_behind():
    assert shape_words(walks(ring, wide=0.25, thick=-0.3)) in {
        ("wider", "thinner"),
        ("thinner", "wider"),
    }
    assert shape_words(walks(bar, right=0.2, up=0.045)) == ("to the right",)


def test_what_hardly_changes_or_differs_from_picture_to_picture_is_not_said():
    assert shape_words(walks(ring, wide=0.02)) == ()
    turning = walks(ring, wide=0.2)
    turning[:2] = turning[:2, ::-1]
    assert shape_words(turning) == ()
    uneven = walks(ring, wide=0.05)
    uneven[0] = walks(ring, wide=0.6)[0]
    assert shape_words(uneven) == ()


def lying(start, change):
    """A bar on its side whose right end rises."""
    x0, y0, size = start

    def inside(x, y):
        return (abs(x - x0) < 0.6 * size) & (abs(y - y0 + 0.15 * change * (x - x0)) < 0.12)

    return drawn(inside)


def ladder(start, change):
    """Four rungs of which the inner two come near the outer two."""
    x0, y0, size = start

    def inside(x, y):
        rungs = (0.6, 0.25 + 0.1 * change)
        near = np.minimum(*(abs(abs(y - y0) - one * size) for one in rungs))
        return (near < 0.06) & (abs(x - x0) < 0.4 * size)

    return drawn(inside)


def test_a_lying_bar_that_turns_leans_to_no_side():
    assert not {"leaning left", "leaning right"} & set(shape_words(walks(lying)))


def test_a_figure_whose_edges_stay_is_not_called_taller():
    assert shape_words(walks(ladder)) == ()


def test_dark_on_light_and_colours_are_figures_too():
    ends = [disc(start, way, size=0.2) for start in STARTS for way in (-1.0, 1.0)]
    dark = -np.stack(ends)
    red = np.concatenate([dark, np.full_like(dark, 0.3), np.full_like(dark, -0.2)], 1)
    for pictures in (dark, red):
        shapes = shapes_of(torch.from_numpy(pictures)).reshape(6, 2, MEASURES)
        assert shape_words(shapes) == ("larger",)


def test_a_figure_is_measured_alike_at_every_size():
    small = torch.from_numpy(ring(STARTS[1], 0.0))[None]
    large = small.repeat_interleave(8, 2).repeat_interleave(8, 3)
    assert np.allclose(shapes_of(small), shapes_of(large), atol=0.05)


def cluttered(rng):
    """Blocks of many colours up to the border."""
    blocks = rng.uniform(-1, 1, (3, 7, 7))
    return blocks.repeat(4, 1).repeat(4, 2)


def noise(rng):
    return np.clip(0.6 * rng.standard_normal((3, SIDE, SIDE)), -1, 1)


def faint(rng):
    """A figure that hardly stands clear."""
    return disc(STARTS[0], 0.0) * 0.05 + 0.01 * rng.standard_normal((1, SIDE, SIDE))


def filling(rng):
    """A head that reaches the border below, as portraits do."""
    return drawn(lambda x, y: (np.hypot(x, y) < 0.6) | ((abs(x) < 0.8) & (y > 0.5)))


@pytest.mark.parametrize("picture", [cluttered, noise, faint, filling])
def test_nothing_is_measured_without_a_figure_on_a_plain_ground(picture):
    rng = np.random.default_rng(0)
    pictures = np.stack([picture(rng) for _ in range(12)]).astype(np.float32)
    shapes = shapes_of(torch.from_numpy(pictures))
    assert np.isnan(shapes).all()
    assert shape_words(shapes.reshape(6, 2, MEASURES)) == ()


def test_one_picture_of_six_may_have_no_figure():
    shapes = walks(disc, size=0.2)
    shapes[0, 1] = np.nan
    assert shape_words(shapes) == ("larger",)
    shapes[1, 0] = np.nan
    assert shape_words(shapes) == ()


EVERYWHERE = np.random.default_rng(3).standard_normal((6, 1, 16, 16)).astype(np.float32)


def test_a_shape_names_what_colours_say_nothing_of():
    found = effect_name(EVERYWHERE, shapes=walks(ring, wide=0.2))
    assert (found.where, found.ways) == ("", ("wider",))
    assert english(found) == "Wider"
    assert effect_name(EVERYWHERE, shapes=walks(ring, wide=0.0)).where == "All over"


def test_a_colour_that_holds_keeps_its_name():
    found = effect_name(EVERYWHERE + 5.0, shapes=walks(ring, wide=0.2))
    assert (found.where, found.ways) == ("All over", ("lighter",))


@pytest.mark.parametrize(("light", "name", "sign"), [(0.1, "Wider", 1), (-0.1, "Narrower", -1)])
def test_a_search_that_turns_a_direction_names_what_it_does_then(light, name, sign):
    model = PlantedGenerator()
    one = Direction("a", "a", Space.Z, Linear(model.axes[0].numpy()))
    seen = Samples(torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1))
    maps = ChangeMaps(EVERYWHERE[None] + light, np.zeros((1, 6, 3, 0)), walks(ring, wide=0.2)[None])
    state = FoundSoFar(model.info, seen, None, [one], maps, [0], np.zeros(1))
    found = state.best(1).directions[0]
    assert found.name == name
    assert np.allclose(found.vector, sign * one.vector)


def test_portraits_keep_their_names_even_without_a_predictor():
    model = run(open_model("portraits", "cpu"))
    directions = read_preset(paths.resources_dir() / "presets" / "portraits.lpreset").directions
    guide = run(traverser(model, seed_pool(model, range(500, 506)), "straight"))
    found = run(change_maps(guide, directions))
    assert found.shapes.shape == (len(directions), 6, 2, MEASURES)
    assert not any(map(shape_words, found.shapes))
