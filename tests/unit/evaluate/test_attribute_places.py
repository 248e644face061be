"""Where an attribute can be seen: measured on a model's own pictures, and kept."""

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.evaluate.attribute_places import SIDE, kept_places, seen_in
from latentstudio.evaluate.predictor import Attribute, Predictor
from latentstudio.render.pipeline import Pipeline
from tests.toys.planted import PlantedGenerator


@pytest.fixture
def pipeline():
    return Pipeline(PlantedGenerator())


def corner(images):
    """How red the top left is."""
    return images[:, 0, :2, :2].mean((1, 2))


def never(images):
    return torch.zeros(len(images))


@pytest.fixture
def predictor():
    def read(images):
        return torch.stack([corner(images), never(images)], dim=1)

    return Predictor("corner", "Corner", (Attribute("red"), Attribute("nothing")), read)


def half(columns):
    mask = np.zeros((8, 8), np.float32)
    mask[:2, columns] = 1
    return mask


def test_an_attribute_is_seen_where_it_is_read_and_kept(pipeline, predictor, private_home):
    maps = run(kept_places(pipeline, predictor))
    assert maps.shape == (2, SIDE, SIDE)
    assert maps[0, :4, :4].mean() > 5 * np.median(maps[0])
    assert not maps[1].any()
    assert seen_in(maps, half(slice(0, 2))).tolist() == [True, False]
    made = len(pipeline.generator.calls)
    again = run(kept_places(pipeline, predictor))
    assert len(pipeline.generator.calls) == made  # nothing was made anew
    np.testing.assert_allclose(again, maps, atol=1e-3)
