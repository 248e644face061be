"""Local directions are named by where and what."""

import numpy as np
import pytest

from latentstudio.evaluate.attribute_places import seen_in
from latentstudio.evaluate.local_names import LocalName, local_name, place
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


SMILE_BEARD = (Attribute("smile"), Attribute("beard"))


def named(readings, **more):
    found = local_name(MOUTH, FLAT, np.array(readings), SMILE_BEARD, face=True, **more)
    return found.text, found.sign


def test_a_leading_attribute_names_the_change():
    assert named([[[0.1, 0.5], [0.7, 0.5]]]) == ("Mouth: smile", 1)
    assert named([[[0.1, 0.1], [0.7, 0.6]]]) == ("Mouth: smile and beard", 1)


def test_a_direction_that_takes_away_is_to_be_turned_round():
    assert named([[[0.7, 0.5], [0.1, 0.5]]]) == ("Mouth: smile", -1)
    # What goes the other way is not told: the first word alone is true.
    assert named([[[0.7, 0.1], [0.1, 0.6]]]) == ("Mouth: smile", -1)


def test_an_attribute_that_lies_elsewhere_or_goes_both_ways_lends_no_name():
    readings = [[[0.1, 0.5], [0.7, 0.65]]]
    assert named(readings, likely=np.array([False, True])) == ("Mouth: beard", 1)
    against = [[[0.6, 0.5], [0.5, 0.5]], *[[[0.1, 0.5], [0.7, 0.5]]] * 3]
    assert named(against) == ("Mouth: shape", 1)  # the picture itself does otherwise


def test_without_one_the_look_does():
    attributes = (Attribute("smile"),)
    small = np.array([[[0.5], [0.52]]])
    change = FLAT + 0.2 * MOUTH
    assert local_name(MOUTH, change, small, attributes) == LocalName("Bottom: lighter", 1)
    assert local_name(MOUTH, -change) == LocalName("Bottom: lighter", -1)
    red = np.array([1.0, 0.0, -1.0])[:, None, None]
    assert local_name(MOUTH, -change * red) == LocalName("Bottom: warmer", -1)
    wavy = change * np.where(np.arange(64) % 2, 1, -1)
    assert local_name(MOUTH, wavy) == LocalName("Bottom: shape", 1)


def test_attributes_are_seen_where_they_correlate():
    maps = np.zeros((3, 16, 16), np.float32)
    maps[0, 10:13, 6:10] = 0.5  # the mouth
    maps[1, :3] = 0.7  # the hair, and a little everywhere
    maps[1] += 0.1
    maps[2] = 0.02  # noise
    assert seen_in(maps, MOUTH).tolist() == [True, False, False]
