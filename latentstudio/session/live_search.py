"""The automatic search as a run of the open model: shown as it finds, stopped, kept."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from latentstudio import __version__
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.pace import timed
from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.run_info import RunInfo
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.finding import MINUTES, SearchOptions, find
from latentstudio.evaluate.measures import MEASURES
from latentstudio.session.library import keep_pace
from latentstudio.session.messages import RunNews
from latentstudio.session.predictors import choose_predictor
from latentstudio.store import run_files

GROUP = "Found"
"""Heading of what searches find."""


@dataclass(slots=True, eq=False)
class LiveSearch:
    """One automatic search while it works. Its methods are called between two steps of its job.

    What it has found is on the disk from the first method on; it can't go on after the program
    has ended, and needn't: another press looks again.

    Attributes:
        generator: The open model.
        run: What was asked.
        report: Told, in a sentence, what a person should hear once.
    """

    generator: Generator
    run: RunInfo
    report: Callable[[str], None]
    _found: DirectionSet | None = field(default=None, init=False)
    _stopping: bool = field(default=False, init=False)
    _discarded: bool = field(default=False, init=False)

    def go(self) -> Job[DirectionSet]:
        """Search to the end.

        Yields:
            Steps; after each method with `RunNews` as preview, whose directions are all that the
            search has found so far, best first.

        Raises:
            AbilityError: No method can find directions in this model.
        """
        predictor = yield from choose_predictor(None, ModelKey.of(self.generator.info))
        minutes = float(self.run.options.get("minutes", MINUTES))
        named = None if predictor is MEASURES else predictor
        search = find(self.generator, SearchOptions(minutes, self.run.seed), named)
        try:
            found = yield from self._drive(timed(search, self._keep_pace))
            self._keep(self._labelled(found))
        finally:
            self._put_record_away()
        return self._found or self._labelled(found)

    def save(self) -> None:
        """Nothing is to be done: what was found is kept after each method."""

    def stop(self) -> None:
        """End before the next step and keep what is found by then."""
        self._stopping = True

    def discard(self) -> None:
        """Leave nothing on the disk."""
        self._discarded = True
        self._put_record_away()

    def _drive(self, search: Job[DirectionSet]) -> Job[DirectionSet]:
        with contextlib.closing(search):
            while True:
                try:
                    step = next(search)
                except StopIteration as stop:
                    result: DirectionSet = stop.value
                    return result
                yield self._heard(step)
                if self._stopping and self._found is not None:
                    return self._found

    def _heard(self, step: Step) -> Step:
        if not isinstance(step.preview, DirectionSet):
            return step
        self._keep(self._labelled(step.preview))
        return replace(step, preview=RunNews(self.run, {}, 0.0, self._found))

    def _keep(self, found: DirectionSet) -> None:
        self._found = found
        if self._discarded:
            return
        try:
            run_files.keep_found(found, self.run.key, ended=False)
        except LatentStudioError as error:
            self.report(error.sentence())

    def _put_record_away(self) -> None:
        """The record holds the run's number while it works; a run that found nothing goes."""
        fingerprint = self.generator.info.fingerprint
        if self._discarded or self._found is None:
            run_files.forget(fingerprint, self.run.key)
        else:
            run_files.drop_record(fingerprint, self.run.key)

    def _keep_pace(self, found: DirectionSet, seconds: float) -> None:
        """Remember how long a search takes on this model here."""
        self.run = replace(self.run, seconds=seconds)
        keep_pace(self.generator, self.run.method, seconds)

    def _labelled(self, found: DirectionSet) -> DirectionSet:
        """Directions with ids, heading and provenance of this run."""
        run = self.run

        def label(one: Direction) -> Direction:
            how = replace(one.provenance, run=run.key, number=run.number, program=__version__)
            return replace(
                one,
                id=f"{run.key}-{one.id.removeprefix(run.method + '-')}",
                group=f"{GROUP}, run {run.number}" if run.number > 1 else GROUP,
                provenance=how,
            )

        chosen = (one if one.provenance.run == run.key else label(one) for one in found.directions)
        return replace(found, directions=tuple(chosen))
