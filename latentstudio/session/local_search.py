"""Local directions while somebody paints: what is known of a picture is kept between strokes."""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import Job, Step, part
from latentstudio.discovery.result import fix_signs
from latentstudio.discovery.sampling import code_moments
from latentstudio.discovery.sefa import UNIT_SAMPLES
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator, Noise
from latentstudio.region import registry
from latentstudio.region.leak import Leak, measure
from latentstudio.region.masks import Mask, checked, reduced
from latentstudio.region.sharpening import Partial, sharpen
from latentstudio.region.solving import LocalSolver
from latentstudio.region.subspace import Subspace
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.session.local_ways import Way, as_local
from latentstudio.session.regions import (
    chosen_layers,
    directions_of,
    noted,
    pushed,
    real_leaks,
)
from latentstudio.store.pool_metrics import known_metric

KEPT = 3
"""Pictures whose Jacobians are kept."""
SPECTRUM = 20
"""Values of the spectrum that are told."""
_PATIENCE = 0.5
"""Seconds before a provisional answer is worth a look, and between two of them."""


@dataclass(slots=True, eq=False)
class Looking:
    """A picture's Jacobian on its way. Whoever asks drives it; who stops asking loses nothing."""

    job: Job[Partial]
    partial: Partial | None = None
    done: bool = False
    solver: LocalSolver | None = None
    fraction: float = 0.0

    def go(self) -> Iterator[Step]:
        """Push on; a step for each few tangents."""
        while not self.done:
            try:
                step = next(self.job)
            except StopIteration as stop:
                self._take(stop.value)
                self.done = True
                return
            self.fraction = step.fraction
            if isinstance(step.preview, Partial):
                self._take(step.preview)
            yield step

    def solving(self) -> LocalSolver | None:
        """Solves by what is known now."""
        if self.solver is None and self.partial is not None:
            self.solver = LocalSolver(self.partial)
        return self.solver

    def _take(self, partial: Partial) -> None:
        self.partial, self.solver = partial, None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Directions of a mask, by what is known so far.

    Attributes:
        directions: Best first; ids and names are to be given yet.
        found: Of the method.
        known: Share of tangents, 1 is exact.
        solving: Seconds the solving took.
    """

    directions: DirectionSet
    found: Subspace
    known: float
    solving: float


@dataclass(slots=True, eq=False)
class LocalSearch:
    """Looks for local directions of one model's pictures.

    Args:
        generator: The model.
    """

    generator: Generator
    _pictures: OrderedDict[Hashable, Looking] = field(default_factory=OrderedDict)
    _covariance: Tensor | None = None

    def look(self, key: Hashable, latents: Latents, noise: Noise, options: Any) -> Looking:
        """What is known of a picture, or a start.

        Args:
            key: All that decides the latents.
            latents: The picture's.
            noise: Its noise inputs.
            options: Of the method; their layers count.

        Raises:
            AbilityError: Some channels of the picture follow other edits.
            OptionError: There are no such layers.
        """
        if latents.mixes:
            raise AbilityError("Local directions can't be found while groups of channels are off.")
        layers = chosen_layers(options.layers, self.generator.info)
        whole = (key, noise, layers)
        if whole not in self._pictures:
            label = None if latents.classes is None else int(latents.classes[0])
            network = at_their_truncation(self.generator, latents)
            metric = known_metric(self.generator, layers, label)
            job = sharpen(network, latents.codes, latents.classes, noise, layers, metric=metric)
            self._pictures[whole] = Looking(job)
        self._pictures.move_to_end(whole)
        while len(self._pictures) > KEPT:
            self._pictures.popitem(last=False)
        return self._pictures[whole]

    def answers(
        self, looking: Looking, latents: Latents, noise: Noise, mask: Mask, options: Any, count: int
    ) -> Iterator[Step | Answer]:
        """Answers that get better, the last one exact, and steps in between.

        Raises:
            OptionError: A mask of nothing or everything, or nothing changes the region alone.
        """
        checked(mask)
        registry.check_all(options, count, self.generator.info.code_dim)
        last, shown = time.monotonic(), None
        for step in looking.go():
            yield replace(step, fraction=0.8 * step.fraction, preview=None)
            now = looking.partial
            if now is None or now is shown or (not now.known and now.metric is None):
                continue
            if time.monotonic() - last > _PATIENCE:
                answer = yield from self._solved(looking, mask, options, count)
                if answer is not None:
                    yield answer
                last, shown = time.monotonic(), now
        exact = yield from self._solved(looking, mask, options, count)
        if exact is None:
            raise OptionError(
                "Nothing changes this region alone. Paint a larger one, or let more change "
                "around it."
            )
        pipeline = Pipeline(self.generator)
        job = real_leaks(pipeline, latents, noise, mask, exact.directions)
        real = yield from part(job, 0.85, 0.95)
        assert looking.partial is not None
        predicted = _predicted(looking.partial, exact.directions, mask)
        told = noted(exact.directions, _first(exact.found, len(real)), predicted, real)
        yield replace(exact, directions=told)

    def _solved(self, looking: Looking, mask: Mask, options: Any, count: int) -> Iterator[Any]:
        solver, partial = looking.solving(), looking.partial
        began = time.perf_counter()
        assert solver is not None
        assert partial is not None
        wanted = min(max(count, SPECTRUM), self.generator.info.code_dim)
        found = yield from part(solver.solve(mask, options, wanted), 0.8, 0.82)
        vectors = fix_signs(torch.from_numpy(found.vectors[:count].copy()).float())
        if not len(vectors):
            return None
        seconds = time.perf_counter() - began
        units = yield from part(self._units(vectors), 0.82, 0.84)
        layers = chosen_layers(options.layers, self.generator.info)
        sliders = directions_of(self.generator.info, options, vectors, units, layers)
        sliders = as_local(sliders, mask, Way("straight", True))
        if partial.known:
            leaks = _predicted(partial, sliders, mask)
            sliders = noted(sliders, _first(found, len(leaks)), leaks, leaks)
        known = partial.known / len(partial.basis)
        return Answer(sliders, found, known, seconds)

    def _units(self, vectors: Tensor) -> Job[Sequence[float]]:
        """As `sefa.measure_units`, the spread of codes measured once."""
        if self._covariance is None:
            moments = yield from code_moments(self.generator, 0, UNIT_SAMPLES)
            self._covariance = moments.covariance()
        rows = vectors.double()
        spread: list[float] = (rows @ self._covariance * rows).sum(1).clamp_min(0).sqrt().tolist()
        return spread


def _predicted(partial: Partial, sliders: DirectionSet, mask: Mask) -> list[Leak]:
    """Leaks by the linear model."""
    derived = partial.jacobian()
    small = reduced(mask, derived.size)
    vectors = (torch.from_numpy(one.vector) for one in sliders.directions)
    return [measure(pushed(derived, vector), small) for vector in vectors]


def _first(found: Subspace, count: int) -> Subspace:
    return Subspace(found.vectors[:count], found.values[:count], found.rank)
