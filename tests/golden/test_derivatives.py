"""A picture's derivative by its code: however it is made, the same, on every family's network."""

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.engine.preview_heads import PreviewHead
from latentstudio.engine.pushforward import HasTangents, Readout, forward, pusher, small_pictures
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.session.models import open_model
from tests.golden.test_golden_generators import TABLE

ONE_OF_EACH = (
    "portraits",
    "stylegan2-ada-conditional-32",
    "stylegan2-tf-32",
    "stylegan3-t-64",
    "stylegan3-r-64",
    "biggan-64",
    "biggan-deep-64",
    "proggan-64",
    "hammer-stylegan-64",
    "sngan-32-gray",
    "sngan-64",
)
PIXELS = ((0, 3, 5), (-1, 9, 2), (0, 7, 12))
"""Colour, row, column of the small picture."""


@pytest.fixture(scope="module", params=ONE_OF_EACH)
def case(request):
    """A model in double precision, so that agreement is not hidden by rounding, and a picture."""
    generator = run(open_model(str(TABLE[request.param]), "cpu"))
    generator.network.double()
    classes = torch.tensor([1]) if generator.info.classes else None
    codes = generator.broadcast(generator.map(generator.sample_z([5]).double(), classes))
    layers = (1, generator.info.code_layers - 2) if generator.info.code_layers > 2 else (0, 0)
    return generator, codes.detach(), classes, layers


def tangents(generator, count=2):
    rows = np.random.RandomState(0).randn(count, generator.info.code_dim)
    return torch.from_numpy(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def small(case, side=16):
    generator, codes, classes, layers = case
    return small_pictures(generator, codes, classes, "const", layers, Readout(side))


def near(one, other):
    torch.testing.assert_close(one, other, rtol=0, atol=1e-4 * float(other.abs().max()))
    assert float(other.abs().max()) > 0


def test_forward_and_reverse_mode_agree(case):
    generator, codes, classes, layers = case
    axes = tangents(generator)
    found = pusher(generator, codes, classes, "const", layers, Readout(16))(axes)
    step = torch.zeros(1, axes.shape[1], dtype=axes.dtype, requires_grad=True)
    picture = small(case)(step)[0]
    for place in PIXELS:
        (pulled,) = torch.autograd.grad(picture[place], step, retain_graph=True)
        near(found[:, place[0], place[1], place[2]], axes @ pulled[0])


@torch.no_grad()
def test_forward_mode_and_central_differences_agree(case):
    generator, codes, classes, layers = case
    axes = tangents(generator)
    found = pusher(generator, codes, classes, "const", layers, Readout(16))(axes)
    width = 1e-7  # between two kinks of the activations
    pictures = small(case)
    near(found, (pictures(width * axes) - pictures(-width * axes)) / (2 * width))


@torch.no_grad()
def test_a_familys_own_derivative_is_automatic_forward_mode(case):
    generator, codes, classes, layers = case
    if not isinstance(generator, HasTangents):
        assert generator.info.family != "stylegan2"
        return
    warm_up_derivatives()
    axes = tangents(generator, 1)
    for tap in (None, generator.info.taps[2], generator.info.taps[-1]):
        found = generator.tangents(codes, layers, classes, "const", tap)(axes)
        own = found[1] if tap is None else found[0]
        reading = Readout(10**6) if tap is None else Readout(10**6, _Whole(tap))
        automatic = forward(
            small_pictures(generator, codes, classes, "const", layers, reading), axes
        )
        torch.testing.assert_close(own, automatic, rtol=1e-10, atol=1e-12)


@torch.no_grad()
@pytest.mark.parametrize("case", ["portraits"], indirect=True)
def test_a_preview_head_is_read_the_same_way(case):
    generator, codes, classes, layers = case
    warm_up_derivatives()
    weight = torch.from_numpy(np.random.RandomState(0).randn(3, 64 + 3, 3, 3))
    head = PreviewHead("b32.conv1", weight.float(), torch.ones(3), grown=True)
    reading, axes = Readout(32, head), tangents(generator, 1)
    own = pusher(generator, codes, classes, "const", layers, reading)(axes)
    pictures = small_pictures(generator, codes, classes, "const", layers, reading)
    # Heads read in single precision.
    torch.testing.assert_close(own, forward(pictures, axes), rtol=1e-3, atol=1e-3)


@torch.no_grad()
def test_a_model_that_is_not_differentiable_gets_central_differences():
    generator = run(open_model(str(TABLE["onnx-dcgan-32"]), "cpu"))
    assert Ability.FORWARD_GRADIENT not in generator.info.abilities
    codes = generator.broadcast(generator.map(generator.sample_z([5])))
    axes = tangents(generator).float()
    found = pusher(generator, codes, None, "const", None, Readout(16))(axes)
    pictures = small_pictures(generator, codes, None, "const", (0, 0), Readout(16))
    width = 0.005  # five times as wide, across kinks: what the picture really does
    real = (pictures(width * axes) - pictures(-width * axes)) / (2 * width)
    assert float((found - real).norm() / real.norm()) < 0.05


class _Whole:
    """Reads the features of a tap as they are."""

    grown = False

    def __init__(self, tap):
        self.tap = tap

    def apply(self, features, image=None):
        return features
