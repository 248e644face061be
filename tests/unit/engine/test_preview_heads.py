"""A preview head is the linear map it stands for, and derivatives pass through it."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F
from torch.func import jvp, vmap

from latentstudio.core.errors import AbilityError, ShapeError
from latentstudio.core.progress import run
from latentstudio.engine.head_fitting import LEADING, fit_heads
from latentstudio.engine.layer_times import (
    Layer,
    LayerTimes,
    measure_layers,
    preview_layers,
)
from latentstudio.engine.preview_heads import PreviewHead, from_arrays, preview, smoothed
from latentstudio.engine.shapes import fitted
from latentstudio.engine.warmup import warm_up_derivatives
from tests.contract.generators import MODELS, open_model
from tests.toys.planted import PlantedGenerator

SIDE, CHANNELS = 8, 5


class Linear:
    """A model whose picture is a planted linear map of its features in windows of 3 × 3."""

    def __init__(self, channels=CHANNELS):
        rng = torch.Generator().manual_seed(0)
        self.kernel = torch.randn(12, channels, 3, 3, generator=rng)
        self.bias = torch.randn(12, generator=rng)
        self.mix = torch.randn(channels, 16, SIDE * SIDE, generator=rng)
        real = PlantedGenerator(mapped=False)
        self.info = dataclasses.replace(real.info, resolution=2 * SIDE, taps=("inner",))
        self.sample_z, self.map, self.broadcast = real.sample_z, real.map, real.broadcast
        self.device = torch.device("cpu")

    def features(self, codes, tap, classes=None, noise="const"):
        return torch.einsum("nd,cdp->ncp", codes[:, 0], self.mix).unflatten(2, (SIDE, SIDE))

    def synthesize_with(self, codes, edit, classes=None, noise="const"):
        features = edit.get("inner", lambda f: f)(self.features(codes, "inner"))
        around = F.pad(features, [1] * 4, mode="replicate")
        return F.pixel_shuffle(F.conv2d(around, self.kernel, self.bias), 2)


def layer(model, tap, side, channels):
    return Layer(tap, side, 0, channels, 0.0)


def codes_of(model, seeds):
    known = model.info.classes
    classes = torch.tensor([s % known for s in seeds]) if known else None
    return model.broadcast(model.map(model.sample_z(seeds), classes)), classes


def test_it_finds_a_planted_map():
    toy = Linear()
    (head,) = run(fit_heads(toy, [layer(toy, "inner", SIDE, CHANNELS)], factor=2))
    close = (head.weight - toy.kernel).abs().max() / toy.kernel.abs().max()
    assert close < 8e-3
    codes, _ = codes_of(toy, [1, 2])
    torch.testing.assert_close(
        preview(toy, head, codes), smoothed(toy.synthesize_with(codes, {})), rtol=0, atol=0.8
    )


def test_many_channels_are_read_with_their_neighbours_in_leading_combinations():
    toy = Linear(channels=LEADING + 4)
    (head,) = run(fit_heads(toy, [layer(toy, "inner", SIDE, LEADING + 4)], factor=2))
    assert head.weight.shape == (12, LEADING + 4, 3, 3)
    codes, _ = codes_of(toy, range(8))
    full = toy.synthesize_with(codes, {})
    assert (preview(toy, head, codes) - smoothed(full)).square().mean() < 0.05 * full.var()


def test_smoothing_takes_the_grid_and_leaves_the_rest():
    grid = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4)[None, None]
    assert smoothed(grid)[..., 1:-1, 1:-1].abs().max() < 0.05
    flat = torch.full((1, 2, 6, 6), 0.7)
    torch.testing.assert_close(smoothed(flat), flat)


def correlation(a, b):
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])


@pytest.fixture(scope="module")
def head32(portraits):
    found = next(one for one in measure_layers(portraits).layers if one.tap == "b32.conv1")
    return run(fit_heads(portraits, [found], factor=2, pictures=32))[0]


@torch.no_grad()
def test_faces_are_readable_at_two_thirds_of_the_way(portraits, head32):
    codes, _ = codes_of(portraits, range(8))
    full = portraits.synthesize(codes)
    made = preview(portraits, head32, codes)
    assert made.shape == full.shape
    assert correlation(made, full) > 0.97
    assert (made - full).abs().mean() < 0.06


def test_derivatives_pass_through_it(portraits, head32):
    warm_up_derivatives()
    codes, _ = codes_of(portraits, [3])
    axes = torch.eye(portraits.info.code_dim)[:3]

    def small(step):
        return preview(portraits, head32, codes + step[:, None])

    still = torch.zeros(1, portraits.info.code_dim)
    with torch.no_grad():
        pushed = vmap(lambda axis: jvp(small, (still,), (axis[None],))[1][0])(axes)
        apart = torch.cat([(small(3e-3 * a[None]) - small(-3e-3 * a[None])) / 6e-3 for a in axes])
    assert pushed.shape == (3, 3, 64, 64)
    assert (pushed - apart).norm() < 0.02 * apart.norm()


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"portraits", "stylegan2", "onnx"}))
@torch.no_grad()
def test_every_family_whose_layers_can_be_read_has_heads(name):
    model = open_model(name)
    classes = torch.zeros(1, dtype=torch.int64) if model.info.classes else None
    times = measure_layers(model, classes, rounds=1)
    middle = [one for one in times.layers if one.side <= model.info.resolution // 2][-1]
    few = 30 if name == "stylegan3-rectangular" else 3  # its pictures are nearly grey
    (head,) = run(fit_heads(model, [middle], pictures=few))
    codes, classes = codes_of(model, [0, 1])
    made = preview(model, head, codes, classes)
    size = fitted(*model.info.size, 2 * middle.side)
    assert made.shape == (2, model.info.channels, *size)
    full = F.adaptive_avg_pool2d(model.synthesize(codes, classes), size)
    assert (made - full).abs().mean() < 2 * (full - full.mean()).abs().mean()


def test_places_outside_the_picture_are_known():
    margins = {one.tap: (one.side, one.margin) for one in measured("stylegan3-r").layers}
    expected = {"L3": (16, 10), "L8": (64, 10), "L13": (64, 0)}
    assert margins.items() >= expected.items()


def measured(name):
    return measure_layers(open_model(name), rounds=1)


def test_it_is_kept_as_arrays(portraits, head32):
    codes, _ = codes_of(portraits, [5])
    back = from_arrays(head32.arrays(), head32.record(), portraits)
    assert torch.equal(preview(portraits, back, codes), preview(portraits, head32, codes))


@pytest.mark.parametrize(
    "change", [{"tap": "elsewhere"}, {"factor": 4}, {"margin": -1}, {"pictures": None}]
)
def test_what_describes_no_head_of_the_model_is_not_taken(portraits, head32, change):
    assert from_arrays(head32.arrays(), head32.record() | change, portraits) is None
    broken = {"weight": head32.arrays()["weight"] * float("nan"), "bias": head32.arrays()["bias"]}
    assert from_arrays(broken, head32.record(), portraits) is None
    assert from_arrays({}, head32.record(), portraits) is None


def test_features_of_another_layer_are_refused(head32):
    with pytest.raises(ShapeError, match="channels"):
        head32.apply(torch.zeros(1, 7, 4, 4), torch.zeros(1, 3, 4, 4))


def test_heads_are_made_for_layers_that_differ_in_what_they_take():
    spent = {"a": (8, 1), "b": (16, 2), "c": (16, 8), "d": (32, 9), "e": (32, 20), "f": (64, 60)}
    layers = tuple(Layer(tap, side, 0, 8, time) for tap, (side, time) in spent.items())
    times = LayerTimes(layers, 100.0)
    assert [one.tap for one in preview_layers(times, 128)] == ["b", "d", "e"]
    assert [one.tap for one in preview_layers(times, 128, most=2)] == ["d", "e"]
    assert [one.tap for one in preview_layers(times, 32)] == ["b", "c"]
    assert preview_layers(LayerTimes((), 1.0), 128) == ()
    assert [one.tap for one in preview_layers(times, 128, needed="c")] == ["b", "c", "e"]
    assert [one.tap for one in preview_layers(times, 128, needed="f")] == ["b", "d", "e"]  # late


def test_a_model_whose_layers_are_hidden_has_none():
    closed = PlantedGenerator()
    closed._info = dataclasses.replace(closed.info, taps=())
    with pytest.raises(AbilityError, match="inner layers"):
        measure_layers(closed)


def test_a_head_is_a_value_that_shows_early(portraits):
    job = fit_heads(portraits, [layer(portraits, "b16.conv1", 16, 96)], factor=1, pictures=16)
    shown = [step.preview[0] for step in job if step.preview is not None]
    assert {type(one) for one in shown} == {PreviewHead}
    assert [one.pictures for one in shown] == [8]
