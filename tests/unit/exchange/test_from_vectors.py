"""Vectors as directions of a model: where they live, how long a step is, what doesn't fit."""

from pathlib import Path

import numpy as np
import pytest

from latentstudio.core.errors import OptionError, PresetError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.exchange.from_vectors import directions_from
from latentstudio.exchange.import_options import ImportOptions
from latentstudio.exchange.vector_layouts import Vectors
from tests.toys.planted import DIM, SPREAD, PlantedGenerator

FILE = Path("smile.npy")
ROWS = np.random.RandomState(0).randn(4, DIM)


ODD = np.random.RandomState(4).randn(1, 3, 128)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def mapped():
    return PlantedGenerator(mapped=True)


def made(rows, generator=None, path=FILE, said=None, wanted=None, **given):
    report = (lambda _: None) if said is None else said.append
    wanted = wanted or ImportOptions()
    return run(directions_from(Vectors(rows, **given), path, generator, wanted, report))


def test_a_step_is_a_deviation_of_the_model(mapped):
    """The toy's W varies by SPREAD along its planted axes."""
    axes = mapped.axes[:4].double().numpy()
    found = made(5 * axes, mapped)
    assert found.model.fingerprint == mapped.info.fingerprint
    assert [d.space for d in found.directions] == [Space.W] * 4
    np.testing.assert_allclose([d.vector for d in found.directions], axes, atol=1e-6)
    np.testing.assert_allclose([d.unit for d in found.directions], SPREAD, rtol=0.05)
    assert [d.name for d in found.directions] == [f"smile {k}" for k in (1, 2, 3, 4)]
    assert [(d.low, d.high, d.layers) for d in found.directions] == [(-4, 4, None)] * 4
    assert [d.unit for d in made(axes, mapped, wanted=ImportOptions(Space.Z)).directions] == [
        1.0
    ] * 4


def test_lengths_that_differ_are_kept_as_units(mapped):
    lengths = np.array([3.0, 2.0, 0.5, 1.0])
    rows = unit(ROWS) * lengths[:, None]
    for model in (None, mapped):
        found = made(rows, model)
        np.testing.assert_allclose([d.unit for d in found.directions], lengths)
        np.testing.assert_allclose([d.vector for d in found.directions], unit(ROWS), atol=1e-6)
    assert [d.unit for d in made(rows, wanted=ImportOptions(unit=0.7)).directions] == [0.7] * 4
    assert [d.unit for d in made(rows[:1]).directions] == [1.0]  # nothing to differ from
    # A file's deviations count along the rows as they stand there.
    found = made(rows, mapped, units=(1.0, 2.0, 4.0, 1.0))
    np.testing.assert_allclose([d.unit for d in found.directions], [3.0, 4.0, 2.0, 1.0])


def test_a_step_in_w_plus_is_that_of_one_code_for_all_layers(portraits):
    info = portraits.info
    layers, dim = info.code_layers, info.code_dim
    row = unit(np.random.RandomState(1).randn(dim))
    (plain,) = made(row[None], portraits).directions
    tiled, single, torn = (
        np.tile(row, (layers, 1)),
        np.zeros((layers, dim)),
        np.zeros((layers, dim)),
    )
    single[2] = row
    torn[1], torn[2] = row, -row
    (one,) = made(tiled[None], portraits, wanted=ImportOptions(Space.WPLUS)).directions
    wanted = np.tile(plain.unit * row, (layers, 1))
    np.testing.assert_allclose(one.unit * one.vector, wanted, rtol=1e-4)
    (one,) = made(single[None], portraits).directions
    assert one.unit == pytest.approx(plain.unit, rel=1e-4)
    (none,) = made(torn[None], portraits).directions
    assert none.unit == pytest.approx(plain.unit, rel=1e-4)


def test_the_space_follows_from_wish_file_name_and_model(mapped, portraits):
    toy = PlantedGenerator()
    assert made(ROWS, toy).directions[0].space is Space.Z
    assert made(ROWS, mapped).directions[0].space is Space.W
    assert made(ROWS).directions[0].space is Space.Z
    assert made(ROWS, mapped, Path("a_z_boundary.npy")).directions[0].space is Space.Z
    assert made(ROWS, None, Path("a_w_boundary.npy")).directions[0].space is Space.W
    assert made(ROWS, mapped, space=Space.Z).directions[0].space is Space.Z
    asked = made(ROWS, mapped, Path("a_w.npy"), space=Space.W, wanted=ImportOptions(Space.Z))
    assert asked.directions[0].space is Space.Z
    assert made(ROWS[None], None).directions[0].space is Space.WPLUS
    (whole,) = made(ROWS, None, wanted=ImportOptions(Space.WPLUS)).directions
    assert whole.vector.shape == (4, DIM)
    assert made(ROWS).model.dims == {"z": DIM}


def test_rows_for_each_layer_are_one_direction_where_their_lengths_differ(portraits):
    layers, dim = portraits.info.code_layers, portraits.info.code_dim
    rows, said = np.random.RandomState(2).randn(layers, dim), []
    (one,) = made(rows, portraits, said=said).directions
    assert one.vector.shape == (layers, dim)
    assert "one direction in W+" in said[0]
    assert len(made(unit(rows), portraits).directions) == layers
    same = np.tile(rows[0], (1, 7, 1))
    (one,) = made(same, portraits, said=said).directions  # whatever the count of layers
    assert (one.space, one.vector.shape) == (Space.W, (dim,))
    assert "same for all layers" in said[1]
    np.testing.assert_allclose(one.vector, unit(rows[0]), atol=1e-6)


def test_layers_are_kept_cut_or_refused(portraits):
    rows, last = np.random.RandomState(3).randn(2, portraits.info.code_dim), (
        portraits.info.code_layers - 1)  # fmt: skip
    assert made(rows, portraits, wanted=ImportOptions(layers=(2, 4))).directions[0].layers == (2, 4)
    assert (
        made(rows, portraits, wanted=ImportOptions(layers=(0, last))).directions[0].layers is None
    )
    assert made(rows, portraits, layers=(3, 500)).directions[0].layers == (3, last)
    assert made(rows, None, layers=(3, 5), space=Space.W).directions[0].layers == (3, 5)
    with pytest.raises(OptionError, match=f"layers 0 to {last}"):
        made(rows, portraits, wanted=ImportOptions(layers=(2, last + 1)))
    with pytest.raises(OptionError, match="in Z change all layers"):
        made(rows, portraits, wanted=ImportOptions(Space.Z, (2, 4)))


def test_what_does_not_fit_is_refused(mapped, portraits):
    with pytest.raises(PresetError, match=f"have 5 numbers; this model has {DIM} in W"):
        made(np.ones((2, 5)), mapped)
    with pytest.raises(PresetError, match="live in W, which this model lacks"):
        made(ROWS, PlantedGenerator(), wanted=ImportOptions(Space.W))
    with pytest.raises(PresetError, match=r"live in W\+"):
        made(ROWS[None], PlantedGenerator())
    with pytest.raises(PresetError, match="have 3 layers; this model has"):
        made(ODD, portraits)
    with pytest.raises(OptionError, match=r"only W\+ has"):
        made(ROWS[None], mapped, wanted=ImportOptions(Space.W))


def test_rows_that_are_all_equal_are_one_direction_in_w(mapped):
    said = []
    row = np.random.RandomState(5).randn(DIM)
    found = made(np.tile(row, (18, 1)), mapped, said=said)
    (one,) = found.directions
    assert one.space is Space.W
    np.testing.assert_allclose(one.vector, unit(row), atol=1e-6)
    assert "all the same" in said[0]


def test_columns_are_taken_where_only_they_fit(mapped):
    said = []
    columns = np.random.RandomState(6).randn(DIM, 3)
    found = made(columns, mapped, said=said)
    np.testing.assert_allclose(
        [d.vector for d in found.directions], unit(np.ascontiguousarray(columns.T)), atol=1e-6
    )
    assert "columns" in said[0]


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("stylegan_ffhq_age_boundary.npy", Space.Z),
        ("stylegan_ffhq_age_w_boundary.npy", Space.W),
        ("smile.npy", Space.W),
    ],
)
def test_boundaries_live_in_z_unless_their_name_says_w(mapped, name, space):
    assert made(ROWS[:1], mapped, Path(name)).directions[0].space is space
