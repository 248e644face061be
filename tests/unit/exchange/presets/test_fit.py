"""What is said of a preset before it is tried on the open model."""

import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.direction import ModelKey
from latentstudio.exchange.presets.fit import fit
from tests.ui.fakes import info


@pytest.mark.parametrize(
    ("model", "space", "verdict", "words"),
    [
        (ModelKey("0c3b90b1" * 8, "x", 9, {"w": 3}), Space.W, "same", ""),
        (ModelKey("a", "stylegan2", 64, {"w": 256}), Space.W, "alike", "another model: try it"),
        (ModelKey("a", "stylegan3", 64, {"w": 256}), Space.W, "alike", "kind of model (stylegan3)"),
        (ModelKey("", "", 0, {"w": 256}), Space.W, "unknown", "which model it was made: try it"),
        (ModelKey("a", "stylegan2", 64, {"w": 512}), Space.W, "other", "512 numbers in W; this"),
        (ModelKey("a", "stylegan2", 64, {"w": 512}), Space.WPLUS, "other", "has 256"),
        (ModelKey("a", "stylegan2", 64, {"z": 256}), Space.Z, "alike", "try it"),
    ],
)
def test_what_fits_is_said_with_the_numbers(model, space, verdict, words):
    found = fit(model, (space,), info())
    assert found.verdict == verdict
    assert words in found.why


def test_a_space_that_the_model_lacks():
    found = fit(ModelKey("a", "dcgan", 64, {"w": 256}), (Space.W,), info(layers=0))
    assert (found.verdict, found.why) == (
        "other",
        "Its directions live in W, which this model lacks.",
    )
