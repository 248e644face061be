"""A Jacobian that arrives in parts: the pool's basis, first answers, and the exact end."""

import numpy as np
import pytest
import torch

from latentstudio.core.errors import OptionError, ShapeError
from latentstudio.core.progress import run
from latentstudio.engine.jacobian import jacobian
from latentstudio.region import pool_metric as pool_module
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.leak import measure
from latentstudio.region.masks import box_mask, reduced
from latentstudio.region.pool_metric import from_arrays, pool_metric
from latentstudio.region.progressive_jacobian import first_answer, progressive_jacobian
from latentstudio.region.resefa import ResefaOptions, solve
from latentstudio.region.solving import LocalSolver
from latentstudio.region.tangent_order import usual_basis
from latentstudio.session.models import open_model

LAYERS = (4, 7)
MOUTH = box_mask(64, 24, 41, 16, 10)


@pytest.fixture(scope="module")
def portraits():
    return run(open_model("portraits", "cpu"))


@pytest.fixture(scope="module")
def codes(portraits):
    return portraits.broadcast(portraits.map(portraits.sample_z([3])))


@pytest.fixture(scope="module")
def exact(portraits, codes):
    return run(jacobian(portraits, codes, layers=LAYERS))


@pytest.fixture(scope="module")
def metric(portraits):
    return run(pool_metric(portraits, LAYERS, seeds=range(800, 803), whole=2))


def leak_of(exact, vector, mask=MOUTH):
    pushed = exact.values @ torch.from_numpy(vector).float()
    return measure(pushed.permute(2, 0, 1).numpy(), mask).ratio


def best(exact, rows):
    return min(leak_of(exact, row) for row in rows)


def solved(partial, led=None):
    return run(LocalSolver([partial], led).solve(MOUTH, ResefaOptions(), 5))


def exact_rows(exact):
    grams = MaskedGrams(exact.values)
    grams.paint(MOUTH)
    return solve(grams.inside().numpy(), grams.outside().numpy(), 1e-3, 5)


def test_the_pools_basis_is_that_of_its_mean_metric(portraits, monkeypatch):
    found = run(pool_metric(portraits, LAYERS, seeds=[800, 801]))
    rows = []
    for seed in (800, 801):
        w = portraits.broadcast(portraits.map(portraits.sample_z([seed])))
        rows.append(run(jacobian(portraits, w, layers=LAYERS)).rows().flatten(0, 1))
    mean = sum(r.T @ r for r in rows).double() / sum(map(len, rows))
    values = torch.linalg.eigvalsh(mean).flip(0)
    torch.testing.assert_close(
        torch.from_numpy(found.values)[:20].double(), values[:20], rtol=1e-3, atol=0
    )
    led = torch.from_numpy(found.basis[:5]).double()
    turned = led @ mean @ led.T
    torch.testing.assert_close(turned.diagonal(), values[:5], rtol=1e-3, atol=0)


def test_the_pools_products_of_a_mask_are_the_means_of_its_pictures(portraits):
    found = run(pool_metric(portraits, LAYERS, seeds=[800, 801]))
    mask = box_mask(64, 24, 40, 16, 12)  # whole cells
    inside = []
    for seed in (800, 801):
        w = portraits.broadcast(portraits.map(portraits.sample_z([seed])))
        grams = MaskedGrams(run(jacobian(portraits, w, layers=LAYERS)).values)
        grams.paint(mask)
        inside.append(grams.inside().numpy())
    basis = found.basis.astype(float)
    mean = basis @ (sum(inside) / 2) @ basis.T
    got = found.grams(mask)[0]
    led = pool_module.LEADING
    np.testing.assert_allclose(got[:led, :led], mean[:led, :led], atol=2e-3 * mean.max())
    np.testing.assert_allclose(
        np.diag(got)[led:], np.diag(mean)[led:], atol=2e-3 * np.diag(mean)[led:].max()
    )
    assert not got[:led, led:].any()


def test_a_metric_survives_its_arrays_and_damage_is_noticed(metric):
    again = from_arrays(metric.arrays(), metric.record(), 128)
    np.testing.assert_array_equal(again.grams(MOUTH)[0], metric.grams(MOUTH)[0])
    assert again.layers == LAYERS
    assert from_arrays(metric.arrays(), metric.record(), 64) is None
    damaged = {**metric.arrays(), "basis": np.full((128, 128), np.nan)}
    assert from_arrays(damaged, metric.record(), 128) is None
    assert from_arrays({}, metric.record(), 128) is None


def test_all_tangents_together_are_the_exact_jacobian(portraits, codes, exact, metric):
    for given in (None, metric):
        partial = run(progressive_jacobian(portraits, codes, layers=LAYERS, metric=given))
        assert partial.exact
        torch.testing.assert_close(partial.jacobian().values, exact.values, rtol=1e-3, atol=1e-5)
        rows, values = exact_rows(exact)
        found = solved(partial)
        np.testing.assert_allclose(found.values, values, rtol=1e-3)
        cosines = np.abs((found.vectors * rows).sum(1))
        assert cosines.min() > 0.999


def test_answers_sharpen(portraits, codes, exact, metric):
    steps = list(progressive_jacobian(portraits, codes, layers=LAYERS, metric=metric))
    parts = [s.preview for s in steps if s.preview is not None]
    assert [p.known for p in parts] == [0, 16, 32, 64]  # the pool's own answer first
    goal = best(exact, exact_rows(exact)[0])
    nothing = first_answer(metric, codes, 64, LAYERS)
    leaks = [best(exact, solved(p).vectors) / goal for p in (nothing, *parts)]
    assert leaks[0] < 3  # a random direction's is above six
    assert leaks[-1] < 1.1
    assert leaks[-1] < leaks[0]
    random = np.random.default_rng(0).normal(size=(5, 128))
    assert best(exact, random) / goal > 2 * leaks[0]


def test_leading_tangents_alone_answer_strokes(portraits, codes, exact, metric):
    partial = run(progressive_jacobian(portraits, codes, layers=LAYERS, metric=metric))
    found = solved(partial, led=64)
    assert best(exact, found.vectors) < 1.1 * best(exact, exact_rows(exact)[0])


def test_a_metric_of_other_layers_is_not_used(portraits, codes, metric):
    partial = next(
        s.preview
        for s in progressive_jacobian(portraits, codes, layers=(2, 5), metric=metric)
        if s.preview
    )
    assert partial.metric is None
    np.testing.assert_array_equal(partial.basis, usual_basis(portraits, (2, 5)).numpy())


def test_empty_and_full_masks_are_refused(metric, codes):
    partial = first_answer(metric, codes, 64, LAYERS)
    for mask in (np.zeros((64, 64), np.float32), np.ones((64, 64), np.float32)):
        with pytest.raises(OptionError):
            run(LocalSolver([partial]).solve(mask, ResefaOptions(), 3))


def test_masks_of_any_size_are_taken(metric, codes):
    partial = first_answer(metric, codes, 64, LAYERS)
    small = run(LocalSolver([partial]).solve(reduced(MOUTH, 32), ResefaOptions(), 1)).vectors
    large = run(
        LocalSolver([partial]).solve(
            np.kron(MOUTH, np.ones((4, 4), np.float32)), ResefaOptions(), 1
        )
    ).vectors
    assert abs(float((small * large).sum())) > 0.999


def test_a_pool_of_nothing_is_refused(portraits):
    with pytest.raises(ShapeError):
        run(pool_metric(portraits, LAYERS, seeds=[]))
