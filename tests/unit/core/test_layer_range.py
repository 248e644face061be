"""Layer ranges mean the same wherever they are written."""

import pytest

from latentstudio.core.errors import OptionError
from latentstudio.core.layer_range import parse_layers, read_range


@pytest.mark.parametrize("text", ["all", "All", "", " ", "0-2", "0 – 2"])
def test_all_layers_are_none(text):
    assert parse_layers(text, 3) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("4", (4, 4)), ("4-7", (4, 7)), (" 4 - 7 ", (4, 7)), ("4–7", (4, 7)), ("4—7", (4, 7))],
)
def test_ranges_are_read_with_any_dash(text, found):
    assert read_range(text) == parse_layers(text, 10) == found


@pytest.mark.parametrize("text", ["x", "7-4", "-1", "1-", "1-2-3", "٣", "9" * 9])
def test_what_is_no_range_gets_a_sentence(text):
    with pytest.raises(OptionError, match=r"Write all, one layer, or a range as 4-7\."):
        parse_layers(text, 10)


def test_layers_that_a_model_lacks_are_named():
    with pytest.raises(OptionError, match="this model has layers 0 to 9"):
        parse_layers("3-10", 10)
