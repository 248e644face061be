"""What a direction's card tells: read by a predictor that was made for the model, or nothing."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate.registry import add_predictor
from latentstudio.session.changes import changes
from tests.toys.planted import PlantedGenerator, PlantedReader


@pytest.fixture
def model():
    return PlantedGenerator()


@pytest.fixture
def reader(model):
    """A predictor that says it was made for the planted generator."""
    made = replace(PlantedReader(model).predictor, suits=lambda key: key.family == "toy")
    undo = add_predictor(made)
    yield
    undo()


def direction(vector):
    return Direction("d", "D", Space.Z, Linear(np.asarray(vector, np.float32)), unit=2.0)


def test_without_a_predictor_for_the_model_nothing_is_told(model):
    assert run(changes(model, direction(model.axes[0]))).attributes == ()


def test_the_strongest_first_with_their_signs(model, reader):
    mixed = (model.axes[2] - 0.5 * model.axes[1]) / np.sqrt(1.25)
    found = run(changes(model, direction(mixed)))
    assert found.id == "d"
    assert [name for name, _ in found.attributes] == ["p2", "p1"]
    # From -3 to 3 amounts of 2 in a range of 80: the slope is 6 / 40 a step, the deviation 1.
    full = 6.0 / 40.0 / np.sqrt(1.25)
    assert [value for _, value in found.attributes] == pytest.approx([full, -full / 2], abs=1e-3)


def test_what_hardly_changes_is_not_told(model, reader):
    assert run(changes(model, direction(model.axes[9]))).attributes == ()
