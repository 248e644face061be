"""Saving a run while it goes on, so that closing or killing the program loses little."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step, changed
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import BrokenOffError
from latentstudio.document.direction import DirectionSet
from latentstudio.document.findings import Findings

SECONDS = 60.0
"""Longest time between two saves."""


def checkpointed(
    job: Job[DirectionSet],
    path: Path,
    every: int | None = None,
    clock: Callable[[], float] = time.monotonic,
    report: Callable[[str], None] = lambda _: None,
) -> Job[DirectionSet]:
    """Run a discovery job and keep its state in a file.

    It is saved every `every` steps and at least every minute, when the job is closed, when
    it is done (so that it can be made longer), and when it breaks off (its last good state). A
    save that fails is told in the step's message, and the run goes on; the file is then the one
    before.

    Args:
        job: From a method's `discover`. Jobs that learn nothing are passed on as they are.
        path: Where the state is kept; whole at any moment.
        every: Steps between two saves; None leaves it to the clock.
        clock: Seconds; for tests.
        report: Told why a save failed, once for each row of failures.
    """
    keeper = Keeper(path, every, clock, report)
    try:
        found = yield from changed(job, keeper.see)
    except BrokenOffError as error:
        keeper.keep(error.state)
        raise
    except (GeneratorExit, LatentStudioError):
        keeper.finish()
        raise
    yield Step(1.0, keeper.finish())
    return found


class Keeper:
    """Decides when a run is saved, and saves it."""

    def __init__(
        self,
        path: Path,
        every: int | None,
        clock: Callable[[], float],
        report: Callable[[str], None],
    ) -> None:
        self._path, self._every, self._clock, self._report = path, every, clock, report
        self._latest: Findings | None = None
        self._saved, self._problem = -1, ""
        self._when = clock()

    def see(self, step: Step) -> Step:
        """Save where it is time; a failure becomes the step's message."""
        if not isinstance(step.preview, Findings):
            return step
        self._latest = step.preview
        counted = self._every is not None and self._latest.step % self._every == 0
        if not counted and self._clock() - self._when < SECONDS:
            return step
        problem = self.finish()
        return replace(step, message=problem) if problem else step

    def finish(self) -> str:
        """Save the latest state unless it is saved; what went wrong, or an empty text."""
        if self._latest is None or self._latest.step == self._saved:
            return ""
        state = self._latest.snapshot()
        assert isinstance(state, RunState)
        return self.keep(state)

    def keep(self, state: RunState) -> str:
        """Save a state; what went wrong, or an empty text. The file before it stays whole."""
        self._when = self._clock()
        problem = ""
        try:
            state.save(self._path)
            self._saved = state.step
        except LatentStudioError as error:
            problem = error.sentence()
        if problem and not self._problem:
            self._report(problem)
        self._problem = problem
        return problem
