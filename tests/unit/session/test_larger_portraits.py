"""The built-in portraits at 128 pixels: the same codes as at 64, and directions with names."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from latentstudio.core.progress import run
from latentstudio.document.direction import ModelKey
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session import library
from latentstudio.session.models import open_model
from latentstudio.session.predictors import choose_predictor

SEEDS = range(6)
CHANGES = {
    "Glasses": "glasses",
    "Smile": "smile",
    "Beard": "beard",
    "Long hair": "long hair",
    "Skin tone": "light skin",
    "Hair colour": "light hair",
    "Wide eyes": "surprised",
    "Open mouth": "open mouth",
    "Dark glasses": "dark glasses",
    "Moustache": "moustache",
    "Hat": "hat",
}


@pytest.fixture(scope="module")
def larger():
    return run(open_model("portraits-128", "cpu"))


def ends(generator, direction):
    """Six portraits at 2 below and above a direction's middle, (6, 3, H, W) each."""
    pipeline = Pipeline(generator)
    start = pipeline.from_seeds(SEEDS)
    walked = (pipeline.apply(start, [Move(direction, amount)]) for amount in (-2.0, 2.0))
    return [pipeline.images(codes).clamp(-1, 1) for codes in walked]


def change(generator, direction):
    """What the walk changes, at 64 pixels whatever the size of the pictures."""
    low, high = ends(generator, direction)
    return F.adaptive_avg_pool2d(high - low, 64).flatten()


def test_both_sizes_have_the_same_codes(portraits, larger):
    assert larger.info.resolution == 2 * portraits.info.resolution
    assert larger.info.code_layers == portraits.info.code_layers + 2
    z = torch.from_numpy(np.random.RandomState(0).randn(5, 128)).float()
    assert torch.equal(larger.map(z), portraits.map(z))


def test_directions_of_the_smaller_change_the_larger_alike(portraits, larger):
    """What an artist found at 64 pixels means the same at 128, if it is drawn better there."""
    (small,) = library.shipped(portraits)
    for one in small.directions:
        seen, wanted = change(larger, one), change(portraits, one)
        assert F.cosine_similarity(seen, wanted, dim=0) > 0.65, one.name
        assert seen.norm() / wanted.norm() == pytest.approx(1.1, abs=0.3), one.name


def test_each_name_says_what_changes_most(portraits, larger):
    (small,), (large,) = library.shipped(portraits), library.shipped(larger)
    assert [one.name for one in large.directions] == list(CHANGES)
    assert {one.name for one in small.directions} <= set(CHANGES)
    predictor = run(choose_predictor(None, ModelKey.of(larger.info)))
    names = [one.name for one in predictor.attributes]
    spans = torch.tensor([one.high - one.low for one in predictor.attributes])
    for one in large.directions:
        low, high = (predictor.read(images) for images in ends(larger, one))
        moved = ((high - low) / spans).mean(0).abs()
        wanted = float(moved[names.index(CHANGES[one.name])])
        rank = int((moved > wanted + 1e-6).sum())
        assert rank <= (one.name == "Dark glasses"), one.name  # they are glasses, too
        assert wanted > 0.3, one.name
