"""Known-factor measures on representations whose scores are known."""

import numpy as np
import pytest
import torch

from latentstudio.evaluate import factor_measures
from latentstudio.evaluate.distortion import grassmann


@pytest.fixture(scope="module")
def factors():
    return np.random.default_rng(0).standard_normal((800, 4))


def values(representation, factors):
    found = factor_measures.measure(representation, factors)
    return np.array(
        [found.disentanglement, found.completeness, found.mig, found.sap, found.factor_vae]
    )


def test_the_factors_themselves_score_near_one(factors):
    assert values(factors[:, [2, 0, 3, 1]], factors).min() > 0.9


def test_noise_scores_near_chance(factors):
    noise = np.random.default_rng(1).standard_normal(factors.shape)
    found = values(noise, factors)
    assert found[:4].max() < 0.1
    assert found[4] < 0.45  # a vote among four


def test_a_rotation_scores_between(factors):
    turn = np.linalg.qr(np.random.default_rng(2).standard_normal((4, 4)))[0]
    found = values(factors @ turn, factors)
    assert found[:4].max() < 0.6
    assert found[4] < 0.9
    assert found[0] > 0.2


def test_a_copy_of_a_number_costs_completeness_and_the_gaps_not_disentanglement(factors):
    twice = np.concatenate([factors, factors], axis=1)
    found = factor_measures.measure(twice, factors)
    assert found.disentanglement > 0.95
    assert found.completeness < 0.8
    assert found.mig < 0.05
    assert found.sap < 0.05


def test_the_readout_of_a_direction_leaves_other_directions_alone():
    rng = np.random.default_rng(3)
    mixing = rng.standard_normal((3, 6))
    sources = rng.standard_normal((4000, 3))
    codes = sources @ mixing + 0.01 * rng.standard_normal((4000, 6))
    seen = factor_measures.represent(codes, mixing)
    correlation = np.corrcoef(seen.T, sources.T)[:3, 3:]
    np.testing.assert_allclose(correlation, np.eye(3), atol=0.1)


def test_subspaces_apart_by_known_angles():
    first = torch.eye(4, dtype=torch.float64)[:, :2]
    angle = torch.tensor(0.3, dtype=torch.float64)
    other = first.clone()
    other[1, 1], other[2, 1] = angle.cos(), angle.sin()
    assert grassmann(first, first) == pytest.approx(0.0, abs=1e-6)
    assert grassmann(first, other) == pytest.approx(0.3)
