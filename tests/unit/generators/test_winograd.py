"""The convolution with fewer products is the convolution."""

import pytest
import torch
import torch.nn.functional as F

from latentstudio.benchmark.random_model import random_generator
from latentstudio.generators import winograd


@pytest.mark.parametrize(("height", "width"), [(12, 12), (16, 64), (32, 20), (128, 132)])
def test_it_is_the_convolution(height, width):
    torch.manual_seed(1)
    x = torch.randn(1, 8, height, width)
    weight = torch.randn(6, 8, 3, 3)
    made = winograd.convolve(x, winograd.transformed(weight))
    expected = F.conv2d(x, weight, padding=1)
    assert (made - expected).abs().max() < 1e-4 * expected.std()
    assert made.is_contiguous(memory_format=torch.channels_last)


def test_it_is_for_many_channels_in_single_precision_only():
    x, weight = torch.zeros(1, 256, 16, 16), torch.zeros(256, 256, 3, 3)
    assert winograd.is_faster(x, weight)
    assert not winograd.is_faster(x[:, :, :14], weight)
    assert not winograd.is_faster(x[:, :, :8, :8], weight)
    assert not winograd.is_faster(x.double(), weight.double())
    assert not winograd.is_faster(x[:, :128], weight[:, :128])
    with torch.autocast("cpu", torch.bfloat16):
        assert not winograd.is_faster(x, weight)


def test_a_picture_made_so_is_the_same_picture():
    model = random_generator(32, 8192, 256)
    codes = model.broadcast(model.map(model.sample_z([0, 1])))
    with torch.inference_mode():
        alone = torch.cat([model.synthesize(codes[:1]), model.synthesize(codes[1:])])
    assert model.network.synthesis.blocks[2].conv1._kernel is not None
    assert model.network.synthesis.blocks[1].conv1._kernel is None
    both = model.synthesize(codes)
    assert (alone - both).abs().max() < 1e-4 * both.std()
