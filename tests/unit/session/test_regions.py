"""From a mask to local directions: planted ones are found, their leak is what pictures show."""

import dataclasses

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Space
from latentstudio.document.direction import Local
from latentstudio.engine.channels import ChannelMix
from latentstudio.engine.jacobian import jacobian
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.region import resefa
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.lowrankgan import LowRankOptions
from latentstudio.region.masks import box_mask
from latentstudio.region.resefa import ResefaOptions
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session import local_leaks
from latentstudio.session.local_discovery import find_and_measure, record
from latentstudio.session.local_leaks import AMOUNT
from latentstudio.session.regions import MaskedProducts, chosen_layers, find_local
from tests.toys.planted import SIDE, PlantedGenerator


@pytest.fixture
def toy():
    """Each planted axis moves pixels of its own, in all three colours."""
    found = PlantedGenerator()
    abilities = found.info.abilities | {Ability.FORWARD_GRADIENT}
    found._info = dataclasses.replace(found.info, abilities=abilities)
    return found


@pytest.fixture(scope="module")
def portraits():
    return run(open_generator(find_model("portraits")))


def pixels_of(toy, axis):
    """The mask of all pixels that an axis moves in every colour."""
    moved = (toy.weight @ toy.axes[axis] > 0.99).all(0)  # (3, 64, DIM) @ (DIM,) -> (64,)
    return moved.view(SIDE, SIDE).float().numpy()


def local(generator, mask, options=None, count=2, seed=0):
    latents = Pipeline(generator).from_seeds([seed])
    return run(
        find_and_measure(generator, latents, "const", mask, options or ResefaOptions(), count)
    )


def test_jacobians_suffice_and_no_picture_is_made(toy, monkeypatch):
    codes, mask = Pipeline(toy).from_seeds([0]).codes, pixels_of(toy, 1)
    products = MaskedProducts(mask)
    products.add(run(jacobian(toy, codes)))

    def synthesize(*_):
        raise AssertionError("a picture was made")

    monkeypatch.setattr(type(toy), "synthesize", synthesize)
    solved = run(find_local(products, ResefaOptions(), 1))
    assert abs(float(solved.vectors[0].float() @ toy.axes[1])) > 0.99
    assert solved.predicted[0].ratio < 0.01


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("options", [ResefaOptions(), LowRankOptions(sparsity=2.0)])
def test_the_axis_that_moves_the_region_is_found(toy, axis, options):
    mask = pixels_of(toy, axis)
    assert 0 < mask.sum() < 40
    found = local(toy, mask, options, count=1)
    (best,) = found.directions.directions
    assert abs(best.vector @ toy.axes[axis].numpy()) > 0.999
    assert best.space is Space.Z
    assert isinstance(best.payload, Local)
    assert list(found.directions.masks) == [best.payload.mask]  # it travels along
    assert best.method in ("resefa", "lowrankgan")
    assert found.real[0].ratio < 1e-5  # the axis moves no pixel outside


def test_leak_is_what_the_pictures_show(toy):
    mask = box_mask(SIDE, 0, 0, 3, SIDE)  # the planted axes move something on both sides
    found = local(toy, mask, count=16)
    pipeline = Pipeline(toy)
    start = pipeline.from_seeds([0])
    still = pipeline.images(start)
    compared = 0
    for direction, leak, model in zip(
        found.directions.directions, found.real, found.predicted, strict=True
    ):
        measured = direction.measured
        assert (measured["leak"], measured["locality"]) == (leak.ratio, leak.local)
        assert (measured["predicted_leak"], measured["strength"]) == (
            model.ratio,
            leak.strength / AMOUNT,
        )
        if not 1e-3 < leak.ratio < 1e3:
            continue  # one side hardly changes: rounding
        compared += 1
        changes = [
            (pipeline.images(pipeline.apply(start, [Move(direction, amount)])) - still).abs()
            for amount in (-AMOUNT, AMOUNT)
        ]
        heat = torch.cat(changes).mean((0, 1)).numpy()
        inside, outside = heat[mask == 1].mean(), heat[mask == 0].mean()
        assert leak.ratio == pytest.approx(outside / inside, rel=1e-4)
        assert leak.local == pytest.approx(heat[mask == 1].sum() / heat.sum(), rel=1e-4)
        assert leak.strength == pytest.approx(inside, rel=1e-4)
    assert compared >= 4


def test_another_mask_finds_other_directions_on_the_built_in_model(portraits):
    mouth, eyes = (box_mask(64, *box) for box in ((22, 40, 20, 12), (12, 22, 40, 12)))
    at_mouth, at_eyes = (local(portraits, mask, count=3, seed=16) for mask in (mouth, eyes))
    assert at_mouth.directions.directions[0].layers == (4, 7)
    for found, other in ((at_mouth, eyes), (at_eyes, mouth)):
        best = found.real[0]
        assert best.ratio < 0.2
        assert best.ratio == pytest.approx(found.predicted[0].ratio, rel=0.3)
        elsewhere = (best.heat * other).sum() / other.sum()
        assert elsewhere < 0.35 * best.strength
    assert (np.diff(at_mouth.subspace.values) < 0).all()
    lengths = [np.linalg.norm(d.vector) for d in at_mouth.directions.directions]
    np.testing.assert_allclose(lengths, 1, atol=1e-6)


def test_sliders_reach_what_can_be_seen(portraits):
    found = local(portraits, box_mask(64, 22, 40, 20, 12), count=3, seed=16)
    for direction, leak in zip(found.directions.directions, found.real, strict=True):
        assert direction.high == -direction.low
        wanted = local_leaks.VISIBLE / (leak.strength / AMOUNT)
        assert direction.high == pytest.approx(np.clip(wanted, 4, 12), abs=0.5)


def test_the_record_says_where_it_was_found(toy):
    found = local(toy, pixels_of(toy, 0), count=2)
    kept = record(found, toy.info)
    np.testing.assert_allclose(kept["latent"], toy.sample_z([0])[0], rtol=1e-6)
    assert kept["space"] == "z"
    assert kept["method"] == "resefa"
    assert kept["options"] == {"layers": "auto", "tau": 1e-3}
    assert len(kept["eigenvalues"]) == len(kept["directions"]) == 2
    assert set(kept["seconds"]) == {"jacobian", "solve"}


def test_codes_that_differ_by_layer_are_given_whole():
    toy = PlantedGenerator(mapped=True)
    codes = np.random.default_rng(0).standard_normal((1, 3, 16)).astype(np.float32)
    latents = Pipeline(toy).from_array(codes, Space.WPLUS)
    mask = box_mask(SIDE, 0, 0, 4, 4)
    found = run(find_and_measure(toy, latents, "const", mask, ResefaOptions(), 1))
    kept = record(found, toy.info)
    assert kept["space"] == "w+"
    np.testing.assert_allclose(kept["latent"], codes.flatten(), rtol=1e-6)


def test_several_pictures_share_their_directions(toy):
    mask = box_mask(SIDE, 2, 1, 4, 5)
    latents = Pipeline(toy).from_seeds([3, 4, 5])
    found = run(find_and_measure(toy, latents, "const", mask, ResefaOptions(), 2))
    products = []
    for seed in (3, 4, 5):
        one = run(jacobian(toy, toy.broadcast(toy.sample_z([seed]))))
        grams = MaskedGrams(one.values)
        grams.paint(mask)
        products.append((grams.inside(), grams.outside()))
    inside, outside = (torch.stack(side).mean(0).numpy() for side in zip(*products, strict=True))
    vectors, values = resefa.solve(inside, outside, 1e-3, 2)
    np.testing.assert_allclose(found.subspace.values, values, rtol=1e-6)
    both = [d.vector for d in found.directions.directions]
    np.testing.assert_allclose(np.abs((both * vectors).sum(1)), 1, atol=1e-6)
    kept = record(found, toy.info)
    np.testing.assert_allclose(kept["latents"], toy.sample_z([3, 4, 5]), rtol=1e-6)
    assert "latent" not in kept


@pytest.mark.parametrize(
    ("text", "layers", "expected"),
    [("auto", 10, (4, 7)), ("auto", 8, (4, 7)), ("auto", 7, None), ("2-3", 10, (2, 3)),
     ("all", 10, None)],
)  # fmt: skip
def test_usual_layers(portraits, text, layers, expected):
    spaces = dict(portraits.info.spaces)
    spaces[Space.WPLUS] = dataclasses.replace(spaces[Space.WPLUS], layers=layers)
    assert chosen_layers(text, dataclasses.replace(portraits.info, spaces=spaces)) == expected


def test_what_makes_no_sense_gets_a_sentence(toy):
    whole, nothing = np.ones((8, 8), np.float32), np.zeros((8, 8), np.float32)
    for mask, options, word in (
        (nothing, ResefaOptions(), "empty"),
        (whole, ResefaOptions(), "whole picture"),
        (pixels_of(toy, 0), ResefaOptions(layers="4-7"), "layers 0 to 0"),
    ):
        with pytest.raises(OptionError, match=word):
            local(toy, mask, options)
    latents = Pipeline(toy).from_seeds([0])
    mixed = dataclasses.replace(
        latents, mixes=(ChannelMix("late", latents.codes, torch.tensor([True])),)
    )
    with pytest.raises(AbilityError, match="groups of channels"):
        run(find_and_measure(toy, mixed, "const", pixels_of(toy, 0), ResefaOptions(), 1))
