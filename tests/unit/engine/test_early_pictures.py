"""Small pictures read early are what the head predicts, nothing behind it runs, gradients pass."""

import pytest
import torch
import torch.nn.functional as F

from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import run
from latentstudio.engine.early_pictures import early_pictures, is_large, layer_for, with_head
from tests.toys.planted import PlantedGenerator


@pytest.fixture(scope="module")
def large():
    """256 pixels, few channels."""
    return random_generator(256, 1024, 16)


@pytest.fixture(scope="module")
def small(large):
    return run(early_pictures(large))


def codes_of(model, *seeds):
    return model.broadcast(model.map(model.sample_z(seeds)))


@pytest.mark.parametrize(
    ("side", "layers", "behind", "tap"),
    [
        (64, None, None, "b32.conv1"),
        (32, None, None, "b16.conv1"),
        (64, (0, 6), None, "b32.conv1"),
        (64, (2, 7), None, "b64.conv1"),  # it reads layer 8, too
        (64, (0, 12), None, None),  # hardly anything lies behind
        (64, None, "b32.conv1", "b64.conv1"),
    ],
)
def test_the_layer_follows_from_what_is_to_be_seen(large, side, layers, behind, tap):
    found = layer_for(large, side, layers, behind)
    assert (found and found.tap) == tap


def test_they_are_close_to_whole_pictures_brought_down(large, small):
    codes = codes_of(large, 1, 2, 3, 4)
    with torch.no_grad():
        made, whole = small(codes), F.adaptive_avg_pool2d(large.synthesize(codes), 64)
    assert made.shape == whole.shape
    assert torch.corrcoef(torch.stack([made.flatten(), whole.flatten()]))[0, 1] > 0.9


def test_nothing_behind_the_head_is_computed(large, small, monkeypatch):
    class Reached(Exception):
        pass

    def fail(*_):
        raise Reached

    for block in large.network.synthesis.blocks[4:]:
        monkeypatch.setattr(block.conv0, "forward", fail)
    codes = codes_of(large, 1)
    assert small(codes).shape == (1, 3, 64, 64)
    with pytest.raises(Reached):
        large.synthesize(codes)


def test_gradients_are_those_of_what_is_shown(large, small):
    codes = codes_of(large, 5).requires_grad_()
    weights = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    (small(codes) * weights).sum().backward()
    step = torch.randn(codes.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        ends = [(small(codes + sign * 2e-3 * step) * weights).sum() for sign in (1, -1)]
    slope = float(ends[0] - ends[1]) / 4e-3
    assert float((codes.grad * step).sum()) == pytest.approx(slope, rel=2e-2)
    read = large.layers_before(small.head.tap)
    assert codes.grad[:, :read].abs().amax(2).min() > 0


def test_features_can_be_edited_on_the_way(large):
    look = run(early_pictures(large, behind="b16.conv1"))
    codes, asked = codes_of(large, 1), []

    def keep(features):
        asked.append(features.shape[-1])
        return features

    with torch.no_grad():
        same = look(codes, edit={"b16.conv1": keep})
        other = look(codes, edit={"b16.conv1": lambda features: -features})
        torch.testing.assert_close(same, look(codes))
    assert asked[0] == 16
    assert (other - same).abs().max() > 0.1


def test_a_kept_head_shows_the_same(large, small):
    again = with_head(large, None, small.head.weight, small.head.bias)
    codes = codes_of(large, 7)
    torch.testing.assert_close(again(codes), small(codes), rtol=0, atol=0)
    assert again.head.weight is not small.head.weight


def test_a_model_without_layers_is_brought_down_at_its_end():
    toy = PlantedGenerator()
    look = run(early_pictures(toy, side=4))
    codes = codes_of(toy, 1, 2)
    torch.testing.assert_close(look(codes), F.adaptive_avg_pool2d(toy.synthesize(codes), 4))
    assert not is_large(toy.info)
