"""StyleGAN2's residual and plain architectures, of which there is no golden file.

They are held to a transcription of the paper's figure 7 (Karras et al. 2020: output skips,
residual nets, and neither) in the plain operations that the golden files confirm for skips.
"""

import math

import pytest
import torch
import torch.nn.functional as F

from latentstudio.benchmark.plain_stylegan2 import Plain, resample
from latentstudio.benchmark.random_model import block, dense
from latentstudio.generators.stylegan2.generator import build
from latentstudio.generators.weights import Weights

SIZE, BASE, MOST, W = 16, 256, 24, 512


def tensors(architecture):
    """Random canonical weights."""
    torch.manual_seed(5)
    made, size, inputs = {"mapping.w_avg": torch.zeros(W)}, 4, 0
    made |= dense("mapping.fc0", W, W, 100.0)
    while size <= SIZE:
        channels = min(MOST, BASE // size)
        made |= block(f"synthesis.b{size}", size, inputs, channels)
        if architecture != "skip" and size < SIZE:
            made = {name: t for name, t in made.items() if ".torgb." not in name}
        if architecture == "resnet" and inputs:
            made[f"synthesis.b{size}.skip.weight"] = torch.randn(channels, inputs, 1, 1)
        size, inputs = size * 2, channels
    return made


class Transcribed(Plain):
    """One colour layer at the end; residual: the sum of both branches, each times √½."""

    def __init__(self, weights, residual):
        super().__init__(weights, SIZE)
        self.residual = residual

    def __call__(self, ws):
        x = self.t["synthesis.b4.const"][None].repeat(len(ws), 1, 1, 1)
        x, index = self.layer(x, "synthesis.b4.conv1", ws[:, 0], False), 1
        for size in (8, 16):
            name = f"synthesis.b{size}"
            y = self.layer(x, f"{name}.conv0", ws[:, index], True)
            y = self.layer(y, f"{name}.conv1", ws[:, index + 1], False)
            if self.residual:
                # A convolution whose weights are scaled at run time, then doubling.
                skip = self.t[f"{name}.skip.weight"] / math.sqrt(x.shape[1])
                short = resample(F.conv2d(x, skip), 2, (2, 1, 2, 1), 4.0)
                y = (y + short) * math.sqrt(0.5)
            x, index = y, index + 2
        return self.colours(x, f"synthesis.b{SIZE}.torgb", ws[:, index])


@pytest.mark.parametrize("architecture", ["skip", "resnet", "orig"])
@torch.no_grad()
def test_architecture(architecture):
    weights = tensors(architecture)
    generator = build(Weights(dict(weights)), "small", "0" * 64)
    assert generator.info.code_layers == 6
    torch.manual_seed(6)
    ws = torch.randn(2, 6, W)  # another code for each layer: their order matters
    plain = Plain(weights, SIZE) if architecture == "skip" else None
    expected = (plain or Transcribed(weights, architecture == "resnet"))(ws)
    made = generator.synthesize(ws)
    assert made.shape == (2, 3, SIZE, SIZE)
    assert float((made - expected).abs().max()) < 1e-4 * max(1.0, float(expected.std()))
