"""What the meter and the walks promise, on every family: radii kept, samples on the shell."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Prior, Space
from latentstudio.density.reference import measure
from latentstudio.document.direction import Direction, Linear
from latentstudio.engine.priors import draw_z
from latentstudio.render.latents import Latents
from latentstudio.render.moves import Move
from latentstudio.render.pipeline import Pipeline
from latentstudio.session.models import open_model, with_choices

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"
FAMILIES = {
    "SNGAN": ("sngan-32-gray.pt", None, 1.0),
    "DCGAN": ("onnx-dcgan-32.onnx", None, 1.0),
    "uniform prior": ("onnx-dcgan-32.onnx", None, 1.0),
    "BigGAN": ("biggan-64-G_ema.pth", 1, 1.0),
    "BigGAN, truncated": ("biggan-64-G_ema.pth", 1, 0.5),
    "BigGAN-deep, truncated": ("biggan-deep-64", 0, 0.4),
    "StyleGAN2": ("stylegan2-ada-64.pkl", None, 1.0),
    "StyleGAN2, truncated": ("stylegan2-ada-64.pkl", None, 0.7),
    "StyleGAN2, class 0": ("stylegan2-ada-conditional-32.pkl", 0, 1.0),
    "StyleGAN2, class 2": ("stylegan2-ada-conditional-32.pkl", 2, 1.0),
    "StyleGAN3": ("stylegan3-t-64.pkl", None, 1.0),
}
FRESH = 10_000
_PART = 500


class Case:
    """A family's model, with its density.

    Args:
        name: Which of `FAMILIES`.
    """

    def __init__(self, name):
        file, self.label, self.truncation = FAMILIES[name]
        self.model = run(open_model(str(GOLDEN / file), "cpu"))
        if name == "uniform prior":
            self.model = with_choices(self.model, ["prior=uniform"])
        classes = None if self.label is None else torch.tensor([self.label])
        self.pipeline = Pipeline(self.model, run(measure(self.model, classes)))
        self.start = self.pipeline.from_seeds(range(6), self.classes, self.truncation)
        self.density = self.pipeline.density_of(self.start)
        self.mapped = self.model.info.spaces[self.model.info.code_space].prior is Prior.MAPPED

    @property
    def classes(self):
        return None if self.label is None else [self.label]

    def moves(self):
        """Three sliders, each at another amount for each picture."""
        rng = np.random.default_rng(5)
        info = self.model.info
        for number in range(3):
            vector = rng.standard_normal(info.code_dim).astype(np.float32)
            payload = Linear(vector / np.linalg.norm(vector))
            direction = Direction(f"way-{number}", "Way", info.code_space, payload, unit=0.5)
            yield Move(direction, rng.uniform(-6, 6, 6).tolist())

    def fresh(self):
        """Codes of samples that the measurement has not seen."""
        rng = np.random.default_rng(77)
        for _ in range(0, FRESH, _PART):
            z = draw_z(self.model, _PART, rng)
            classes = None if self.label is None else torch.full((_PART,), self.label)
            if Space.W not in self.model.info.spaces:
                z = self.truncation * z
            codes = self.model.broadcast(self.model.map(z, classes, self.truncation))
            yield Latents(None, codes[:, :1], classes, self.truncation)


@pytest.fixture(scope="module", params=FAMILIES)
def case(request):
    return Case(request.param)


@pytest.mark.parametrize("walk", ["preserve", "geodesic"])
def test_a_walk_on_the_shell_keeps_the_radius(case, walk):
    moved = case.pipeline.apply(case.start, list(case.moves()), walk)
    before, after = (case.density.coordinates(some.codes) for some in (case.start, moved))
    torch.testing.assert_close(after, before, rtol=1e-4 if case.mapped else 1e-5, atol=0)
    straight = case.pipeline.apply(case.start, list(case.moves()))
    left = (case.density.coordinates(straight.codes) / before - 1).abs()
    assert float(left.max()) > 0.05  # a straight one leaves
    # A great circle may come back to where it began, but not for half of them.
    assert float((moved.codes - case.start.codes).abs().amax((1, 2)).median()) > 0.1


@pytest.mark.parametrize("walk", ["straight", "preserve", "geodesic"])
def test_the_order_of_sliders_does_not_matter(case, walk):
    moves = list(case.moves())
    found = [case.pipeline.apply(case.start, some, walk).codes
             for some in itertools.permutations(moves)]  # fmt: skip
    scale = float(found[0].abs().max())
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], rtol=0, atol=2e-6 * scale)


def test_fresh_samples_lie_on_the_shell(case):
    found = torch.cat([case.density.coordinates(some.codes)[:, 0] for some in case.fresh()])
    states = [case.density.shell.state(coordinate) for coordinate in found.tolist()]
    assert len(states) == FRESH
    assert states.count("on") / FRESH == pytest.approx(0.95, abs=0.01)
    assert 1 - states.count("off") / FRESH == pytest.approx(0.999, abs=0.001)


@pytest.mark.parametrize("file", ["proggan-64.pth", "stylegan2-ada-64.pkl", "stylegan3-r-64.pkl"])
def test_scaling_z_moves_neither_picture_nor_meter(file):
    model = run(open_model(str(GOLDEN / file), "cpu"))
    density = run(measure(model))
    z = model.sample_z([3, 4])
    codes = [model.broadcast(model.map(scale * z)) for scale in (1.0, 0.5, 2.0)]
    pictures = [model.synthesize(some) for some in codes]
    readings = [density.readings(some) for some in codes]
    for other, reading in zip(pictures[1:], readings[1:], strict=True):
        torch.testing.assert_close(other, pictures[0], rtol=0, atol=1e-4)
        for one, first in zip(reading, readings[0], strict=True):
            assert one.coordinate == pytest.approx(first.coordinate, rel=1e-4)
            assert one.state == first.state
