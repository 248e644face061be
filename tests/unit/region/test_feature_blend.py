"""Features blended within a mask: nothing, all, or a part of the edit."""

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import run
from latentstudio.region.feature_blend import blended_by_features
from latentstudio.region.masks import box_mask
from latentstudio.session.models import open_model


@pytest.fixture(scope="module")
def portraits():
    return run(open_model("portraits", "cpu"))


@torch.no_grad()
def test_the_mask_decides_where_the_edit_shows(portraits):
    before, after = (
        portraits.broadcast(portraits.map(portraits.sample_z([seed]))) for seed in (3, 4)
    )
    whole = portraits.synthesize(before)
    nothing = np.zeros((64, 64), np.float32)
    same = blended_by_features(portraits, before, after, nothing, "b32.conv1")
    torch.testing.assert_close(same, whole)
    mask = box_mask(64, 0, 0, 32, 64)
    mixed = blended_by_features(portraits, before, after, mask, "b32.conv1")
    change = (mixed - whole).abs().mean((0, 1))
    assert float(change[:, :28].mean()) > 0.05
    assert float(change[:, 40:].max()) < 1e-5  # out of the later layers' reach


def test_a_layer_without_places_is_refused(portraits):
    codes = portraits.broadcast(portraits.map(portraits.sample_z([3])))
    with pytest.raises(AbilityError):
        blended_by_features(object(), codes, codes, box_mask(64, 0, 0, 8, 8), "b32.conv1")
