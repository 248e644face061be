"""The search of one press, the oracle and marks, on a model whose directions are planted."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.evaluate import examples, finding, found_so_far, oracle
from tests.toys.planted import PlantedGenerator, PlantedReader


@pytest.fixture(scope="module")
def model():
    return PlantedGenerator(mapped=True)


def test_the_oracle_points_along_each_planted_axis(model):
    found = run(oracle.oracle(model, PlantedReader(model).predictor, samples=1000))
    assert [one.name for one in found.directions] == ["p0", "p1", "p2", "p3"]
    cosines = np.abs(np.stack([one.vector for one in found.directions]) @ model.axes.numpy().T)
    assert np.diag(cosines[:, :4]).min() > 0.9


def test_the_search_covers_the_planted_axes_names_them_and_shows_sets_on_the_way(monkeypatch):
    monkeypatch.setattr(finding, "_MOST_SAMPLES", 512)
    model = PlantedGenerator(mapped=True)
    able = model.info.abilities - {Ability.GRADIENT}  # learning takes its time
    monkeypatch.setattr(model, "_info", replace(model.info, abilities=able))
    job = finding.find(model, finding.SearchOptions(minutes=2), PlantedReader(model).predictor)
    shown = []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            found = stop.value
            break
        if step.preview is not None:
            shown.append(step.preview)
    assert [len(one) for one in shown] == sorted(len(one) for one in shown)
    assert len(shown) >= 3
    assert len({one.name for one in found.directions}) == len(found)
    cosines = np.stack([one.vector for one in found.directions]) @ model.axes.numpy().T
    assert np.abs(cosines[:, :4]).max(0).min() > 0.75
    assert all(one.id.startswith("auto-") for one in found.directions)


def test_one_of_each_attribute_comes_first():
    leads = ["", "hat", "hat", "", "smile", "hat"]
    assert found_so_far._one_of_each_first(leads) == [1, 4, 0, 2, 3, 5]


def test_marks_on_both_sides_are_refused(model):
    with pytest.raises(OptionError, match="Picture 3 can't both"):
        run(examples.from_seeds(model, [1, 3], [3, 4]))


def test_the_change_between_two_codes_is_all_of_it_at_one(model):
    before, after = np.zeros((3, 16), np.float32), np.zeros((3, 16), np.float32)
    after[:, 2] = 2.0
    one = examples.change_between(model.info, before, after)
    np.testing.assert_allclose(one.unit * one.vector, after[0])
    after[1:] = 0
    each = examples.change_between(model.info, before, after)
    np.testing.assert_allclose(each.unit * each.vector, after)
    with pytest.raises(OptionError, match="are the same"):
        examples.change_between(model.info, before, before)
