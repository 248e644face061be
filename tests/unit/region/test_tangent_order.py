"""The order of tangents where no pool is known: by what is read, along what codes really do."""

import torch

from latentstudio.region.tangent_order import usual_basis
from tests.toys.planted import DIM, PIXELS, PlantedGenerator


def share(row, axis):
    return abs(float(row @ axis))


def test_steps_that_no_code_takes_come_last():
    toy = PlantedGenerator(mapped=True)
    assert share(usual_basis(toy, None)[0], toy.axes[0]) > 0.99  # read most, and codes vary there
    toy._spread[0] = 1e-4
    rows = usual_basis(toy, None)
    order = [max(range(DIM), key=lambda n: share(rows[n], axis)) for axis in toy.axes[:4]]
    assert order == [DIM - 1, 0, 1, 2]
    torch.testing.assert_close(rows @ rows.T, torch.eye(DIM), atol=1e-5, rtol=0)


def test_without_a_mapping_the_weights_alone_decide():
    toy = PlantedGenerator()
    rows = usual_basis(toy, None)
    for row, axis in zip(rows, toy.axes[: len(PIXELS)], strict=False):
        assert share(row, axis) > 0.99
