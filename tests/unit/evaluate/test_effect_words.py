"""Words for effects that are planted: what holds on all pictures is said, and nothing else."""

import numpy as np
import pytest

from latentstudio.evaluate.effect_words import PLACES, WAYS, effect_name, english
from latentstudio.evaluate.messages import EffectName
from latentstudio.evaluate.predictor import Attribute

LIGHT, WARM, GREEN = (1.0, 1.0, 1.0), (1.0, 0.0, -1.0), (-1.0, 0.398, -1.0)
ATTRIBUTES = (Attribute("smile"), Attribute("beard"), Attribute("hat"))


def maps(change, signs=(1, 1, 1, 1, 1, 1), noise=0.02):
    """Six pictures' changes, (6, 3, 16, 16), each with its sign."""
    rng = np.random.default_rng(0)
    return np.stack(
        [sign * change + noise * rng.standard_normal((3, 16, 16)) for sign in signs]
    ).astype(np.float32)


def patch(rows, columns, colour=LIGHT, size=0.4):
    found = np.zeros((3, 16, 16))
    found[:, rows, columns] = size * np.array(colour)[:, None, None]
    return found


ALL = slice(None)
TOP, MIDDLE, BOTTOM = slice(0, 5), slice(6, 10), slice(11, 16)


@pytest.mark.parametrize(
    ("change", "where", "ways"),
    [
        (patch(TOP, ALL), "Top", ("lighter",)),
        (patch(BOTTOM, BOTTOM, LIGHT, -0.4), "Bottom right", ("darker",)),
        (patch(ALL, TOP, WARM), "Left side", ("warmer",)),
        (patch(ALL, ALL, WARM, -0.2), "All over", ("cooler",)),
        (patch(MIDDLE, MIDDLE, GREEN), "Centre", ("greener",)),
        (patch(ALL, ALL) - patch(slice(3, 13), slice(3, 13)), "Edges", ("lighter",)),
    ],
)
def test_where_and_how_are_said(change, where, ways):
    assert effect_name(maps(change)) == EffectName((), where, ways)
    assert where in PLACES
    assert set(ways) <= set(WAYS)


def test_light_from_a_side_is_no_change_of_the_whole():
    left = patch(ALL, slice(0, 8)) - patch(ALL, slice(8, 16))
    assert effect_name(maps(left)).ways == ("lighter on the left",)
    assert effect_name(-maps(left)).ways == ("lighter on the right",)


def test_what_differs_from_picture_to_picture_is_not_said():
    five = maps(patch(TOP, ALL), (1, 1, 1, 1, 1, -1))
    four = maps(patch(TOP, ALL), (1, 1, 1, 1, -1, -1))
    assert effect_name(five).ways == ("lighter",)
    assert effect_name(four) == EffectName((), "Top", ())


def test_a_change_that_nobody_sees_gets_no_name():
    assert effect_name(maps(patch(TOP, ALL), noise=0) / 1000) == EffectName()


def test_a_part_of_a_face_is_named_only_where_pictures_are_faces():
    hair = maps(patch(slice(0, 4), slice(3, 13)), noise=0)
    assert effect_name(hair, face=True).where == "Hair"
    assert effect_name(hair).where == "Top"


def test_of_a_spread_change_the_part_that_goes_its_own_way_is_named():
    everywhere = 0.3 * np.random.default_rng(3).standard_normal((6, 3, 16, 16))
    edges = patch(ALL, ALL, WARM, 0.5) - patch(slice(3, 13), slice(3, 13), WARM, 0.5)
    found = effect_name((everywhere + edges).astype(np.float32))
    assert (found.where, found.ways) == ("Edges", ("warmer",))


def readings(*rises, signs=(1, 1, 1, 1, 1, 1)):
    """Attributes at the lower end, the start and the upper end of six walks, (6, 3, 3)."""
    steps = np.array([-1.0, 0.0, 1.0])[:, None] * np.array(rises)
    return np.stack([0.5 + sign * steps for sign in signs]).astype(np.float32)


def test_an_attribute_that_leads_gives_its_name_and_side():
    change = maps(patch(MIDDLE, ALL))
    found = effect_name(change, readings(0.4, 0.1, 0.05), ATTRIBUTES)
    assert found.attributes == (("smile", 1),)
    both = effect_name(change, readings(-0.4, 0.38, 0.0), ATTRIBUTES)
    assert both.attributes == (("smile", -1), ("beard", 1))


def test_an_attribute_is_not_named_where_it_hardly_changes_or_turns():
    change = maps(patch(MIDDLE, ALL))
    weak = readings(0.05, 0.0, 0.0)
    turning = readings(0.4, 0.0, 0.0, signs=(1, 1, 1, 1, -1, -1))
    for one in (weak, turning):
        assert effect_name(change, one, ATTRIBUTES).attributes == ()


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (EffectName((("smile", 1), ("beard", -1)), "Centre", ("darker",)), "Smile, less beard"),
        (EffectName((("hat", -1),)), "Less hat"),
        (EffectName((), "Top", ("darker", "warmer")), "Top: darker, warmer"),
        (EffectName((), "", ("wider", "thinner")), "Wider, thinner"),
        (EffectName((), "Top left"), "Top left"),
        (EffectName(), "Change"),
    ],
)
def test_words_claim_no_more_than_is_sure(effect, words):
    assert english(effect) == words
