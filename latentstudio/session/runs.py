"""A run of a discovery method that is kept on the disk and goes on where it was."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from latentstudio import __version__
from latentstudio.core.errors import AbilityError, LatentStudioError, OptionError
from latentstudio.core.pace import Pace, timed, units_of_work
from latentstudio.core.progress import Job
from latentstudio.discovery.checkpoints import CheckpointSaver
from latentstudio.discovery.registry import Method, get, needs_met
from latentstudio.discovery.start import typed
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import DivergedError
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.findings import Findings
from latentstudio.document.loss_curve import LossTrail
from latentstudio.document.run_info import RunInfo
from latentstudio.engine.generator import Generator
from latentstudio.session.library import keep_pace
from latentstudio.session.messages import RunNews
from latentstudio.store import cache, run_files

SETTLED = 0.98
"""Absolute cosine with itself a fifth of the run earlier, from which a direction is settled."""


class LiveRun:
    """One run while it works. Its methods are called between two steps of its job.

    Args:
        generator: The open model.
        run: What was asked; with a step above 0 it goes on from its state.
        report: Told, in a sentence, what a person should hear once.
        direction: The one that `run.of` names, for methods that work on one.
    """

    def __init__(
        self,
        generator: Generator,
        run: RunInfo,
        report: cache.Report,
        direction: Direction | None = None,
    ) -> None:
        self.run = run
        self._direction = direction
        self.generator = generator
        self._report = report
        self._print = generator.info.fingerprint
        self._found: DirectionSet | None = None
        self._past: list[tuple[int, Mapping[str, Direction]]] = []
        self._stopping = self._discarded = False
        self._pace = Pace()
        self._trail = LossTrail(run.curve, run.step)
        self._saver = CheckpointSaver(self._write, report=self._say_unsaved)

    def go(self) -> Job[DirectionSet]:
        """Run to the end.

        Closing the job keeps the state, so that it can go on later.

        Yields:
            Steps with `RunNews` as preview, for methods that learn.

        Raises:
            AbilityError: The model lacks what the method needs.
            OptionError: No such method or option, the state belongs to another run, or the run is
                at work in another window.
            FileError: The state can't be read.
            DivergedError: A loss is no longer a number; what was found until then is kept.
        """
        lock = run_files.take(self._print, self.run.key)
        if lock is None:
            raise OptionError("This run is at work in another window. Let it end there.")
        try:
            return (yield from self._go())
        finally:
            lock.release()

    def _go(self) -> Job[DirectionSet]:
        method = get(self.run.method)
        given = {"direction": self._chosen()} if method.of_direction else {}
        state = self._state(method)
        options = self._options(method, state)
        job = method.discover(self.generator, options, self.run.seed, state, **given)
        if not self.run.steps:
            job = timed(job, lambda _, seconds: self._keep_pace(seconds))
        with contextlib.closing(job):
            try:
                found = yield from self._drive(job)
            except DivergedError as error:
                self._end(self._labelled(error.found))
                raise
            except (GeneratorExit, LatentStudioError):
                self.save()
                raise
        self._end(found)
        return found

    def _keep_pace(self, seconds: float) -> None:
        """Remember how long a method takes that makes no steps."""
        self.run = replace(self.run, seconds=seconds)
        keep_pace(self.generator, self.run.method, seconds / units_of_work(self.run.options))

    def save(self) -> None:
        """Put the state on the disk now; where that fails the run goes on, and it is said once."""
        self._keep_learning_pace()
        if not self._discarded:
            self._saver.finish()

    def _keep_learning_pace(self) -> None:
        if self._pace.per_step:
            keep_pace(self.generator, self.run.method, self._pace.per_step)

    def _write(self, state: RunState) -> None:
        state.save(run_files.state_path(self._print, self.run.key))
        run_files.keep_record(self._print, replace(self.run, curve=self._trail.curve()))

    def _say_unsaved(self, sentence: str) -> None:
        title = get(self.run.method).title
        self._report(f"{title} goes on, but can't be resumed after a restart. {sentence}")

    def stop(self) -> None:
        """End before the next step and keep what is found by then."""
        self._stopping = True

    def discard(self) -> None:
        """Leave nothing on the disk."""
        self._discarded = True
        run_files.forget(self._print, self.run.key)

    def _drive(self, job: Job[DirectionSet]) -> Job[DirectionSet]:
        while True:
            began = time.monotonic()
            try:
                step = next(job)
            except StopIteration as stop:
                result: DirectionSet = stop.value
                return self._labelled(result)
            took = time.monotonic() - began
            if isinstance(step.preview, Findings):
                findings_step, news = step, self._hear(step.preview, took)
                # The losses have their curves; the status bar has little room.
                step = replace(step, message=step.message.split(":")[0], preview=news)
                if not self._discarded:
                    self._saver.see(findings_step)
            yield step
            if self._stopping and self._found is not None:
                return self._found

    def _hear(self, findings: Findings, took: float) -> RunNews:
        if findings.notice:
            self._report(f"{get(self.run.method).title}: {findings.notice}")
        run = self.run
        self.run = replace(
            run, step=findings.step, steps=findings.steps, seconds=run.seconds + took
        )
        self._pace.add(findings.step, took)
        self._trail.add(findings.step, findings.losses)
        settled: frozenset[str] = frozenset()
        if findings.directions is not None:
            self._found = self._labelled(findings.directions)
            settled = self._settled(findings.step, findings.steps, self._found)
        return RunNews(
            run=self.run,
            losses=dict(findings.losses),
            seconds_left=self._pace.left(findings.steps - findings.step),
            found=self._found if findings.directions is not None else None,
            settled=settled,
        )

    def _settled(self, step: int, steps: int, found: DirectionSet) -> frozenset[str]:
        """Directions that hardly turned during the last fifth of the run so far."""
        now = {d.id: d for d in found.directions}
        self._past.append((step, now))
        while len(self._past) > 1 and self._past[1][0] <= step * 0.8:
            self._past.pop(0)
        then_step, then = self._past[0]
        if step * 3 < steps or then_step > step * 0.8:
            return frozenset()
        return frozenset(id for id, d in now.items() if _cosine(d, then[id]) >= SETTLED)

    def _labelled(self, found: DirectionSet) -> DirectionSet:
        """Directions with ids, names and provenance of this run."""
        run = self.run
        title = get(run.method).title
        group = f"{title}, run {run.number}" if run.number > 1 else ""

        def label(direction: Direction) -> Direction:
            name = direction.name
            if run.number > 1 and not get(run.method).of_direction:
                word, _, number = name.rpartition(" ")
                name = f"{word} {run.number}·{number}"
            return replace(
                direction,
                id=f"{run.key}-{direction.id.removeprefix(run.method + '-')}",
                name=name,
                group=group or direction.group,
                provenance=replace(
                    direction.provenance,
                    run=run.key,
                    number=run.number,
                    seconds=round(run.seconds, 3),
                    program=__version__,
                ),
            )

        return replace(found, directions=tuple(map(label, found.directions)))

    def _end(self, found: DirectionSet) -> None:
        """Keep what was found as a preset; where that fails, the state, to go on from."""
        self._keep_learning_pace()
        if self._discarded:
            return
        try:
            run_files.keep_found(found, self.run.key)
        except LatentStudioError as error:
            self._report(error.sentence())
            self.save()

    def _chosen(self) -> Direction | None:
        """The direction to work on; None where none was chosen, which the method refuses."""
        if self.run.of and self._direction is None:
            raise OptionError(
                "The direction that this run works on is not there any more. Start a new run "
                "with another one."
            )
        return self._direction

    def _options(self, method: Method, state: RunState | None) -> Any:
        """What was asked; what was not said is as it was when the run began, if it has."""
        missing = needs_met(method, self.generator.info)
        if missing:
            raise AbilityError(missing)
        begun = state.options if state is not None and state.method == method.id else {}
        return typed(method, {**begun, **self.run.options})

    def _state(self, method: Method) -> RunState | None:
        if not self.run.step:
            return None
        state = RunState.load(run_files.state_path(self._print, self.run.key))
        # Said before the method surveys the space, which takes its time.
        options = self._options(method, state)
        state.check(method.id, self.generator.info, options, self.run.seed)
        return state


def _cosine(one: Direction, other: Direction) -> float:
    a, b = one.vector.reshape(-1), other.vector.reshape(-1)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return abs(float(a @ b)) / lengths if lengths else 0.0
