"""Methods against each other on a model whose directions are planted."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability
from latentstudio.evaluate import contestants
from latentstudio.evaluate.comparing import compare, difference, reach_of
from latentstudio.evaluate.comparison_page import best_numbers, comparison_page, markdown, table
from latentstudio.evaluate.contestants import (
    Contestant,
    Terms,
    check_contestants,
    random_directions,
)
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.traversing import traverser
from tests.toys.planted import DIM, PlantedGenerator, PlantedReader

TERMS = Terms(count=4, frames=5, change=0.3)
BOTH = (Contestant("sefa"), Contestant("random"))


@pytest.fixture(scope="module")
def model():
    return PlantedGenerator()


@pytest.fixture(scope="module")
def pool(model):
    return seed_pool(model, range(6))


def compared(model, pool, chosen=BOTH, keep=None, terms=TERMS, only=()):
    predictor = PlantedReader(model).predictor
    return run(compare(model, chosen, pool, predictor, terms, keep, only))


@pytest.fixture(scope="module")
def found(model, pool):
    return compared(model, pool)


def test_sefa_finds_each_planted_axis_and_random_none(found):
    assert [len(rows) for rows in found.rows] == [4, 4]
    for axis in range(4):
        best = found.best(0, axis)
        assert best == axis  # SeFa's order is that of the planted strengths
        assert found.ranking.selectivity[best, axis] > 0.9
    sefa, random = best_numbers(found, selective=True).T
    assert sefa.min() > 0.9
    assert random.max() < 0.8
    assert (best_numbers(found)[:, 0] > best_numbers(found)[:, 1]).all()


def test_every_walk_changes_pictures_as_much(model, pool, found):
    guide = run(traverser(model, pool, "straight"))
    wanted = TERMS.change * difference(guide)
    for row, direction in enumerate(found.directions):
        reach = found.values.record.amounts[row][-1]
        assert reach == pytest.approx(reach_of(guide, direction, wanted))
        changes = []
        for start in range(4):
            images = guide.images(direction, start, [-reach, 0.0, reach])
            changes.append((images[[0, 2]] - images[1]).square().mean((1, 2, 3)).sqrt().mean())
        assert float(np.mean(changes)) == pytest.approx(wanted, rel=0.08)


def test_a_short_step_ends_no_walk_early(model, pool):
    guide = run(traverser(model, pool, "straight"))
    usual = random_directions(model, 1, 0).directions[0]
    short = replace(usual, unit=usual.unit / 1000)
    wanted = TERMS.change * difference(guide)
    assert reach_of(guide, short, wanted) > short.high
    assert reach_of(guide, short, wanted) / 1000 == pytest.approx(
        reach_of(guide, usual, wanted), rel=0.15
    )  # a grid of four amounts, not the same ones


def test_a_direction_that_changes_too_little_is_walked_half_the_way_to_another_picture(model, pool):
    guide = run(traverser(model, pool, "straight"))
    weak = replace(random_directions(model, 1, 0).directions[0], unit=1e-3)
    codes = model.sample_z(range(len(pool)))
    way = (codes - codes.roll(1, 0)).square().sum(1).mean().sqrt() / 2
    assert reach_of(guide, weak, 100.0) * weak.unit == pytest.approx(float(way), rel=1e-3)


def test_a_slider_that_goes_farther_is_walked_to_its_end(model, pool):
    guide = run(traverser(model, pool, "straight"))
    far = replace(random_directions(model, 1, 0).directions[0], unit=100.0)
    assert reach_of(guide, far, 100.0) == far.high


class Wavering:
    """A walk whose pictures change, come back half the way, and change again."""

    pool = (0,)

    def codes(self, _, start, amounts):
        return torch.tensor(amounts)[:, None, None]

    def images(self, _, start, amounts):
        changes = np.interp(np.abs(amounts), [0.0, 1.5, 3.0, 12.0], [0.0, 0.6, 0.1, 0.9])
        return torch.from_numpy(changes)[:, None, None, None].expand(-1, 3, 4, 4)


def test_the_first_amount_that_changes_enough_is_taken():
    direction = random_directions(PlantedGenerator(), 1, 0).directions[0]
    assert direction.high == 6.0
    assert reach_of(Wavering(), direction, 0.5) == pytest.approx(1.25)


def test_the_difference_of_pictures_by_hand(model):
    pool = seed_pool(model, [3, 5])
    pictures = model.synthesize(model.broadcast(model.sample_z([3, 5]))).clamp(-1, 1)
    wanted = (pictures[0] - pictures[1]).square().mean().sqrt()
    assert difference(run(traverser(model, pool, "straight"))) == pytest.approx(float(wanted))


def test_values_are_those_of_each_walk(model, pool, found):
    """The start's own picture is made once for all directions: nothing may get mixed up."""
    read = PlantedReader(model).read
    for row, start in ((0, 0), (3, 5), (6, 2)):
        amounts = found.values.record.amounts[row]
        images = found.guide.images(found.directions[row], start, amounts)
        np.testing.assert_allclose(
            found.values.values[row, start], read(images).numpy(), rtol=1e-3, atol=1e-3
        )


def test_found_once_it_is_taken_from_where_it_was_kept(model, pool, tmp_path, monkeypatch):
    first = compared(model, pool, keep=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["sefa.lpreset"]

    def never(*_):
        raise AssertionError("found again")

    monkeypatch.setattr(contestants, "discover", never)
    again = compared(model, pool, keep=tmp_path)
    assert np.array_equal(again.ranking.correlation, first.ranking.correlation)
    for other in (replace(TERMS, count=3), replace(TERMS, seed=1)):
        with pytest.raises(AssertionError, match="found again"):
            compared(model, pool, keep=tmp_path, terms=other)
    (tmp_path / "sefa.lpreset").write_bytes(b"hello")
    with pytest.raises(AssertionError, match="found again"):
        compared(model, pool, keep=tmp_path)


def test_a_method_that_cant_run_is_left_out_with_its_reason(pool):
    model = PlantedGenerator()
    model._info = replace(model.info, abilities=model.info.abilities - {Ability.STYLE_WEIGHTS})
    found = compared(model, pool)
    assert [one.method for one in found.contestants] == ["random"]
    assert found.missing == (
        "SeFa needs a model with a first layer that is a plain matrix, which this one doesn't "
        "have.",
    )
    with pytest.raises(OptionError, match=r"No method can find directions in this model\. SeFa"):
        compared(model, pool, chosen=[Contestant("sefa")])


@pytest.mark.parametrize(("chosen", "words"), [
    (["sefa", "sefa"], "named twice"),
    (["no-such"], "There is no method 'no-such'"),
    (["dp-lase-subspace"], "divides a direction and finds none itself"),
])  # fmt: skip
def test_entrants_that_make_no_sense(chosen, words):
    with pytest.raises(OptionError, match=words):
        check_contestants([Contestant(name) for name in chosen], TERMS, PlantedGenerator().info)


def test_options_are_checked_before_anything_runs():
    with pytest.raises(OptionError, match="rate can't be 9"):
        check_contestants([Contestant("dp-lase", ("rate=9",))], TERMS, PlantedGenerator().info)
    with pytest.raises(OptionError, match="Random has no options"):
        check_contestants([Contestant("random", ("count=9",))], TERMS, PlantedGenerator().info)


@pytest.mark.parametrize(("seeds", "only", "words"), [
    ([1], (), "the pool holds one"),
    ([1, 2], ("p0", "hat"), "'hat' is not read. Choose of: p0, p1, p2, p3"),
])  # fmt: skip
def test_what_can_t_be_ranked_is_refused_before_anything_is_learned(
    seeds, only, words, model, monkeypatch
):
    def never(*_):
        raise AssertionError("learned")

    monkeypatch.setattr(contestants, "discover", never)
    with pytest.raises(OptionError, match=words):
        compared(model, seed_pool(model, seeds), only=only)


def test_dp_lase_is_known_again_with_the_weight_that_suits_the_model(tmp_path, monkeypatch):
    model = PlantedGenerator(mapped=True)
    pool, chosen = seed_pool(model, [1, 2]), [Contestant("dp-lase")]
    terms = Terms(count=2, steps=1, frames=3)
    first = compared(model, pool, chosen, tmp_path, terms)
    assert first.directions[0].provenance.options["apart"] == 0.001

    def never(*_):
        raise AssertionError("found again")

    monkeypatch.setattr(contestants, "discover", never)
    again = compared(model, pool, chosen, tmp_path, terms)
    assert np.array_equal(again.ranking.correlation, first.ranking.correlation)


def test_random_directions_are_orthonormal_and_come_back(model):
    rows = np.stack([one.vector for one in random_directions(model, 5, 7).directions])
    np.testing.assert_allclose(rows @ rows.T, np.eye(5), atol=1e-6)
    again = np.stack([one.vector for one in random_directions(model, 5, 7).directions])
    assert np.array_equal(rows, again)
    with pytest.raises(OptionError, match="only 16 dimensions"):
        random_directions(model, DIM + 1, 0)


def test_tables_say_what_was_found(found):
    rows = table(found)
    assert rows[0] == ("Attribute", "SeFa", "Random")
    assert [row[0] for row in rows[1:]] == ["p0", "p1", "p2", "p3", "mean of all"]
    strongest = np.abs(found.ranking.correlation[:4, 0]).max()
    assert rows[1][1] == f"{strongest:.2f}"
    lines = markdown(found).splitlines()
    assert lines[0] == "| attribute | SeFa | Random |"
    assert lines[2].startswith(f"| p0 | **{strongest:.2f}** (")
    assert len(lines) == 2 + 4 + 1


def test_the_page_shows_the_best_of_each(found, tmp_path):
    scores = (("Method", "MIG"), ("Random", "0.1"))
    command = "latentstudio compare toy"
    page = run(comparison_page(found, TERMS, tmp_path, command, 1, scores, 1.25))
    known = next(one for one in page.sections if one.table == scores)
    assert "1.250" in known.text
    assert page.sections[0].marked == {(row, 1) for row in range(1, 6)}
    cards = page.sections[-1].cards
    assert [card.title for card in cards] == ["P0", "P1", "P2", "P3"]
    assert [len(card.strips) for card in cards] == [2] * 4
    assert cards[1].strips[0].title.startswith("SeFa 2: correlation ")
    assert all((tmp_path / strip.file).is_file() for card in cards for strip in card.strips)


def test_only_some_attributes(model, pool):
    found = compared(model, pool, only=("p2",))
    assert found.ranking.attributes == ("p2",)
    assert torch.tensor(found.ranking.selectivity).max() == 1.0
