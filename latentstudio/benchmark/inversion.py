"""Steps of finding a picture's code, and of fitting the model to it: what own pictures need."""

from collections.abc import Callable
from functools import partial

import torch

from latentstudio.benchmark.measuring import Clock, Row
from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import Job, Step, run
from latentstudio.density.reference import measure
from latentstudio.engine.generator import Generator
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.descent import Descent
from latentstudio.inversion.features import features
from latentstudio.inversion.gauss_newton import gauss_newton
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.problem import LossWeights, Problem
from latentstudio.inversion.tuning import tune

STEPS = 1000
"""Of a whole search: more than are timed, so that the rate of a step stays what it is."""
TARGET, BEGINNING = 7, 8
"""Seeds of the picture that is looked for, and of where the search begins."""


def measure_inversion(clock: Clock) -> Job[list[Row]]:
    """Seconds of a step, on the built-in model and at the largest size of the plan."""
    yield Step(0.0, "Own pictures")
    generator = yield from open_generator(find_model("portraits"))
    rows: list[Row] = []
    rows += yield from _steps(clock, generator.to(clock.device))
    large = random_generator(clock.plan.sizes[-1], clock.plan.base, clock.plan.most)
    rows += yield from _steps(clock, large.to(clock.device))
    return rows


def _steps(clock: Clock, generator: Generator) -> Job[list[Row]]:
    problem, v = yield from _problem(generator)
    every = v.expand(generator.info.code_layers, -1)
    ways: dict[str, Callable[[], Row]] = {
        "gradient, one code": partial(_descended, clock, problem, v),
        "gradient, a code for each layer": partial(_descended, clock, problem, every),
        "all weights": partial(_tuned, clock, problem, v),
    }
    if generator.info.resolution <= clock.plan.derivative:
        ways["Gauss-Newton"] = partial(_approached, clock, problem, v)
    rows = []
    for way, once in ways.items():
        yield Step(0.5, f"Own pictures: {way}")
        rows.append(clock.row(once, size=generator.info.resolution, way=way))
    return rows


@torch.no_grad()
def _problem(generator: Generator) -> Job[tuple[Problem, torch.Tensor]]:
    """A picture of the model's own, and round coordinates (1, dim) of another one."""
    density = yield from measure(generator)
    chart = Chart(generator, density)
    codes = generator.map(generator.sample_z([TARGET, BEGINNING]))
    target = generator.synthesize(generator.broadcast(codes[:1])).clamp(-1, 1)
    return Problem(generator, target, chart, features(generator.device)), chart.round(codes[1:])


def _descended(clock: Clock, problem: Problem, v: torch.Tensor) -> Row:
    descent = Descent.at(v)
    return _timed(clock, lambda _: descent.take(problem, LossWeights(), STEPS), clock.plan.steps)


def _approached(clock: Clock, problem: Problem, v: torch.Tensor) -> Row:
    return _timed(clock, lambda _: run(clock.in_time(gauss_newton(problem, v, 1))), 1)


def _tuned(clock: Clock, problem: Problem, v: torch.Tensor) -> Row:
    job = tune(problem, v, TuningOptions(steps=STEPS, enough=0.0))
    try:
        return _timed(clock, lambda _: next(job), clock.plan.steps)
    finally:
        job.close()


def _timed(clock: Clock, once: Callable[[int], object], rounds: int) -> Row:
    seconds = clock.median(once, rounds)
    return {"seconds": seconds, "steps_per_second": 1 / seconds}
