"""Networks of plugins give their layers under the present name or the earlier one."""

import pytest
import torch

from latentstudio.generators.plain import Facts, PlainGenerator
from latentstudio.generators.weights import Weights


def steps(z):
    x = yield "sum", lambda: z.sum(1).reshape(-1, 1, 1, 1)
    return x.expand(-1, 1, 8, 8)


class Network(torch.nn.Module):
    def names(self):
        return ("sum",)

    def readers(self):
        return torch.ones(1, 4)


class Present(Network):
    def layer_steps(self, z, one_hot):
        return steps(z)


class Earlier(Network):
    def walk(self, z, one_hot):
        return steps(z)


@pytest.mark.parametrize("network", [Present(), Earlier()])
def test_the_earlier_name_still_works(network):
    facts = Facts(4, 8, 1)
    made = PlainGenerator("toy", "toy", "0" * 64, Weights({}), network, facts)
    z = torch.arange(4.0)[None]
    assert (made.synthesize(z[:, None]) == 6).all()
    assert made.features(z[:, None], "sum").item() == 6
