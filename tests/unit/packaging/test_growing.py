"""Growing a generator by a block: it starts as the enlarged picture and keeps its mapping."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

RECIPE = Path(__file__).parents[3] / "packaging" / "portraits"
sys.path.insert(0, str(RECIPE))

import export
import factors
import grow
import network


@pytest.fixture
def small():
    torch.manual_seed(3)
    return network.Generator(channels={4: 6, 8: 6})


@pytest.fixture
def growing(small, tmp_path):
    """Ready to train on a dozen pictures of noise; a new one at each call."""
    rng = np.random.RandomState(5)
    lines, frames = tmp_path / "toy.jsonl", tmp_path / "toy.rgb"
    scores = rng.randn(12, factors.Design().n_scores).tolist()
    lines.write_text("".join(json.dumps({"scores": one}) + "\n" for one in scores))
    frames.write_bytes(rng.randint(0, 256, (12, 16, 16, 3)).astype(np.uint8).tobytes())
    count = {"paired": 0, "adversarial": 0}
    export.write_generator(small.requires_grad_(False), count, tmp_path)
    options = argparse.Namespace(
        small=tmp_path / "portraits-8.safetensors", seed=0, channels=5, batch=4, lr=0.01,
        old_lr=0.01, block_pictures=8, pictures=1000, face=4.0, edge=2.0, slope=0.5,
        ema_pictures=100.0,
    )  # fmt: skip
    data = grow.Data(lines, frames)
    return lambda: grow.Growing(options, data)


def moved(before, after):
    return {name for name, value in after.items() if not torch.equal(value, before[name])}


def copied(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def test_a_grown_generator_starts_as_the_enlarged_one(small):
    large = network.grown(small, 5)
    z = torch.randn(3, 128)
    assert torch.equal(large(z), network.upsample(small(z)))
    own = large.state_dict()
    assert not moved(own, small.state_dict())
    assert all(".b16." in name for name in own.keys() - small.state_dict().keys())
    assert small.settings["channels"] == {4: 6, 8: 6}


def test_new_styles_are_alike_for_every_code_at_first(small):
    block = network.grown(small, 5).synthesis.b16
    for layer in (block.conv0, block.conv1, block.torgb):
        assert torch.equal(layer.affine(torch.randn(4, 128)), torch.ones(4, len(layer.affine.bias)))


def test_the_new_block_learns_first_then_all_but_the_mapping(growing):
    run = growing()
    start = copied(run.g)
    run.step()
    run.step()
    changed = moved(start, run.g.state_dict())
    assert changed
    assert all(".b16." in name for name in changed)
    run.step()
    run.step()
    changed = moved(start, run.g.state_dict())
    assert "synthesis.b4.const" in changed
    assert not any(name.startswith("mapping.") for name in changed)
    assert moved(start, run.ema.state_dict())


def test_a_resumed_growth_is_the_uninterrupted_one(growing, tmp_path):
    whole = growing()
    for _ in range(3):
        whole.step()
    whole.save(tmp_path / "checkpoint.pt")
    whole.step()
    resumed = growing()
    resumed.load(tmp_path / "checkpoint.pt")
    resumed.step()
    assert not moved(whole.ema.state_dict(), resumed.ema.state_dict())


def test_the_error_of_a_blurred_edge_exceeds_that_of_as_wrong_a_plain():
    target = torch.zeros(1, 3, 16, 16)
    target[..., 8:] = 1
    blurred, plain = target.clone(), target.clone()
    blurred[..., 7], blurred[..., 8] = 0.3, 0.7
    plain[..., 2:4] = 0.3
    error = grow.Error(16, face=1.0, edge=2.0, slope=0.5)
    assert error(target, target) == 0
    assert error(blurred, target) > 1.5 * error(plain, target)


@pytest.mark.parametrize("at", [(0, 9), (15, 9), (9, 0), (9, 15), (9, 9)])
def test_no_pixel_is_left_out_of_the_error(at):
    target = torch.zeros(1, 3, 16, 16)
    image = target.clone()
    image[..., at[0], at[1]] = 1
    assert grow.Error(16, face=4.0, edge=2.0, slope=0.0)(image, target) > 1 / 256 / 4


def test_a_picture_of_another_size_is_said(growing, small):
    run = growing()
    run.data.size = 8
    with pytest.raises(SystemExit, match="8 wide, the grown model's 16"):
        grow.Growing(run.args, run.data)


def test_the_grown_generator_is_exported(growing, tmp_path):
    run = growing()
    run.step()
    run.save(tmp_path / "checkpoint.pt")
    checkpoint = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    export.write_generator(export.generator_of(checkpoint), checkpoint["count"], tmp_path)
    read = export.read_generator(tmp_path / "portraits-16.safetensors")
    z = torch.randn(2, 128)
    torch.testing.assert_close(read(z), run.ema(z))
