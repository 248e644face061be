"""The density panel's sentences."""

import pytest

from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.ui.density import words
from latentstudio.ui.density.trail import Trail
from tests.ui.fakes import curve, reading


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (reading(10.7, 86.4), "Outer side: farther out than 86 of 100 samples."),
        (
            reading(8.7, 2.6, side="denser"),
            "Inner side: closer in than 97 of 100 samples.",
        ),
        (
            reading(10.0, 52.0, side="typical"),
            "In the middle: farther out than 52 of 100 samples.",
        ),
        (
            reading(9.9, 40.0, side="typical"),
            "In the middle: closer in than 60 of 100 samples.",
        ),
        (
            reading(11.9, 99.7, "edge", one_in=300),
            "Outer side: farther out than 99 of 100 samples.",
        ),
        (
            reading(12.6, 99.9, "off", one_in=3000),
            "About 1 in 3\u00a0000 samples lies this far out.",
        ),
        (
            reading(6.0, 0.0, "off", "denser", one_in=900),
            "About 1 in 900 samples lies this far in.",
        ),
    ],
)
def test_sentences(now, sentence):
    assert words.sentence(now) == sentence


def test_snap_back_promises_a_place_inside():
    reference, moved = curve(), Picture(edits=(Edit("a", 3.0),))
    low, high = reference.shell
    text, can = words.snap_words(reading(12.6, 99.96, "off"), reference, moved)
    assert can
    assert text == "Back to 11.3, same walk"
    assert low < 11.3 < high
    text, can = words.snap_words(reading(6.0, 0.0, "off", "denser"), reference, moved)
    assert can
    assert float(text.split()[2].rstrip(",")) >= low
    inside = words.snap_words(reading(), reference, moved)
    assert inside == ("Already inside", False)
    alone = words.snap_words(reading(12.6, 99.96, "off"), reference, Picture())
    assert alone == ("This start lies here by itself", False)


def test_numbers_are_the_plots_twin():
    pairs = dict(words.numbers(reading(10.74, 86.0), reading(10.39, 70.0), curve()))
    assert pairs == {
        "Distance now, at start": "10.74, 10.39",
        "Shell, 95 % of samples": "8.60 to 11.37",
        "Percentile": "86.0",
        "Reference": "20\u00a0000 samples of W",
    }


def test_the_trail_begins_again_with_another_start():
    trail = Trail()
    start = reading(10.0)
    one = Picture(edits=(Edit("a", 1.0),))
    trail.add(one, reading(10.5), start)
    trail.add(one, reading(11.0), start)
    trail.add(one, reading(10.8), start)
    assert trail.points == (10.0, 10.5, 11.0, 10.8)
    trail.add(Picture(Seed(2), edits=(Edit("a", 1.0),)), reading(9.5), reading(9.0))
    assert trail.points == (9.0, 9.5)
    trail.add(Picture(Seed(2)), reading(9.0), reading(9.0))
    assert trail.points == (9.0,)
    for i in range(500):
        trail.add(one, reading(10.0 + (i % 2)), start)
    assert len(trail.points) < 60
    assert trail.points[0] == 10.0
