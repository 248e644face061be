"""What is saved is what the artist left: names, layers, groups, in the order of the edits."""

import numpy as np
import pytest

from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Space
from latentstudio.document import groups
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import (
    ChannelGroups,
    Direction,
    DirectionSet,
    Linear,
    Local,
    ModelKey,
)
from latentstudio.document.state import Document, Edit, Picture
from latentstudio.exchange.sharing import edited_directions, with_masks

VECTOR = np.eye(4, dtype=np.float32)[0]
SPLIT = Direction("g", "Split", Space.W, ChannelGroups(VECTOR, np.arange(4), "b4", frozenset({3})))
FOUND = DirectionSet(
    ModelKey("f", "stylegan2", 64, {"w": 4}),
    (
        Direction("a", "SeFa 1", Space.W, Linear(VECTOR)),
        SPLIT,
        Direction("b", "SeFa 2", Space.W, Linear(VECTOR)),
    ),
    "Everything",
)


def left(*edits, ids=("g", "a"), names=()):
    return edited_directions(FOUND, Document(picture=Picture(edits=edits), names=names), ids)


def test_names_layers_and_groups_are_as_they_were_left():
    edits = (Edit("g", 1.0, off=frozenset({0, 2})), Edit("a", 2.0, layers=(1, 2)))
    found = left(*edits, names=(("a", "Smile"),))
    split, smile = found.directions
    assert (smile.id, smile.name, smile.layers) == ("a", "Smile", (1, 2))
    assert groups.own_off(split) == {0, 2}
    assert groups.layer(split) == "b4"
    assert found.name == "Everything"
    assert FOUND.directions[1].payload.off == {3}


def test_masks_travel_and_a_lost_one_is_not_named_any_more():
    assets = MemoryAssets()
    digest = assets.put(np.eye(3, dtype=np.float32))
    pair = [
        Direction(n, n, Space.W, Local(VECTOR, mask=m)) for n, m in (("x", digest), ("y", "0" * 64))
    ]
    found = with_masks(DirectionSet(FOUND.model, tuple(pair)), assets)
    assert [d.payload.mask for d in found.directions] == [digest, ""]
    np.testing.assert_array_equal(found.masks[digest], np.eye(3))


def test_what_was_not_touched_stays():
    assert [groups.own_off(d) for d in left().directions] == [{3}, frozenset()]
    one = left(Edit("g", 1.0, off=frozenset()), ids=("gone", "g"))
    assert groups.own_off(one.directions[0]) == frozenset()
    assert one.name == "Split"


def test_nothing_to_save_gets_a_sentence():
    with pytest.raises(OptionError, match="Move a slider first"):
        left(ids=("gone",))
