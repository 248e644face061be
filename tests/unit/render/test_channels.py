"""An edit restricted to groups of channels changes these channels and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError, ShapeError
from latentstudio.core.spaces import Space
from latentstudio.document import groups
from latentstudio.document.direction import DirectionSet, Linear, ModelKey
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.render.bands import band
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.render.renderer import Renderer
from tests.toys.curved import TAP, grouped
from tests.toys.planted import DIM, PlantedGenerator


def unit(seed, dim=128):
    vector = np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def split(portraits):
    """A direction that works through three groups."""
    return grouped(portraits, "g0")


@pytest.fixture
def narrow(split):
    """The same made for a layer of one channel less."""
    return replace(split, payload=replace(split.payload, labels=split.payload.labels[1:]))


@pytest.fixture(scope="module")
def pipeline(portraits, portraits_density):
    return Pipeline(portraits, portraits_density)


def seen(generator, latents, tap):
    """The features at a layer of the pictures as they are made."""
    found = []

    def note(f):
        found.append(f)
        return f

    class Watching:
        info, device = generator.info, generator.device
        features, synthesize = generator.features, generator.synthesize

        def synthesize_with(self, codes, edit, classes=None, noise="const"):
            last = edit.get(tap, lambda f: f)
            return generator.synthesize_with(
                codes, {**edit, tap: lambda f: note(last(f))}, classes, noise
            )

    pictures = Pipeline(Watching()).images(latents)
    assert torch.equal(pictures, Pipeline(generator).images(latents))
    return torch.cat(found)


@pytest.mark.parametrize("walk", ["straight", "preserve"])
def test_only_the_channels_of_the_groups_that_are_on_change(pipeline, portraits, split, walk):
    direction = split
    straight = replace(direction, payload=Linear(direction.vector))
    start = pipeline.from_seeds([1, 2])
    other = Move(replace(straight, payload=Linear(unit(9))), 0.7)
    moved = pipeline.apply(start, [other, Move(direction, 2.0, off=frozenset({0, 2}))], walk)
    plain = pipeline.apply(start, [other], walk).codes
    whole = pipeline.apply(start, [other, Move(straight, 2.0)], walk).codes
    before, after = (portraits.features(codes, TAP) for codes in (plain, whole))
    made = seen(portraits, moved, TAP)
    on = torch.from_numpy(groups.labels(direction) == 1)
    assert torch.equal(made[:, ~on], before[:, ~on])
    assert torch.equal(made[:, on], after[:, on])
    assert (made - before).abs().amax((0, 2, 3))[on].min() > 1e-3
    assert torch.equal(moved.codes, whole)  # the meter reads all that was asked
    pictures = [pipeline.images(found) for found in (start, moved)]
    assert (pictures[0] - pictures[1]).abs().max() > 0.05


def test_groups_all_off_and_amount_zero_are_the_plain_picture(pipeline, split):
    start = pipeline.from_seeds([1])
    plain = pipeline.images(start)
    none = pipeline.apply(start, [Move(split, 3.0, off=frozenset({0, 1, 2}))])
    assert none.base is None
    assert torch.equal(none.codes, start.codes)
    still = pipeline.apply(start, [Move(split, 0.0)])
    assert torch.equal(pipeline.images(still), plain)


def test_a_channel_that_two_directions_reach_follows_their_sum(pipeline, portraits):
    one, other = grouped(portraits, "g0", 0, 4), grouped(portraits, "g1", 1, 4)
    start = pipeline.from_seeds([1])
    off = [frozenset({2, 3}), frozenset({0, 1})]
    moves = [Move(d, a, off=o) for d, a, o in zip((one, other), (2.0, -1.5), off, strict=True)]
    made = seen(portraits, pipeline.apply(start, moves), TAP)
    reach = [np.isin(groups.labels(d), tuple(o), invert=True)
             for d, o in zip((one, other), off, strict=True)]  # fmt: skip
    for first, second in ((False, False), (True, False), (False, True), (True, True)):
        here = torch.from_numpy((reach[0] == first) & (reach[1] == second))
        some = [replace(m, direction=replace(m.direction, payload=Linear(m.direction.vector)))
                for m, on in zip(moves, (first, second), strict=True) if on]  # fmt: skip
        want = portraits.features(pipeline.apply(start, some).codes, TAP)
        assert here.any()
        torch.testing.assert_close(made[:, here], want[:, here], atol=1e-4, rtol=0)
    reversed_ = pipeline.apply(start, moves[::-1])
    torch.testing.assert_close(seen(portraits, reversed_, TAP), made, atol=1e-4, rtol=0)


def test_two_layers_keep_to_themselves(pipeline, portraits, split):
    later = grouped(portraits, "later", 5, tap="b32.conv0")
    start = pipeline.from_seeds([1])
    moves = [Move(split, 2.0, off=frozenset({0})), Move(later, 2.0, off=frozenset({0}))]
    made = pipeline.apply(start, moves)
    on = torch.from_numpy(groups.labels(later) != 0)
    alone = replace(later, payload=Linear(later.vector))
    want = portraits.features(pipeline.apply(start, [Move(alone, 2.0)]).codes, "b32.conv0")
    found = seen(portraits, made, "b32.conv0")[:, on]
    torch.testing.assert_close(found, want[:, on], atol=1e-4, rtol=0)


def test_pictures_are_the_same_one_by_one_and_joined(pipeline, split):
    many = pipeline.from_seeds(range(5))
    move = Move(groups.with_off(split, frozenset({1})), [0.5, 1.0, -1.0, 2.0, 0.0])
    moved = pipeline.apply(many, [move])
    joined = moved.joined([moved.take([3]), moved.take(slice(0, 3))])
    both = pipeline.images(moved), pipeline.images(joined)
    torch.testing.assert_close(both[1], both[0][[3, 0, 1, 2]], atol=1e-4, rtol=0)


def test_the_document_and_a_preset_say_which_groups_are_off(portraits, split, tmp_path):
    renderer = Renderer(portraits)
    own = groups.with_off(split, frozenset({0, 1}))
    path = tmp_path / "p.lpreset"
    write_preset(DirectionSet(ModelKey.of(portraits.info), (own,)), path)
    (read,) = read_preset(path).directions
    renderer.directions = {"g0": read}

    def shown(off):
        return renderer.pixels(Picture(Seed(3), edits=(Edit("g0", 2.0, off=off),)))

    assert groups.off(read, None) == {0, 1}
    assert np.array_equal(shown(None), shown(frozenset({0, 1})))
    assert not np.array_equal(shown(None), shown(frozenset()))
    assert np.array_equal(shown(frozenset({0, 1, 2})), renderer.pixels(Picture(Seed(3))))
    reading = Renderer(portraits)
    reading.directions = {"g0": read}
    assert np.array_equal(reading.pixels(Picture(Seed(3), edits=(Edit("g0", 2.0),))), shown(None))


def test_a_band_of_groups_is_that_of_the_whole_direction(portraits, portraits_density, split):
    renderer = Renderer(portraits)
    renderer.densities = {None: portraits_density}
    renderer.directions = {
        "g0": split,
        "whole": replace(split, id="whole", payload=Linear(split.vector)),
    }
    some = Picture(Seed(4), edits=(Edit("g0", 0.0, off=frozenset({0})),))
    found = band(renderer, some, "g0")
    assert found == band(renderer, Picture(Seed(4)), "whole")
    assert found.shell[0] > -6
    none = Picture(Seed(4), edits=(Edit("g0", 0.0, off=frozenset({0, 1, 2})),))
    assert band(renderer, none, "g0").shell == (-6.0, 6.0)  # it leads nowhere


def test_what_does_not_fit_gets_a_sentence(pipeline, split, narrow):
    start = pipeline.from_seeds([0])
    with pytest.raises(OptionError, match="b999"):
        pipeline.apply(
            start, [Move(replace(split, payload=replace(split.payload, layer="b999")), 1.0)]
        )
    few = pipeline.apply(start, [Move(narrow, 1.0)])
    with pytest.raises(ShapeError, match=f"{len(groups.labels(narrow))} channels"):
        pipeline.images(few)
    pair = [Move(split, 1.0), Move(narrow, 1.0)]
    with pytest.raises(OptionError, match="disagree"):
        pipeline.apply(start, pair)

    toy = PlantedGenerator()
    toy._info = replace(toy.info, taps=())
    model = Pipeline(toy)
    closed = replace(split, space=Space.Z, payload=replace(split.payload, vector=unit(0, DIM)))
    with pytest.raises(AbilityError, match="inner layers"):
        model.apply(model.from_seeds([0]), [Move(closed, 1.0)])
