"""A picture that names fitted weights is drawn with them; all others are left as they were."""

import dataclasses

import numpy as np
import pytest
import torch

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets, MissingAssetError
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.engine.images import to_pixels
from latentstudio.engine.precision import in_precision, precision_of
from latentstudio.generators.weight_difference import (
    WeightDifference,
    unpacked,
    with_difference,
)
from latentstudio.render.derived_starts import turned
from latentstudio.render.renderer import Renderer
from latentstudio.render.tuned import tuned_network

NAME = "synthesis.b64.torgb.bias"


@pytest.fixture(scope="module")
def difference(portraits):
    """More red everywhere: the last bias."""
    added = torch.zeros_like(portraits.weights.tensors[NAME]).half()
    added[0] = 0.25
    return WeightDifference(portraits.info.fingerprint, {NAME: added})


@pytest.fixture
def studio(portraits, portraits_density, difference):
    """A renderer, and the same latent as the model draws it and as it is fitted."""
    assets = MemoryAssets()
    renderer = Renderer(portraits, assets)
    renderer.densities = {None: portraits_density}
    vector = np.zeros(portraits.info.code_dim, np.float32)
    vector[3] = 1
    renderer.directions = {"d": Direction("d", "D", Space.W, Linear(vector))}
    code = portraits.map(portraits.sample_z([8]))[0].detach().numpy()
    packed = assets.put(np.frombuffer(difference.packed(), np.uint8))
    plain = Latent(assets.put(code), Space.W)
    return renderer, plain, dataclasses.replace(plain, tuning=packed)


def test_it_is_drawn_with_the_fitted_weights(studio, portraits, difference):
    renderer, plain, fitted = studio
    before, after = renderer.pixels(Picture(plain)), renderer.pixels(Picture(fitted))
    network = with_difference(portraits, difference, "f" * 64)
    code = torch.from_numpy(renderer.assets.get(plain.codes).copy())[None]
    with torch.inference_mode():
        assert np.array_equal(to_pixels(network.synthesize(network.broadcast(code)))[0], after)
    apart = after.astype(int) - before
    assert 25 < apart[..., 0].mean() < 35
    assert np.abs(apart[..., 1:]).max() == 0
    assert np.array_equal(renderer.pixels(Picture(plain)), before)
    assert np.array_equal(Renderer(portraits).pixels(Picture(Seed(8))), before)


def test_sliders_masks_and_thumbs_of_it_are_fitted_too(studio):
    renderer, plain, fitted = studio
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40] = 255
    edits = (Edit("d", 4.0, mask=MaskUse(renderer.assets.put(mask))),)
    shown = [renderer.pixels(Picture(s, edits=edits)).astype(int) for s in (plain, fitted)]
    assert (shown[1] - shown[0])[..., 0].mean() > 20
    assert not np.array_equal(shown[1], renderer.pixels(Picture(fitted)))
    (small,) = renderer.small([Picture(fitted)], 16)
    (other,) = renderer.small([Picture(plain)], 16)
    assert small[..., 0].mean() > other[..., 0].mean() + 20


def test_a_start_made_of_it_stays_fitted(studio):
    renderer, _, fitted = studio
    start = turned(renderer, Picture(fitted), 0.1, (1, 2)).start(renderer.assets, None)
    assert start.tuning == fitted.tuning


def test_what_does_not_fit_is_one_sentence(studio, portraits, difference):
    renderer, plain, _ = studio
    lost = dataclasses.replace(plain, tuning="0" * 64)
    with pytest.raises(MissingAssetError, match="missing"):
        renderer.pixels(Picture(lost))
    good = difference.packed()
    for data in (b"", b"\xff" * 40, good[:-3], b"\x02" + bytes(7) + b"{}", good[8:]):
        with pytest.raises(FileError, match=r"^It isn't a tuning of a model, or it is damaged\.$"):
            unpacked(data, portraits, "It")
    other = dataclasses.replace(difference, base="0" * 64).packed()
    with pytest.raises(OptionError, match=r"^It was made for another model"):
        unpacked(other, portraits, "It")
    for tensor in (torch.zeros(3), torch.full_like(difference.tensors[NAME], float("nan"))):
        wrong = WeightDifference(difference.base, {NAME: tensor})
        wrong = (
            wrong
            if tensor.isnan().any()
            else WeightDifference(difference.base, {NAME: tensor.repeat(2)})
        )
        with pytest.raises(FileError, match=r"^It is damaged: it doesn't fit"):
            unpacked(wrong.packed(), portraits, "It")


def test_a_fitted_copy_computes_in_the_precision_of_its_model(portraits, difference):
    packed = np.frombuffer(difference.packed(), np.uint8)
    half = in_precision(portraits, "bfloat16")
    assert precision_of(tuned_network(half, packed)) == "bfloat16"
    assert precision_of(tuned_network(portraits, packed)) == "float32"
