"""The one path from a start to an image."""

from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.density.reference import measure
from latentstudio.document.direction import Direction, Linear
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session.models import open_model


@pytest.fixture(scope="module")
def pipeline(portraits, portraits_density):
    return Pipeline(portraits, portraits_density)


def unit(size: int, seed: int = 0) -> np.ndarray:
    vector = np.random.default_rng(seed).standard_normal(size).astype(np.float32)
    return vector / np.linalg.norm(vector)


def in_w(dim: int, seed: int = 0, **more) -> Direction:
    return Direction(f"d{seed}", "D", Space.W, Linear(unit(dim, seed)), **more)


def test_displacement_is_amount_times_unit_times_vector(pipeline, portraits):
    start = pipeline.from_seeds([1, 2])
    direction = in_w(128, unit=0.5)
    moved = pipeline.apply(start, [Move(direction, [2.0, -4.0])])
    change = (moved.codes - start.codes).numpy()
    for row, amount in enumerate([2.0, -4.0]):
        for layer in range(portraits.info.code_layers):
            np.testing.assert_allclose(
                change[row, layer], amount * 0.5 * direction.vector, atol=1e-5
            )


def test_many_sliders_add_up_in_any_order_and_are_retracted_once(pipeline, portraits_density):
    start = pipeline.from_seeds([5])
    moves = [Move(in_w(128, seed), amount) for seed, amount in ((1, 2.0), (2, -1.5), (3, 3.0))]
    for walk in ("straight", "preserve"):
        one = pipeline.apply(start, moves, walk).codes
        other = pipeline.apply(start, moves[::-1], walk).codes
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
    torch.testing.assert_close(
        portraits_density.coordinates(one), portraits_density.coordinates(start.codes),
        rtol=1e-5, atol=0,
    )  # fmt: skip


def test_a_layer_range_changes_those_layers_only(pipeline):
    start = pipeline.from_seeds([5])
    own = pipeline.apply(start, [Move(in_w(128, layers=(2, 4)), 2.0)]).codes
    asked = pipeline.apply(start, [Move(in_w(128), 2.0, (2, 4))]).codes
    assert torch.equal(own, asked)
    changed = (own != start.codes).any(-1)[0].tolist()
    assert [i for i, c in enumerate(changed) if c] == [2, 3, 4]


def test_a_wplus_direction_moves_each_layer_by_its_own_row(pipeline, portraits):
    layers = portraits.info.code_layers
    vector = unit(layers * 128).reshape(layers, 128)
    start = pipeline.from_seeds([0])
    moved = pipeline.apply(start, [Move(Direction("p", "P", Space.WPLUS, Linear(vector)), 3.0)])
    np.testing.assert_allclose((moved.codes - start.codes)[0], 3.0 * vector, atol=1e-5)


def test_a_z_direction_moves_z_before_the_mapping(pipeline, portraits):
    direction = Direction("z", "Z", Space.Z, Linear(unit(128)))
    start = pipeline.from_seeds([7], truncation=0.8)
    moved = pipeline.apply(start, [Move(direction, 4.0)])
    z = portraits.sample_z([7]) + 4.0 * torch.from_numpy(direction.vector)
    want = portraits.broadcast(portraits.map(z, None, 0.8))
    torch.testing.assert_close(moved.codes, want)
    kept = pipeline.apply(start, [Move(direction, 4.0)], "preserve")
    torch.testing.assert_close(kept.z.norm(), start.z.norm())


def test_given_w_is_not_truncated_and_given_z_is(pipeline, portraits):
    z = portraits.sample_z([3])
    w = portraits.map(z)
    from_w = pipeline.from_array(w.numpy(), Space.W, truncation=0.5)
    assert torch.equal(from_w.codes, portraits.broadcast(w))
    from_z = pipeline.from_array(z.numpy(), Space.Z, truncation=0.5)
    torch.testing.assert_close(from_z.codes[:, 0], portraits.map(z, None, 0.5))


def test_one_picture_is_the_same_in_any_batch(pipeline):
    many = pipeline.images(pipeline.from_seeds(range(20)))
    one = pipeline.images(pipeline.from_seeds([17]))
    torch.testing.assert_close(many[17:18], one, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("array", "space", "says"),
    [
        (np.zeros((2, 100), np.float32), Space.Z, r"\(2, 100\).*\(N, 128\)"),
        (np.zeros((2, 128), np.float32), Space.WPLUS, r"\(N, 10, 128\)"),
        (np.full((1, 128), np.nan, np.float32), Space.W, "NaN"),
        (np.zeros((0, 128), np.float32), Space.W, "at least one row"),
    ],
)
def test_wrong_latents_get_a_sentence(pipeline, array, space, says):
    with pytest.raises(OptionError, match=says):
        pipeline.from_array(array, space)


def test_wrong_moves_get_a_sentence(pipeline):
    start = pipeline.from_seeds([0, 1])
    with pytest.raises(OptionError, match="3 amounts for 2 pictures"):
        pipeline.apply(start, [Move(in_w(128), [1.0, 2.0, 3.0])])
    with pytest.raises(OptionError, match="another model"):
        pipeline.apply(start, [Move(in_w(100), 1.0)])
    given = pipeline.from_array(start.codes[:, 0].numpy(), Space.W)
    with pytest.raises(AbilityError, match="starts from a seed"):
        pipeline.apply(given, [Move(Direction("z", "Z", Space.Z, Linear(unit(128))), 1.0)])
    with pytest.raises(OptionError, match="density"):
        Pipeline(pipeline.generator).apply(start, [Move(in_w(128), 1.0)], "preserve")


def test_truncation_picks_the_statistics_of_models_that_have_them():
    folder = Path(__file__).parents[2] / "golden" / "generators"
    golden = np.load(folder / "biggan-deep-64.npz")
    model = Pipeline(run(open_model(str(folder / "biggan-deep-64"), "cpu")))
    classes = golden["c"].argmax(1).tolist()
    given = golden["z"], Space.Z, classes
    made = model.images(model.from_array(*given, truncation=float(golden["truncation"])))
    np.testing.assert_allclose(made, golden["img"], atol=1e-4)
    other = model.images(model.from_array(*given, truncation=1.0))
    assert (other - made).abs().max() > 1e-3


def test_a_truncated_prior_is_measured_before_truncation():
    path = Path(__file__).parents[2] / "golden" / "generators" / "biggan-deep-64"
    generator = run(open_model(str(path), "cpu"))
    model = Pipeline(generator, run(measure(generator)))
    full, pulled = (model.from_seeds([1], [0], t) for t in (1.0, 0.5))
    torch.testing.assert_close(pulled.codes, full.codes * 0.5)
    own = model.density_of(pulled)
    assert own is not None
    before = model.density.coordinates(full.codes)
    torch.testing.assert_close(own.coordinates(pulled.codes), before, rtol=1e-5, atol=0)
