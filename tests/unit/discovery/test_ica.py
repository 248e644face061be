"""Independent components, on samples whose sources are known."""

import numpy as np
import torch

from latentstudio.core.progress import run
from latentstudio.discovery import ica


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def mixed(count=4000):
    """Sources that are there or not, of three frequencies, mixed by a matrix."""
    there = torch.rand(count, 3, generator=rng()) < torch.tensor([0.5, 0.2, 0.05])
    sources = there.float() + 0.1 * torch.randn(count, 3, generator=rng(1))
    sources = (sources - sources.mean(0)) / sources.std(0)
    return sources, sources @ torch.randn(3, 12, generator=rng(2))


def test_sources_are_unmixed_rarest_first_and_with_their_long_tail_up():
    sources, rows = mixed()
    found = rows @ run(ica.unmix(rows, 3, rng(3)))
    cosines = (found.T @ sources / len(rows)).numpy()
    np.testing.assert_allclose(np.abs(cosines).max(1), 1.0, atol=0.02)
    assert cosines[0].argmax() == 2  # one picture in twenty has it: the largest kurtosis
    assert cosines[0, 2] > 0.98
    covariance = (found.T @ found / len(found)).numpy()
    np.testing.assert_allclose(covariance, np.eye(3), atol=0.01)


def test_components_that_are_not_there_are_not_made_up():
    _, rows = mixed()
    assert run(ica.unmix(rows, 8, rng(3))).shape == (12, 3)


def test_moments_of_known_distributions():
    two = torch.tensor([[-1.0], [1.0]]).repeat(50, 1)
    assert float(ica.kurtosis(two)) == -2.0
    assert float(ica.skewness(two)) == 0.0
    rare = torch.cat([torch.zeros(90, 1), torch.ones(10, 1)])
    assert float(ica.skewness(rare)) > 2
