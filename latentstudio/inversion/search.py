"""The search for a picture's code, stage by stage, as a job that can be put aside.

1. *Code*: one code for all layers. Gauss-Newton where its Jacobian is quick enough, then steps
   along the gradient of pixels, perceptual distance and the pull to the shell, and never
   beyond it. This is the editable end of the dial.
2. *Refine*: a code for each layer (or the same code again, where there is one layer), without
   that pull. This is the faithful end.

Models that can't be differentiated have the Jacobian by central differences and nothing more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.descent import Descent, NotANumberError
from latentstudio.inversion.found import InversionResult
from latentstudio.inversion.gauss_newton import gauss_newton
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.problem import LossWeights, Problem, psnr
from latentstudio.inversion.starts import FAR, SearchStart, SearchTools, begin
from latentstudio.inversion.state import SearchState

ITERATIONS = 3
"""Of Gauss-Newton; most of its gain comes from the first two."""
SECONDS = 8.0
"""Longest time that one of them may take; a larger model begins with the gradient at once."""
EVERY = 1.0
"""Seconds between two progress pictures."""
BLACK_BOX = (
    "This model can't be differentiated, so its code was found by differences of pictures alone."
)
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a step of the search shows.

    Attributes:
        stage: ``start``, ``code`` or ``refine``.
        step: Steps of the stage so far.
        steps: Of the stage.
        pixels: (n, n, 3) uint8, the best picture so far.
        psnr: Its likeness, in dB.
        error: Its perceptual distance.
        state: To go on from here; makes a copy.
        stranger: See `starts.SearchStart`; 1 where a search goes on.
    """

    stage: str
    step: int
    steps: int
    pixels: NDArray[np.uint8]
    psnr: float
    error: float
    state: Callable[[], SearchState]
    stranger: float = 1.0


def search(
    generator: Generator,
    target: Tensor,
    tools: SearchTools,
    options: InversionOptions,
    label: int | None = None,
    since: SearchState | None = None,
    key: str = "",
    clock: Clock = time.monotonic,
    enough: Callable[[], bool] = lambda: False,
) -> Job[InversionResult]:
    """Find the code that draws a picture.

    Args:
        generator: The model.
        target: (1, C, n, n) of the model's size, in [-1, 1].
        tools: Made once for the model.
        options: Of the search.
        label: Class; None lets the features choose where there are classes.
        since: A state of the same search, to go on from.
        key: Kept in states, to know them again.
        clock: Seconds; for tests.
        enough: Asked before every step: whether to end with what is found by now.

    Yields:
        Steps whose preview is a `Progress`, about one a second, or None.
    """
    watch = _Watch(clock, enough)
    if since is None:
        began = yield from part(begin(generator, target, tools, options, label), 0.0, 0.2)
        run = _Run(began.problem, options, watch, key, _notes(generator, began))
        run.stranger = began.stranger
        v = yield from part(run.approach(began.v), 0.2, 0.4)
        if options.shell:
            v = run.problem.chart.brought_in(v)
        state = run.state("code", Descent.at(v))
        run.seconds["start"] = watch.lap()
    else:
        density = yield from part(tools.density(since.label), 0.0, 0.2)
        problem = Problem(generator, target, Chart(generator, density), tools.features, since.label)
        run = _Run(problem, options, watch, key, list(since.notes))
        run.seconds.update(since.seconds)
        state = since.copied()
    return (yield from run.stages(state))


def _notes(generator: Generator, began: SearchStart) -> list[str]:
    notes = []
    if began.stranger > FAR:
        notes.append(
            f"This picture is {began.stranger:.1f} times as far from what the model draws as its "
            "pictures are from one another, so the result may look like something else."
        )
    if Ability.GRADIENT not in generator.info.abilities:
        notes.append(BLACK_BOX)
    return notes


class _Watch:
    """Seconds since the last lap, whether a progress picture is due, or the end."""

    def __init__(self, clock: Clock, enough: Callable[[], bool]) -> None:
        self._clock, self._lap, self._shown = clock, clock(), float("-inf")
        self.enough = enough

    def lap(self) -> float:
        before, self._lap = self._lap, self._clock()
        return self._lap - before

    def due(self) -> bool:
        if self._clock() - self._shown < EVERY:
            return False
        self._shown = self._clock()
        return True


class _Run:
    """The stages of one search."""

    def __init__(
        self, problem: Problem, options: InversionOptions, watch: _Watch, key: str, notes: list[str]
    ) -> None:
        self.problem, self.options, self.watch, self.key = problem, options, watch, key
        self.notes = notes
        self.seconds: dict[str, float] = {}
        self.stranger = 1.0

    def state(self, stage: str, descent: Descent, editable: Tensor | None = None) -> SearchState:
        return SearchState(
            stage, self.problem.label, descent, editable, self.key, self.seconds, tuple(self.notes)
        )

    def approach(self, v: Tensor) -> Job[Tensor]:
        """Gauss-Newton, where it is worth its time."""
        abilities = self.problem.generator.info.abilities
        yield self._shown("start", 0, 1, v, self.state("code", Descent.at(v)), 0.0)
        if Ability.GRADIENT in abilities and self._seconds_of_jacobian(v) > SECONDS:
            return v
        count = ITERATIONS if Ability.GRADIENT in abilities else 2 * ITERATIONS
        job = gauss_newton(self.problem, v, count)
        best = v
        while True:
            try:
                step = next(job)
            except StopIteration as stop:
                found: Tensor = stop.value
                return found
            if self.watch.enough():
                job.close()
                return best
            if step.preview is best:
                yield replace(step, preview=None)
                continue
            best = step.preview
            yield self._shown("start", 0, 1, best, self.state("code", Descent.at(best)),
                              step.fraction)  # fmt: skip

    def stages(self, state: SearchState) -> Job[InversionResult]:
        """From a state to the end."""
        editable = state.editable
        if state.stage == "code":
            descent = state.descent
            job = self._descend("code", descent, self._weights(self.options.shell), None)
            yield from part(job, 0.4, 0.7)
            editable = descent.best if descent.step else descent.v
            self.seconds["code"] = self.watch.lap()
            layers = self.problem.generator.info.code_layers
            start = Descent.at(editable.expand(layers, -1).contiguous())
            state = self.state("refine", start, editable)
        assert editable is not None
        descent = state.descent
        if state.stage == "refine":
            job = self._descend("refine", descent, self._weights(0.0), editable)
            yield from part(job, 0.7, 1.0)
            self.seconds["refine"] = self.watch.lap()
        faithful = descent.best if descent.step else descent.v
        return InversionResult(
            editable, faithful, self.problem.label, self.seconds, tuple(self.notes)
        )

    def _weights(self, shell: float) -> LossWeights:
        return LossWeights(self.options.pixels, self.options.features, shell)

    def _descend(
        self, stage: str, descent: Descent, weights: LossWeights, editable: Tensor | None
    ) -> Job[None]:
        steps = self.options.steps
        if Ability.GRADIENT not in self.problem.generator.info.abilities:
            return
        while descent.step < steps and not self.watch.enough():
            try:
                image = descent.take(self.problem, weights, steps)
            except NotANumberError as error:
                self.notes.append(str(error))
                return
            state = self.state(stage, descent, editable)
            yield self._told(stage, descent.step, steps, image, state)
        self._last(descent, weights)

    @torch.no_grad()
    def _last(self, descent: Descent, weights: LossWeights) -> None:
        """The loss is known where steps began, not where the last one ended."""
        value = float(self.problem.loss(descent.v, weights)[0])
        if value < descent.least:
            descent.least, descent.best = value, descent.v.clone()

    def _told(self, stage: str, step: int, steps: int, image: Tensor, state: SearchState) -> Step:
        words = "Finding the code" if stage == "code" else "Refining"
        if not self.watch.due():
            return Step(step / steps, words)
        with torch.no_grad():
            error = float(self.problem.feature_loss(image))
        likeness = psnr(image, self.problem.target)
        shown = Progress(stage, step, steps, to_pixels(image)[0], likeness, error, state.copied)
        return Step(step / steps, words, shown)

    @torch.no_grad()
    def _shown(
        self, stage: str, step: int, steps: int, v: Tensor, state: SearchState, fraction: float
    ) -> Step:
        image = self.problem.image(v)
        self.watch.due()
        likeness = psnr(image, self.problem.target)
        error, pixels = float(self.problem.feature_loss(image)), to_pixels(image)[0]
        shown = Progress(stage, step, steps, pixels, likeness, error, state.copied, self.stranger)
        return Step(fraction, "Finding the code", shown)

    @torch.no_grad()
    def _seconds_of_jacobian(self, v: Tensor) -> float:
        """One tangent costs about a picture."""
        self.problem.image(v)
        began = time.perf_counter()
        self.problem.image(v)
        return (time.perf_counter() - began) * self.problem.generator.info.code_dim
