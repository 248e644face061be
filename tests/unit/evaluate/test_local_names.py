"""Local directions are named by where and what."""

import numpy as np
import pytest

from latentstudio.evaluate.local_names import local_name, place
from latentstudio.evaluate.predictor import Attribute
from latentstudio.region.masks import box_mask

MOUTH = box_mask(64, 22, 40, 20, 12)
FLAT = np.zeros((3, 64, 64))


@pytest.mark.parametrize(
    ("box", "face", "expected"),
    [
        ((22, 40, 20, 12), True, "Mouth"),
        ((18, 25, 28, 12), True, "Eyes"),
        ((12, 0, 40, 16), True, "Hair"),
        ((0, 0, 8, 8), True, "Top left"),
        ((22, 40, 20, 12), False, "Bottom"),
        ((28, 28, 8, 8), False, "Centre"),
        ((50, 28, 10, 8), False, "Right"),
    ],
)
def test_a_place_has_a_word(box, face, expected):
    assert place(box_mask(64, *box), face) == expected


def test_a_leading_attribute_names_the_change():
    attributes = (Attribute("smile"), Attribute("beard"))
    name = local_name(MOUTH, FLAT, np.array([[0.1, 0.5], [0.7, 0.5]]), attributes, face=True)
    assert name == "Mouth: smile"
    both = local_name(MOUTH, FLAT, np.array([[0.1, 0.1], [0.7, 0.6]]), attributes, face=True)
    assert both == "Mouth: smile and beard"


def test_what_the_positive_side_takes_away_is_called_less():
    attributes = (Attribute("smile"), Attribute("beard"))
    name = local_name(MOUTH, FLAT, np.array([[0.7, 0.5], [0.1, 0.5]]), attributes, face=True)
    assert name == "Mouth: less smile"
    both = local_name(MOUTH, FLAT, np.array([[0.7, 0.1], [0.1, 0.6]]), attributes, face=True)
    assert both == "Mouth: less smile and beard"


def test_without_one_the_look_does():
    attributes = (Attribute("smile"),)
    small = np.array([[0.5], [0.52]])
    change = FLAT + 0.2 * MOUTH
    assert local_name(MOUTH, change, small, attributes) == "Bottom: lighter"
    assert local_name(MOUTH, -change) == "Bottom: darker"
    wavy = change * np.where(np.arange(64) % 2, 1, -1)
    assert local_name(MOUTH, wavy) == "Bottom: another shape"
