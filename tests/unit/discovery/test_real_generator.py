"""DP-LaSE on the built-in generator: it gets better at what it is after, and keeps the shell."""

import numpy as np
import pytest
import torch

from latentstudio.discovery import dp_lase
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.render.pipeline import Move, Pipeline

OPTIONS = DpLaseOptions(count=5, steps=100, rate=0.01, batch=8, layer="styles")


@pytest.fixture(scope="module")
def learned(portraits):
    """Losses of every step, and the directions."""
    job, losses = dp_lase.discover(portraits, OPTIONS), []
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            return losses, stop.value
        if step.preview is not None:
            losses.append(step.preview.losses)


def mean(losses, name):
    return np.mean([loss[name] for loss in losses])


def test_a_short_run_improves_its_own_objective(learned):
    losses, _ = learned
    assert mean(losses[-20:], "loss") < 1.4 * mean(losses[:20], "loss") < 0
    assert mean(losses[-20:], "change") > 1.4 * mean(losses[:20], "change")


def test_its_walks_keep_the_shell_coordinate(learned, portraits, portraits_density):
    _, found = learned
    pipeline = Pipeline(portraits, portraits_density)
    start = pipeline.from_seeds([3, 4])
    expected = portraits_density.coordinates(start.codes)
    for direction in found.directions:
        for amount in (-4.0, 1.0, 4.0):
            walked = pipeline.apply(start, [Move(direction, amount)], "preserve")
            assert (walked.codes - start.codes).abs().max() > 0.1
            reading = portraits_density.coordinates(walked.codes)
            torch.testing.assert_close(reading, expected, rtol=1e-5, atol=0)
