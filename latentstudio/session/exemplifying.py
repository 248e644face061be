"""Directions by example for the open model: samples to mark, what marks say, what to ask next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from latentstudio import __version__
from latentstudio.core.progress import Job, Step
from latentstudio.discovery import by_example, picture_ica
from latentstudio.discovery.by_example import Basis
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.evaluate import examples
from latentstudio.session.directions import Directions
from latentstudio.session.example_messages import ExampleFit, Marks, SamplePicture
from latentstudio.session.low_priority import at_low_priority
from latentstudio.session.opening import OpenModel
from latentstudio.store import example_bases, run_files

GROUP = "By example"
"""Heading of what marks give."""
SIMILAR = 3
CANDIDATES = 64
"""Pictures among which those nearest the border are looked for."""


@dataclass(slots=True)
class _Known:
    """What was learned of one model."""

    model: OpenModel
    basis: Basis | None = None
    look: EarlyPictures | None = None
    """Makes the small pictures of a large model."""
    scores: dict[tuple[int, int | None], NDArray[np.float64]] = field(default_factory=dict)


@dataclass(slots=True)
class Exemplifying:
    """What the page of examples asks for.

    Attributes:
        opened: Gives the open model.
        directions: Gets what marks give.
    """

    opened: Callable[[], OpenModel]
    directions: Directions
    _known: _Known | None = None

    def samples(self, seeds: Sequence[int], label: int | None, side: int) -> Job[None]:
        """Pictures of seeds, on the preview thread.

        Yields:
            A step with a `SamplePicture` for each.
        """
        renderer = self.opened().renderer
        for done, seed in enumerate(seeds, 1):
            pixels = renderer.small([Picture(Seed(seed, label))], side)[0]
            yield Step(done / len(seeds), "", SamplePicture(seed, pixels))

    def prepare(self) -> Job[None]:
        """Get to know the model's pictures, once for each model; nothing if it is known."""
        known = self._of_model()
        if known.basis is None:
            generator = known.model.generator
            known.look = yield from at_low_priority(picture_ica.looking(generator))
            found = example_bases.kept(generator)
            if found is None:
                yield Step(0.0, "Getting to know the model’s pictures")
                job = examples.basis(generator, seconds=examples.SECONDS, look=known.look)
                found = yield from at_low_priority(job)
                example_bases.keep(generator, found)
            known.basis = found

    def fit(self, marks: Marks, key: str, name: str) -> Job[ExampleFit]:
        """The direction that marks ask for, which takes the place of an earlier one of this key.

        Raises:
            OptionError: Fewer than two of a kind, or pictures that don't differ.
        """
        yield from self.prepare()
        known = self._of_model()
        assert known.basis is not None
        scores = yield from self._scores(known, (*marks.has, *marks.lacks), marks.label)
        split = len(marks.has)
        found = by_example.learn(known.basis, scores[:split], scores[split:])
        record = {"with": list(marks.has), "without": list(marks.lacks)}
        info = known.model.generator.info
        made = _labelled(examples.direction(info, found, name, record), key)
        similar = _similar(known.model, made)
        every = self.directions.add(known.model, _as_set(known.model, made))
        return ExampleFit(marks, made.id, found.told_apart, found.sureness, similar, every)

    def uncertain(self, marks: Marks, first: int, count: int) -> Job[tuple[int, ...]]:
        """Seeds from `first` on whose pictures lie nearest the border between the marks."""
        yield from self.prepare()
        known = self._of_model()
        assert known.basis is not None
        scores = yield from self._scores(known, (*marks.has, *marks.lacks), marks.label)
        split = len(marks.has)
        found = by_example.learn(known.basis, scores[:split], scores[split:])
        seeds = range(first, first + CANDIDATES)
        seen = yield from self._scores(known, seeds, marks.label)
        nearest = np.argsort(np.abs(found.distance(seen)), kind="stable")[:count]
        return tuple(seeds[row] for row in nearest.tolist())

    def change(self, before: Picture, after: Picture, key: str, name: str) -> Job[DirectionSet]:
        """The change from one picture to another as a direction, kept.

        Raises:
            OptionError: The pictures are the same.
        """
        model = self.opened()
        yield Step(0.1, "Comparing two pictures")
        codes = [
            model.renderer.latents(one).codes[0].float().cpu().numpy() for one in (before, after)
        ]
        found = examples.change_between(model.generator.info, codes[0], codes[1], name)
        made = _as_set(model, _labelled(found, key))
        run_files.keep_found(made, key)
        return self.directions.add(model, made)

    def keep(self, key: str, name: str) -> Job[DirectionSet]:
        """Keep what marks gave, under a name.

        Raises:
            FileError: The folder can't be written to.
        """
        model = self.opened()
        yield Step(0.5)
        found = _of_key(model, key)
        made = replace(found, directions=tuple(replace(d, name=name) for d in found.directions))
        run_files.keep_found(made, key)
        return self.directions.add(model, made)

    def _of_model(self) -> _Known:
        model = self.opened()
        if self._known is None or self._known.model is not model:
            self._known = _Known(model)
        return self._known

    def _scores(
        self, known: _Known, seeds: Sequence[int], label: int | None
    ) -> Job[NDArray[np.float64]]:
        """Scores of the pictures of seeds, (N, K); each is looked at once."""
        assert known.basis is not None
        fresh = [seed for seed in seeds if (seed, label) not in known.scores]
        if fresh:
            job = examples.scores_of_seeds(
                known.model.generator, known.basis, fresh, label or 0, known.look
            )
            rows = yield from job
            known.scores |= {(seed, label): row for seed, row in zip(fresh, rows, strict=True)}
        return np.stack([known.scores[seed, label] for seed in seeds])


def _labelled(found: Direction, key: str) -> Direction:
    """With the id, heading and provenance of a run."""
    how = replace(found.provenance, run=key, program=__version__)
    return replace(found, id=f"{key}-0", group=GROUP, provenance=how)


def _as_set(model: OpenModel, found: Direction) -> DirectionSet:
    return DirectionSet(ModelKey.of(model.generator.info), (found,), name=found.name)


def _of_key(model: OpenModel, key: str) -> DirectionSet:
    every = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
    return replace(every, directions=tuple(d for d in every.directions if d.provenance.run == key))


def _similar(model: OpenModel, made: Direction) -> tuple[tuple[str, float], ...]:
    """The directions there are that are most like one, by the size of the cosine."""
    others = [
        one
        for one in (model.found.directions if model.found else ())
        if one.straight
        and one.space is made.space
        and one.vector.shape == made.vector.shape
        and one.provenance.run != made.provenance.run
    ]
    pairs = [(one.id, abs(float(_unit(one.vector) @ _unit(made.vector)))) for one in others]
    return tuple(sorted(pairs, key=lambda pair: -pair[1])[:SIMILAR])


def _unit(vector: NDArray[np.floating]) -> NDArray[np.float64]:
    row = vector.astype(np.float64).reshape(-1)
    found: NDArray[np.float64] = row / max(float(np.linalg.norm(row)), 1e-12)
    return found
