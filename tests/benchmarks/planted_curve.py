"""How near RBF paths and straight lines come to a curve that is planted in a toy generator.

A report, without a threshold: python -m tests.benchmarks.planted_curve [STEPS] [SEED]

Two coordinates of the latent are read as an angle and a radius, and the strongest pixels show the
angle. So the way to change them and nothing else is a circle. WarpedGANSpace learns paths on that
generator; each is walked from starts that it has not seen and compared with the circle through
the start at the same arc length. Against it stand the straight line that is nearest to the
circles of all starts (what a straight direction could be at best), each start's own tangent
(better than any one direction), and one path of the same size whose points were fitted to the
circles of other starts (what a path could be at best). Distances are means over starts and both
sides, as shares of the arc.
"""

import math
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.spaces import Space
from latentstudio.discovery import warpedganspace
from latentstudio.discovery.warpedganspace import WarpedOptions
from latentstudio.document.direction import CurvedPath, Direction
from latentstudio.engine.paths import unit_shift
from latentstudio.render.pipeline import Move, Pipeline
from tests.toys.planted import DIM, PlantedGenerator

ARCS = (0.5, 1.0, 2.0, 3.0)
STARTS = 128
SCALE = 2.0
"""Radius at which an angle weighs as much as a coordinate."""

Walk = Callable[[Tensor, float], Tensor]


class CurvedGenerator(PlantedGenerator):
    """The first axis stands for the angle in the plane of two, the second for the radius."""

    def synthesize(self, codes: Tensor, classes: Tensor | None = None, noise: object = 0) -> Tensor:
        first, second = (codes @ axis for axis in self.axes[:2])  # (N, layers)
        angle = SCALE * torch.atan2(second, first)
        radius = torch.hypot(first, second)
        bent = (angle - first)[..., None] * self.axes[0] + (radius - second)[..., None] * self.axes[
            1
        ]
        return self._colour(self._pixels(codes + bent))


def circle(toy: PlantedGenerator, start: Tensor, arc: float) -> Tensor:
    """The planted curve through each start, at an arc length: (N, DIM)."""
    a, b = (start @ axis for axis in toy.axes[:2])
    radius, angle = torch.hypot(a, b), torch.atan2(b, a)
    turned = angle + arc / radius
    moved = torch.outer(radius * turned.cos() - a, toy.axes[0])
    return start + moved + torch.outer(radius * turned.sin() - b, toy.axes[1])


def starts(toy: PlantedGenerator) -> Tensor:
    """Latents that stand well away from the middle of the plane."""
    drawn = toy.sample_z(range(10_000, 11_000))
    radius = (drawn @ toy.axes[:2].T).norm(dim=1)
    return drawn[(radius > 1) & (radius < 3)][:STARTS]


def distance(toy: PlantedGenerator, here: Tensor, arc: float, walk: Walk) -> float:
    """Mean distance from the circle, as a share of the arc, whichever way round is nearer."""
    found = [
        torch.stack(
            [(walk(here, sign * arc) - circle(toy, here, way * sign * arc)).norm(dim=1)
             for sign in (1, -1)]
        ).mean()
        for way in (1, -1)
    ]  # fmt: skip
    return float(min(found)) / arc


def path_walk(toy: PlantedGenerator, direction: Direction) -> Walk:
    pipeline = Pipeline(toy)

    def walk(here: Tensor, arc: float) -> Tensor:
        start = pipeline.from_array(here.numpy(), Space.Z)
        return pipeline.apply(start, [Move(direction, arc / direction.unit)]).codes[:, 0]

    return walk


def best_line(toy: PlantedGenerator, here: Tensor, arc: float) -> Walk:
    """The one direction for all starts with the least squared distance at this arc length."""
    away = (circle(toy, here, arc) - here) - (circle(toy, here, -arc) - here)
    mean = away.mean(0)
    unit = mean / mean.norm()
    return lambda z, t: z + t * unit


def tangent_line(toy: PlantedGenerator) -> Walk:
    def walk(here: Tensor, arc: float) -> Tensor:
        a, b = (here @ axis for axis in toy.axes[:2])
        radius = torch.hypot(a, b)
        along = torch.outer(-b / radius, toy.axes[0]) + torch.outer(a / radius, toy.axes[1])
        return here + arc * along

    return walk


def fitted(toy: PlantedGenerator, seed: int, steps: int = 400) -> Direction:
    """A path of 8 dipoles whose points, weights and width follow the circle as well as they can."""
    rng = torch.Generator().manual_seed(seed)
    ends = torch.randn(8, DIM, generator=rng)
    support = torch.stack([ends, -ends], 1).flatten(0, 1).requires_grad_()
    alphas = torch.tensor([1.0, -1.0] * 8, requires_grad=True)
    width = torch.tensor([1 / DIM]).log().requires_grad_()
    optimiser = torch.optim.Adam([support, alphas, width], 2e-2)
    seen = toy.sample_z(range(20_000, 21_000))
    seen = seen[(seen @ toy.axes[:2].T).norm(dim=1) > 1]
    for step in range(steps):
        here = start = seen[torch.randint(len(seen), (64,), generator=rng)]
        sign, loss = 1 - 2 * (step % 2), torch.zeros(())
        for k in range(1, 11):
            here = here + 0.2 * sign * unit_shift(here, support, alphas, width.exp())
            loss = loss + (here - circle(toy, start, 0.2 * sign * k)).square().sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    parts = (tensor.detach().numpy() for tensor in (support, alphas, width.exp()))
    return Direction("fitted", "Fitted", Space.Z, CurvedPath(toy.axes[0].numpy(), *parts))


def learn(toy: PlantedGenerator, steps: int, seed: int) -> tuple[list[Direction], float]:
    """Paths, and how many of a hundred walks the judge recognises in the end."""
    options = WarpedOptions(
        count=8, dipoles=8, steps=steps, batch=32, rate=1e-2, judge_rate=1e-3, learn_alphas=True
    )
    job = warpedganspace.discover(toy, options, seed)
    recent: list[float] = []
    while True:
        try:
            news = next(job).preview
        except StopIteration as stop:
            return list(stop.value.directions), 100 * float(np.mean(recent[-50:]))
        if news is not None:
            recent.append(news.losses["accuracy"])


def report(steps: int, seed: int) -> str:
    """Learn, and compare: a table."""
    toy = CurvedGenerator()
    here = starts(toy)
    began = time.perf_counter()
    paths, recognised = learn(toy, steps, seed)
    spent = time.perf_counter() - began
    rows = [[distance(toy, here, arc, path_walk(toy, path)) for arc in ARCS] for path in paths]
    best = min(range(len(rows)), key=lambda k: math.fsum(rows[k]))
    lines = [distance(toy, here, arc, best_line(toy, here, arc)) for arc in ARCS]
    own = path_walk(toy, fitted(toy, seed))
    fit = [distance(toy, here, arc, own) for arc in ARCS]
    tangents = [distance(toy, here, arc, tangent_line(toy)) for arc in ARCS]
    return "\n".join(
        [
            f"{steps} steps in {spent:.0f} s, {recognised:.0f} of 100 walks recognised, "
            f"{len(here)} starts, {DIM} dimensions",
            "distance from the planted circle, as a share of the arc",
            f"{'arc':28}" + "".join(f"{arc:9g}" for arc in ARCS),
            _row(f"nearest path ({paths[best].name})", rows[best]),
            _row("all paths, mean", np.mean(rows, axis=0).tolist()),
            _row("path fitted to circles", fit),
            _row("best straight line", lines),
            _row("each start's own tangent", tangents),
        ]
    )


def _row(name: str, values: list[float]) -> str:
    return f"{name:28}" + "".join(f"{value:9.3f}" for value in values)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:3]]
    print(report(*(given + [600, 0][len(given) :])))  # noqa: T201
