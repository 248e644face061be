"""Draws in bulk follow each prior."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy import stats

from latentstudio.core.spaces import Prior, Space, SpaceInfo
from latentstudio.engine.priors import draw_z

EXPECTED = {
    Prior.NORMAL: stats.norm(),
    Prior.NORMALISED: stats.norm(),
    Prior.UNIFORM: stats.uniform(-1, 2),
    Prior.TRUNCATED: stats.truncnorm(-2, 2),
}


@pytest.mark.parametrize("prior", EXPECTED)
def test_draws_follow_the_prior(prior):
    info = SimpleNamespace(spaces={Space.Z: SpaceInfo(50, 1, prior)})
    generator = SimpleNamespace(info=info, device=torch.device("cpu"))
    z = draw_z(generator, 1000, np.random.default_rng(0))
    assert z.shape == (1000, 50)
    assert z.dtype == torch.float32
    assert stats.kstest(z.flatten().numpy(), EXPECTED[prior].cdf).pvalue > 0.01
