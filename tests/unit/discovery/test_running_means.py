"""Running means of directions: what is drawn often counts more, what is long ago less."""

import torch

from latentstudio.discovery.running_means import RunningMean


def test_means_are_weighted_and_nothing_is_zero():
    mean = RunningMean(3)
    index = torch.tensor([0, 2, 0])
    mean.add(index, torch.tensor([1.0, 8.0, 3.0]), torch.tensor([1.0, 4.0, 1.0]))
    assert mean.value() == [2.0, 0.0, 2.0]


def test_the_last_few_hundred_steps_count():
    mean, one = RunningMean(1), torch.ones(1)
    index = torch.zeros(1, dtype=torch.int64)
    for _ in range(2000):
        mean.add(index, one, one)
    for step in range(1, 1001):
        mean.add(index, 0 * one, one)
        if step == 100:
            assert 0.5 < mean.value()[0] < 0.7
    assert mean.value()[0] < 0.01
