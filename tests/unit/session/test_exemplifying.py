"""By example on a model whose directions are planted: marks give the planted one, and are kept."""

import numpy as np
import pytest

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run as to_end
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.evaluate import examples
from latentstudio.evaluate.contestants import random_directions
from latentstudio.render.renderer import Renderer
from latentstudio.session.directions import Directions
from latentstudio.session.example_messages import Marks
from latentstudio.session.exemplifying import Exemplifying
from latentstudio.session.opening import OpenModel, Origin
from latentstudio.store import run_files
from latentstudio.store.assets import DiskAssets
from tests.toys.planted import PlantedGenerator

SEEDS = range(60)


@pytest.fixture(scope="module")
def toy():
    return PlantedGenerator(mapped=True)


@pytest.fixture
def model(toy):
    return OpenModel(Origin("toy", "", "", toy), toy, Renderer(toy))


@pytest.fixture
def asked(model, monkeypatch):
    monkeypatch.setattr(examples, "SAMPLES", 512)
    directions = Directions(lambda: model, DiskAssets(), print)
    directions.add(model, random_directions(model.generator, 2, 3))
    return Exemplifying(lambda: model, directions)


@pytest.fixture
def marks(toy):
    """The eight pictures farthest to either side of the first planted axis."""
    codes = toy.map(toy.sample_z(SEEDS))
    order = ((codes - toy.centre) @ toy.axes[0]).argsort().tolist()
    return Marks(tuple(order[-8:]), tuple(order[:8]))


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_marks_give_the_planted_axis_and_it_is_kept_under_its_name(toy, model, asked, marks):
    key = run_files.new_run(toy.info.fingerprint, run_files.BY_EXAMPLE, {}, 0).key
    fit = to_end(asked.fit(marks, key, "By example"))
    made = model.renderer.directions[fit.direction]
    assert cosine(made.vector, toy.axes[0].numpy()) > 0.9
    assert (made.group, fit.sure) == ("By example", "good")
    assert {id for id, _ in fit.similar} == {"random-0", "random-1"}
    assert run_files.paused_runs(toy.info.fingerprint) == ()
    to_end(asked.keep(key, "Round glasses"))
    (kept,) = run_files.found_earlier(toy.info.fingerprint)
    assert [one.name for one in kept.directions] == ["Round glasses"]


def test_other_marks_of_the_same_key_take_the_place_of_the_first(model, asked, marks):
    turned = Marks(marks.lacks, marks.has)
    id = to_end(asked.fit(marks, "k", "a")).direction
    first = model.renderer.directions[id].vector
    fit = to_end(asked.fit(turned, "k", "a"))
    assert cosine(first, model.renderer.directions[fit.direction].vector) < -0.9
    assert sum(one.id == fit.direction for one in fit.found.directions) == 1


def test_uncertain_pictures_lie_nearer_the_border_than_others(toy, asked, marks):
    found = to_end(asked.uncertain(marks, 100, 4))
    codes = toy.map(toy.sample_z(range(100, 164)))
    along = ((codes - toy.centre) @ toy.axes[0]).abs()
    chosen = along[[seed - 100 for seed in found]]
    assert float(chosen.mean()) < 0.5 * float(along.mean())


def test_the_change_since_a_snapshot_is_a_direction_that_repeats_it(toy, model, asked):
    before = Picture(Seed(3))
    edited = Picture(Seed(3), edits=(Edit("random-1", 2.0),))
    every = to_end(asked.change(before, edited, "by-example-run9", "More of this change"))
    (made,) = [one for one in every.directions if one.provenance.run == "by-example-run9"]
    other = model.renderer.directions["random-1"]
    np.testing.assert_allclose(made.unit * made.vector, 2.0 * other.vector, atol=1e-5)
    with pytest.raises(OptionError, match="are the same"):
        to_end(asked.change(before, before, "k", "x"))


def test_a_model_is_got_to_know_once(asked, marks, model, monkeypatch):
    first = to_end(asked.fit(marks, "k", "a"))
    before = model.renderer.directions[first.direction].vector
    monkeypatch.setattr(examples, "basis", None)
    again = Exemplifying(lambda: model, asked.directions)
    after = model.renderer.directions[to_end(again.fit(marks, "k", "a")).direction].vector
    assert cosine(before, after) > 0.9999
