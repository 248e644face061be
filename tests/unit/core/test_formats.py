"""Stored files say their format; older ones come up step by step, newer ones are refused."""

import pytest

from latentstudio import __version__
from latentstudio.core.formats import NewerFormatError, StoredFormat

STEPS = {
    0: lambda values: {**values, "told": ["none"]},
    1: lambda values: {**values, "told": [*values["told"], "one"]},
    2: lambda values: {**values, "told": [*values["told"], "two"]},
}
FORM = StoredFormat(3, STEPS, first=0)


def test_upgrades_run_in_order_and_only_those_needed():
    assert FORM.upgraded({"a": 1}, "It") == {"a": 1, "told": ["none", "one", "two"]}
    assert FORM.upgraded({"format": 2, "told": []}, "It") == {"told": ["two"]}


def test_what_is_written_comes_back_as_it_was():
    stamped = FORM.stamped({"a": 1})
    assert (stamped["format"], stamped["program"]) == (3, __version__)
    assert FORM.upgraded(stamped, "It") == {"a": 1}


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("0.9.1", "Update to 0.9.1 or later"),
        (None, "Update to open it"),
        ("\x1b[2J", "Update to open"),
        (7, "Update to open"),
        ("9" * 500, "Update to open"),
    ],
)
def test_a_newer_format_is_refused_with_the_version_to_get(program, says):
    with pytest.raises(NewerFormatError, match=says) as caught:
        FORM.upgraded({"format": 4, "program": program}, "Your picture")
    assert str(caught.value).startswith("Your picture was made by a newer LatentStudio.")
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("found", [None, [], 3, {"format": -1}, {"format": "3"}, {"format": True}])
def test_what_is_no_such_file_is_said(found):
    with pytest.raises(ValueError, match="it "):
        FORM.upgraded(found, "It")


def test_a_file_that_has_to_say_its_format_does():
    with pytest.raises(ValueError, match="names no format"):
        StoredFormat(1).upgraded({"a": 1}, "It")
