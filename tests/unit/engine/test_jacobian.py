"""Forward mode, reverse mode and central differences give the same Jacobian."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from latentstudio.core.errors import ShapeError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.engine import jacobian as module
from latentstudio.engine.jacobian import jacobian
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from tests.toys.planted import DIM, GAIN, SIDE, PlantedGenerator


@pytest.fixture(scope="module")
def portraits():
    generator = run(open_generator(find_model("portraits")))
    generator.network.double()  # so that agreement is not hidden by rounding
    yield generator
    generator.network.float()


def code(generator, seed):
    z = generator.sample_z([seed]).to(generator.network.mapping.w_avg)
    return generator.broadcast(generator.map(z))


def black_box(generator):
    """The same, unable to be differentiated forward."""
    twin = PlantedGenerator(mapped=True)
    abilities = generator.info.abilities - {Ability.FORWARD_GRADIENT}
    twin._info = dataclasses.replace(generator.info, abilities=abilities)
    return twin


def forward(generator):
    generator._info = dataclasses.replace(
        generator.info, abilities=generator.info.abilities | {Ability.FORWARD_GRADIENT}
    )
    return generator


def test_it_is_the_formula_on_a_model_that_is_one():
    toy = forward(PlantedGenerator())
    codes = toy.broadcast(toy.sample_z([0]))
    found = run(jacobian(toy, codes))
    before = toy._pixels(codes)[0]  # (3, 64)
    slope = GAIN * (1 - torch.tanh(GAIN * before).square())
    expected = (slope[..., None] * toy.weight).view(3, SIDE, SIDE, DIM).permute(1, 2, 0, 3)
    torch.testing.assert_close(found.values, expected)
    assert found.values.is_contiguous()


def test_differences_give_the_same_for_a_black_box():
    toy = forward(PlantedGenerator(mapped=True))
    codes = toy.broadcast(toy.map(toy.sample_z([1])))
    exact = run(jacobian(toy, codes))
    assert torch.equal(exact.values, run(jacobian(toy, codes)).values)
    found = run(jacobian(black_box(toy), codes))
    assert not torch.equal(found.values, exact.values)
    assert float((found.values - exact.values).abs().max()) < 1e-4 * max(
        1.0, float(exact.values.abs().max())
    )


def test_reverse_mode_agrees_on_the_built_in_model(portraits):
    codes = code(portraits, 3)
    found = run(jacobian(portraits, codes, layers=(4, 7), side=32))
    assert found.values.shape == (32, 32, 3, 128)
    step = torch.zeros(128, dtype=torch.float64, requires_grad=True)
    index = torch.arange(10)[:, None]
    moved = codes + ((index >= 4) & (index <= 7)) * step
    small = F.avg_pool2d(portraits.synthesize(moved), 2)[0]
    for row, column, channel in ((3, 5, 0), (16, 16, 1), (20, 14, 2), (31, 0, 0)):
        (pulled,) = torch.autograd.grad(small[channel, row, column], step, retain_graph=True)
        torch.testing.assert_close(
            found.values[row, column, channel].double(), pulled, rtol=1e-5, atol=1e-8
        )


def test_only_the_layers_asked_for_are_reached():
    toy = forward(PlantedGenerator(mapped=True))  # layer k makes colour k
    codes = toy.broadcast(toy.map(toy.sample_z([3])))
    whole = run(jacobian(toy, codes)).values
    found = run(jacobian(toy, codes, layers=(1, 1))).values
    torch.testing.assert_close(found[..., 1, :], whole[..., 1, :])
    assert whole.abs().amax((0, 1, 3)).min() > 0
    assert not found[..., [0, 2], :].any()


def test_few_tangents_at_once_change_nothing(monkeypatch):
    toy = forward(PlantedGenerator(mapped=True))
    codes = toy.broadcast(toy.map(toy.sample_z([2])))
    whole = run(jacobian(toy, codes))
    monkeypatch.setattr(module, "CHUNK_PIXELS", 5 * SIDE**2)
    job = jacobian(toy, codes)
    steps = [step.fraction for step in iter(lambda: next(job, None), None)]
    assert steps == [0.0, 5 / 16, 10 / 16, 15 / 16]
    torch.testing.assert_close(run(jacobian(toy, codes)).values, whole.values)


def test_several_pictures_or_layers_that_do_not_exist_are_refused():
    toy = PlantedGenerator(mapped=True)
    codes = toy.broadcast(toy.map(toy.sample_z([0, 1])))
    with pytest.raises(ShapeError, match="one=1"):
        run(jacobian(toy, codes))
    with pytest.raises(ShapeError, match="layers 2 to 3"):
        run(jacobian(toy, codes[:1], layers=(2, 3)))
