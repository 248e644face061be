"""Features blended within masks: nothing, all, or a part of the edit, in models of every kind."""

import pytest
import torch

from latentstudio.core.errors import AbilityError
from latentstudio.engine.feature_blend import (
    FeatureBlend,
    blended_by_features,
    layer_sides,
    usual_tap,
)
from tests.contract.generators import open_model


def codes_of(model, seed, classes=None):
    return model.broadcast(model.map(model.sample_z([seed]), classes))


def half(side):
    mask = torch.zeros(side, side)
    mask[: side // 2] = 1
    return mask


@pytest.mark.parametrize("name", ["portraits", "stylegan3-r", "proggan", "biggan"])
@torch.no_grad()
def test_the_mask_decides_where_the_edit_shows(name):
    model = open_model(name)
    classes = torch.tensor([1]) if model.info.classes else None
    side = max(model.info.size)
    before, after = (codes_of(model, seed, classes) for seed in (3, 4))
    tap = usual_tap(layer_sides(model, classes), side)
    without, edited = (model.synthesize(codes, classes) for codes in (before, after))

    def blend(mask):
        return blended_by_features(model, before, [FeatureBlend(after, mask, tap)], classes)

    scale = float((edited - without).abs().mean())
    assert (blend(torch.zeros(side, side)) - without).abs().max() < 1e-4
    assert (blend(torch.ones(side, side)) - edited).abs().max() < 1e-4
    mixed = (blend(half(side)) - without).abs().mean((0, 1))
    assert float(mixed[: side // 3].mean()) > 0.3 * scale
    assert float(mixed[-side // 4 :].mean()) < 0.2 * scale
    if name == "portraits":
        assert float(mixed[60:].max()) < 0.02 * scale  # out of the later layers' reach


@torch.no_grad()
def test_two_edits_are_blended_into_one_picture():
    model = open_model("portraits")
    before, one, two = (codes_of(model, seed) for seed in (3, 4, 5))
    top, bottom = half(64), 1 - half(64)
    both = blended_by_features(
        model, before, [FeatureBlend(one, top, "b32.conv1"), FeatureBlend(two, bottom, "b32.conv0")]
    )
    alone = blended_by_features(model, before, [FeatureBlend(one, top, "b32.conv0")])
    assert (both - alone)[..., :20, :].abs().max() < 1e-5
    assert (both - alone)[..., 40:, :].abs().mean() > 0.05


def test_layers_that_can_not_be_read_or_have_no_places_are_refused():
    model = open_model("portraits")
    codes = codes_of(model, 3)
    blend = FeatureBlend(codes, half(64), "b32.conv1")
    with pytest.raises(AbilityError, match="by pixels"):
        blended_by_features(object(), codes, [blend])
    with pytest.raises(AbilityError, match="no layer b7"):
        blended_by_features(model, codes, [FeatureBlend(codes, half(64), "b7")])
    with pytest.raises(AbilityError, match="by pixels"):
        layer_sides(object())
    with pytest.raises(AbilityError, match="no layer to blend at"):
        usual_tap({"a": 4}, 64)
    assert usual_tap({"a": 4, "b": 8, "c": 16, "d": 32}, 128) == "c"
