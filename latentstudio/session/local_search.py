"""Local directions while somebody paints: what is known of a picture is kept between strokes."""

import itertools
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import Job, Step, part
from latentstudio.discovery.result import fix_signs
from latentstudio.discovery.sampling import code_moments
from latentstudio.discovery.sefa import UNIT_SAMPLES
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.pushforward import Readout
from latentstudio.region import registry
from latentstudio.region.leak import Leak, measure
from latentstudio.region.masks import Mask, checked, reduced
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.progressive_jacobian import PartialJacobian, progressive_jacobian
from latentstudio.region.solving import LocalSolver
from latentstudio.region.subspace import Subspace
from latentstudio.render.coarse import CoarsePreviews
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.session.early_readout import in_memory, reading_at_once, reading_for
from latentstudio.session.local_leaks import noted, real_leaks
from latentstudio.session.local_walks import LocalWalk, as_local
from latentstudio.session.pending_jacobian import PendingJacobian
from latentstudio.session.regions import chosen_layers, directions_of, pushed
from latentstudio.store.pool_metrics import known_metric

KEPT_BYTES = 300 * 1024 * 1024
"""Of the Jacobians that are kept, the newest first; the one in use is kept whatever its size."""
FEWEST = 16
"""Tangents on which an answer may rest where nothing is known of the model's pictures."""
BEGUN = 32
"""Tangents that are pushed before preview heads are fitted, where those are missing."""
LED = 96
"""Leading tangents by which a further stroke is answered at once, where codes are long."""
SPECTRUM = 20
"""Values of the spectrum that are told."""
_PATIENCE = 0.5
"""Seconds before a provisional answer is worth a look, and between two of them."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchedPicture:
    """A picture whose local directions are looked for.

    Attributes:
        key: All that decides the latents; equal keys mean the same picture.
        latents: Its own.
        noise: Its noise inputs.
        network: What draws it: the model, or a copy fitted to the picture's photo.
    """

    key: Hashable
    latents: Latents
    noise: Noise
    network: Generator

    @property
    def label(self) -> int | None:
        """Its class, or None."""
        return None if self.latents.classes is None else int(self.latents.classes[0])


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
        say: Told, in a sentence, of what a person should hear.
        coarse: Preview heads of a model whose pictures take long.
    """

    generator: Generator
    say: Callable[[str], object] = lambda _: None
    coarse: CoarsePreviews | None = None
    _metrics: dict[Hashable, PoolMetric] = field(default_factory=dict)
    _pictures: OrderedDict[Hashable, PendingJacobian] = field(default_factory=OrderedDict)
    _covariance: Tensor | None = None

    def look(
        self, picture: SearchedPicture, options: Any, reading: Readout | None = None
    ) -> PendingJacobian:
        """What is known of a picture, or a start.

        Args:
            picture: Which.
            options: Of the method; their layers count.
            reading: Where it is read; None where preview heads allow it, or at its end.

        Raises:
            AbilityError: Some channels of the picture follow other edits.
            OptionError: There are no such layers.
        """
        latents, noise = picture.latents, picture.noise
        if latents.mixes:
            raise AbilityError("Local directions can't be found while groups of channels are off.")
        layers = chosen_layers(options.layers, self.generator.info)
        reading = reading or reading_for(self.generator, self.coarse, layers)
        whole = (picture.key, noise, layers, reading.tap)
        if whole not in self._pictures:
            network = at_their_truncation(picture.network, latents)
            metric = self.metric(layers, picture.label)

            def at(size: Readout) -> Job[PartialJacobian]:
                codes, classes = latents.codes, latents.classes
                return progressive_jacobian(network, codes, classes, noise, layers, size, metric)

            self._pictures[whole] = PendingJacobian(in_memory(at, reading, self.say))
        self._pictures.move_to_end(whole)
        self._let_go()
        return self._pictures[whole]

    def known(self, picture: SearchedPicture, options: Any) -> PendingJacobian | None:
        """What is known of a picture already, or of the model's pool, or None.

        Raises:
            AbilityError: Some channels of the picture follow other edits.
            OptionError: There are no such layers.
        """
        one = self.look(picture, options)
        layers = chosen_layers(options.layers, self.generator.info)
        known = one.partial.known if one.partial else 0
        return one if known >= BEGUN or self.metric(layers, picture.label) else None

    def look_at_once(self, picture: SearchedPicture, options: Any) -> PendingJacobian | None:
        """The same, read where nothing has to be fitted first; None where there is no such place.

        Raises:
            AbilityError: Some channels of the picture follow other edits.
            OptionError: There are no such layers.
        """
        layers = chosen_layers(options.layers, self.generator.info)
        latents = picture.latents
        reading = reading_at_once(picture.network, layers, latents.codes, latents.classes)
        return self.look(picture, options, reading) if reading else None

    def metric(self, layers: tuple[int, int] | None, label: int | None) -> PoolMetric | None:
        """What the model's pictures have in common, if it has been measured."""
        key = (layers, label)
        if key not in self._metrics:
            found = known_metric(self.generator, layers, label)
            if found is None:
                return None
            self._metrics = {key: found}  # some 20 MB: of one choice of layers at a time
        return self._metrics[key]

    def _let_go(self) -> None:
        """Of pictures that were looked at before, as many as memory is meant for are kept."""
        while (
            len(self._pictures) > 1 and sum(p.nbytes for p in self._pictures.values()) > KEPT_BYTES
        ):
            self._pictures.popitem(last=False)

    def begin(
        self, one: PendingJacobian, mask: Mask, options: Any, count: int
    ) -> Iterator[Step | Answer]:
        """The first answers, by what the pool knows, else by the first `BEGUN` tangents.

        Args:
            one: The picture, from `look_at_once`, or from `look` where a pool is known.
            mask: The region, (H, W), 0 to 1.
            options: Of the method.
            count: Most directions.

        Raises:
            OptionError: A mask of nothing or everything.
        """
        checked(mask)
        registry.check_all(options, count, self.generator.info.code_dim)
        shown: PartialJacobian | None = None
        while True:
            now = one.partial
            if now is not None and now is not shown and _worth_a_look(now):
                shown = now
                yield from self._answered([one], mask, options, count)
                if now.metric is not None or now.known >= BEGUN or one.done:
                    return
            yield from itertools.islice(one.go(), 1)

    def answers(
        self,
        pending: Sequence[PendingJacobian],
        picture: SearchedPicture,
        mask: Mask,
        options: Any,
        count: int,
        least: int = FEWEST,
    ) -> Iterator[Step | Answer]:
        """Answers that get better, the last one exact, and steps in between.

        Args:
            pending: Of the picture, and of others in which directions are to be local, too; from
                `look`.
            picture: On which answers are looked at.
            mask: The region, (H, W), 0 to 1.
            options: Of the method.
            count: Most directions.
            least: Tangents on which an answer may rest.

        Raises:
            OptionError: A mask of nothing or everything, or nothing changes the region alone.
        """
        checked(mask)
        registry.check_all(options, count, self.generator.info.code_dim)
        first, share = pending[0], 0.8 / len(pending)
        last, shown = -np.inf, None  # the first answer comes at once
        quick = len(pending) == 1 and self.generator.info.code_dim > 2 * LED
        if first.done and quick:
            yield from self._answered([first], mask, options, count, LED)
        elif first.partial is not None and _worth_a_look(first.partial, least):
            shown = first.partial  # of an earlier stroke
            yield from self._answered([first], mask, options, count)
        for step in first.go():
            yield replace(step, fraction=share * step.fraction, preview=None)
            now = first.partial
            if now is None or now is shown or first.done or not _worth_a_look(now, least):
                continue
            if time.monotonic() - last > _PATIENCE:
                yield from self._answered([first], mask, options, count)
                last, shown = time.monotonic(), now
        for number, one in enumerate(pending[1:], 1):
            for step in one.go():
                fraction = share * (number + step.fraction)
                yield Step(fraction, "Looking at other pictures")
        exact = yield from self._solved(pending, mask, options, count)
        if exact is None:
            raise OptionError(
                "Nothing changes this region alone. Paint a larger one, or let more change "
                "around it."
            )
        yield (yield from self._looked_at(exact, first, picture, mask))
        self._let_go()

    def _answered(
        self,
        pending: Sequence[PendingJacobian],
        mask: Mask,
        options: Any,
        count: int,
        led: int | None = None,
    ) -> Iterator[Step | Answer]:
        """A provisional answer, where there is one."""
        answer = yield from self._solved(pending, mask, options, count, led)
        if answer is not None:
            yield answer

    def _looked_at(
        self, exact: Answer, one: PendingJacobian, picture: SearchedPicture, mask: Mask
    ) -> Job[Answer]:
        """With what the pictures themselves show."""
        pipeline = Pipeline(picture.network)
        job = real_leaks(pipeline, picture.latents, picture.noise, mask, exact.directions)
        real = yield from part(job, 0.85, 0.95)
        assert one.partial is not None
        predicted = _predicted(one.partial, exact.directions, mask)
        told = noted(exact.directions, _first(exact.found, len(real)), predicted, real)
        return replace(exact, directions=told)

    def _solved(
        self,
        pending: Sequence[PendingJacobian],
        mask: Mask,
        options: Any,
        count: int,
        led: int | None = None,
    ) -> Job[Answer | None]:
        began = time.perf_counter()
        solver, partial = _solver(pending, led), pending[0].partial
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
        sliders = as_local(sliders, mask, LocalWalk("straight", True))
        if partial.known:
            leaks = _predicted(partial, sliders, mask)
            sliders = noted(sliders, _first(found, len(leaks)), leaks, leaks)
        known = min(one.share for one in pending) if led is None else led / len(partial.basis)
        return Answer(sliders, found, known, seconds)

    def _units(self, vectors: Tensor) -> Job[Sequence[float]]:
        """As `sefa.measure_units`, the spread of codes measured once."""
        if self._covariance is None:
            moments = yield from code_moments(self.generator, 0, UNIT_SAMPLES)
            self._covariance = moments.covariance()
        rows = vectors.double()
        spread: list[float] = (rows @ self._covariance * rows).sum(1).clamp_min(0).sqrt().tolist()
        return spread


def _worth_a_look(partial: PartialJacobian, least: int = FEWEST) -> bool:
    """It rests on a known pool, or on enough tangents; on `least` where that has been said."""
    return (partial.metric is not None and least == FEWEST) or partial.known >= least


def _solver(pending: Sequence[PendingJacobian], led: int | None) -> LocalSolver:
    """Of one picture the kept one, of several one for this question."""
    if len(pending) == 1:
        return pending[0].solving(led)
    return LocalSolver([one.partial for one in pending if one.partial is not None])


def _predicted(partial: PartialJacobian, sliders: DirectionSet, mask: Mask) -> list[Leak]:
    """Leaks by the linear model."""
    derived = partial.jacobian()
    small = reduced(mask, derived.size)
    vectors = (torch.from_numpy(one.vector) for one in sliders.directions)
    return [measure(pushed(derived, vector), small) for vector in vectors]


def _first(found: Subspace, count: int) -> Subspace:
    return Subspace(found.vectors[:count], found.values[:count], found.rank)
