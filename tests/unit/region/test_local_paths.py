"""Paths stay in their region: less leaks, there and back is the same, any direction is held."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Space
from latentstudio.document.direction import Direction, Linear, Local
from latentstudio.engine.jacobian import jacobian
from latentstudio.engine.pushforward import Readout
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.local_paths import PathOptions, local_path
from latentstudio.region.masks import box_mask
from latentstudio.region.path_columns import PathColumns
from latentstudio.region.path_walk import PathWalk
from latentstudio.region.resefa import solve
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session.local_walks import along
from latentstudio.session.models import open_model

LAYERS = (4, 7)
EYES = box_mask(64, 18, 27, 28, 11)
UNIT = 0.65


@pytest.fixture(scope="module")
def portraits():
    return run(open_model("portraits", "cpu"))


@pytest.fixture(scope="module")
def codes(portraits):
    return portraits.broadcast(portraits.map(portraits.sample_z([401])))


@pytest.fixture(scope="module")
def vector(portraits, codes):
    grams = MaskedGrams(run(jacobian(portraits, codes, layers=LAYERS)).values)
    grams.paint(EYES)
    return solve(grams.inside().numpy(), grams.outside().numpy(), 1e-3, 1)[0][0]


def walked(portraits, codes, vector, hold=False, **options):
    given = PathOptions(**{"path": "feedback", "reach": 0.14, "led": 48, **options})
    return run(local_path(portraits, codes, EYES, vector, UNIT, given, layers=LAYERS, hold=hold))


def leak(path, level):
    """Mean leak of both sides where the inside has changed by `level`."""
    found = []
    for side in (path.amounts < 0, path.amounts > 0):
        order = np.argsort(path.inside[side])
        assert path.inside[side].max() >= level
        found.append(np.interp(level, path.inside[side][order], path.leak[side][order]))
    return float(np.mean(found))


@pytest.fixture(scope="module")
def paths(portraits, codes, vector):
    kinds = ("straight", "curved", "feedback")
    return {kind: walked(portraits, codes, vector, path=kind) for kind in kinds}


def test_feedback_leaks_least(paths):
    leaks = {kind: leak(path, 0.13) for kind, path in paths.items()}
    assert leaks["feedback"] < leaks["curved"] < leaks["straight"]
    assert leaks["feedback"] < 0.85 * leaks["straight"]


def test_a_refined_path_leaks_less_than_half_of_that(portraits, codes, vector, paths):
    found = walked(portraits, codes, vector, path="refined", points=3, descents=16)
    assert leak(found, 0.13) < 0.5 * leak(paths["feedback"], 0.13)
    assert found.points.shape == (7, 10, 128)  # each layer by itself
    assert (found.inside[[0, -1]] > 0.13).all()
    moved = codes + torch.from_numpy(found.points[-1])
    change = (portraits.synthesize(moved) - portraits.synthesize(codes))[0].abs().mean(0).numpy()
    inside = (change * EYES).sum() / EYES.sum()
    assert found.leak[-1] == pytest.approx((change * (1 - EYES)).sum() / (1 - EYES).sum() / inside)


def test_what_has_no_gradients_takes_the_feedback_in_its_place(
    portraits, codes, vector, monkeypatch
):
    info = portraits.info
    rest = info.abilities - {Ability.GRADIENT}
    monkeypatch.setattr(type(portraits), "info", replace(info, abilities=rest))
    found = walked(portraits, codes, vector, path="refined", reach=0.03, led=12)
    assert found.points.shape[1:] == (128,)


def test_a_refined_path_changes_no_layer_that_is_not_seen(portraits, codes, vector):
    class Early:
        tap, grown = "b32.conv1", True

        def apply(self, features, image=None):
            return image

    given = PathOptions(reach=0.05, points=1, descents=2)
    found = run(
        local_path(portraits, codes, EYES, vector, UNIT, given, layers=(4, 6),
                   reading=Readout(32, Early()))
    )  # fmt: skip
    assert found.layers == (0, 6)
    assert found.points[-1][:7].any(axis=1).all()
    assert not found.points[-1][7:].any()


def test_a_quarter_of_the_columns_taken_anew_will_do(portraits, codes, vector, paths, monkeypatch):
    pushed = []
    taken = PathWalk._jacobian
    monkeypatch.setattr(
        PathWalk, "_jacobian",
        lambda walk, here, basis: pushed.append(len(basis)) or taken(walk, here, basis),
    )  # fmt: skip
    path = walked(portraits, codes, vector, fresh=12)
    assert pushed[0] in (48, 49)
    assert {count for count in pushed[1:] if count > 1} == {12}
    assert leak(path, 0.13) < 1.1 * leak(paths["feedback"], 0.13)


def test_columns_agree_with_what_a_step_has_changed():
    true = torch.randn(30, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    columns = PathColumns(fresh=2)
    columns.begin()
    here = torch.zeros(6, dtype=torch.float64)

    def push(due):
        return true[:, due]

    assert torch.equal(columns.at(here, true @ here, push, 6, 0), true)
    bent = true + 1.0  # the derivative is another one there
    there = torch.linspace(-1, 1, 6, dtype=torch.float64) + 0.2
    found = columns.at(there, bent @ there, lambda due: bent[:, due], 6, 0)
    torch.testing.assert_close(found[:, :2], bent[:, :2])
    assert float((found - bent).norm()) < float((true - bent).norm())
    columns.begin()
    assert torch.equal(columns.at(here, true @ here, push, 6, 0), true)


def test_a_path_begins_as_the_straight_one_and_is_told_in_its_amounts(
    portraits, codes, paths, vector
):
    path = paths["feedback"]
    start = int(np.flatnonzero(path.amounts == 0)[0])
    assert not path.points[start].any()
    assert (np.diff(path.amounts) > 0).all()
    for step in (1, -1):
        first = path.points[start + step] / np.linalg.norm(path.points[start + step])
        assert step * float(first @ vector) > 0.8
    # The same change inside at the same amount.
    moved = codes.clone()
    moved[:, 4:8] += torch.from_numpy(path.amounts[start + 1] * UNIT * vector).float()
    change = (portraits.synthesize(moved) - portraits.synthesize(codes))[0].abs().mean(0).numpy()
    there = (change * EYES).sum() / EYES.sum()
    assert path.inside[start + 1] == pytest.approx(there, rel=0.2)


def test_there_and_back_is_the_same_point(paths):
    path = paths["feedback"]
    before = path.at(0.0)
    for index, amount in enumerate(path.amounts):
        np.testing.assert_allclose(path.at(float(amount)), path.points[index], atol=1e-5)
    np.testing.assert_array_equal(path.at(0.0), before)
    assert not before.any()


def test_the_leak_told_is_the_pictures(portraits, codes, paths):
    path = paths["feedback"]
    moved = codes.clone()
    moved[:, 4:8] += torch.from_numpy(path.points[-1])
    change = (portraits.synthesize(moved) - portraits.synthesize(codes))[0].abs().mean(0).numpy()
    inside = (change * EYES).sum() / EYES.sum()
    outside = (change * (1 - EYES)).sum() / (1 - EYES).sum()
    assert path.inside[-1] == pytest.approx(inside, rel=1e-3)
    assert path.leak[-1] == pytest.approx(outside / inside, rel=1e-3)


@pytest.mark.parametrize("kind", ["feedback", "refined"])
def test_a_path_is_straight_as_far_as_somebody_has_seen_it(portraits, codes, vector, kind):
    seen = (0.7, -0.35, 1.4)
    given = PathOptions(kind, reach=0.09, led=24, points=4, descents=4)
    path = run(local_path(portraits, codes, EYES, vector, UNIT, given, layers=LAYERS, used=seen))
    assert (np.diff(path.amounts) > 0).all()
    line = Direction("a", "a", Space.W, Linear(vector.astype(np.float32)), UNIT, layers=LAYERS)
    bent = along(replace(line, payload=Local(line.vector, "")), path)
    pipeline = Pipeline(portraits)
    start = pipeline.from_seeds([401])
    for amount in seen:
        straight, there = (pipeline.apply(start, [Move(d, amount)]).codes for d in (line, bent))
        assert torch.equal(straight, there)
    last = path.points[-1] / np.linalg.norm(path.points[-1])
    along_it = path.vector / np.linalg.norm(path.vector)
    assert (last * along_it).sum() < 0.999  # from there on it bends


def test_any_direction_is_held_to_a_region(portraits, codes):
    rng = np.random.default_rng(1)
    anything = rng.normal(size=128)
    anything /= np.linalg.norm(anything)
    free = walked(portraits, codes, anything, path="straight", step=2.0)
    held = walked(portraits, codes, anything, hold=True, path="refined")  # the default
    level = 0.9 * min(free.inside[[0, -1]].min(), held.inside[[0, -1]].min())
    assert leak(held, level) < 0.6 * leak(free, level)


def test_what_makes_no_sense_is_refused(portraits, codes, vector):
    with pytest.raises(OptionError, match="straight, curved, feedback"):
        walked(portraits, codes, vector, path="winding")
    with pytest.raises(OptionError, match="empty"):
        run(local_path(portraits, codes, EYES * 0, vector, UNIT, layers=LAYERS))
    with pytest.raises(OptionError, match="aren't numbers"):
        run(local_path(portraits, codes, EYES, vector * np.nan, UNIT, layers=LAYERS))
