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

FIRST_SECONDS = 1.0
"""A run is saved so soon after its first step, so that none vanishes with the program."""
SECONDS = 5.0
"""Longest time between two saves, where writing is quick."""
SHARE = 20
"""Writing states takes at most one part in so many of the time."""

Write = Callable[[RunState], None]


def checkpointed(
    job: Job[DirectionSet],
    path: Path,
    every: int | None = None,
    clock: Callable[[], float] = time.monotonic,
    report: Callable[[str], None] = lambda _: None,
) -> Job[DirectionSet]:
    """Run a discovery job and keep its state in a file.

    It is saved every `every` steps and by time (`SECONDS`), when the job is closed, when
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
    saver = CheckpointSaver(lambda state: state.save(path), every, clock, report)
    try:
        found = yield from changed(job, saver.see)
    except BrokenOffError as error:
        saver.keep(error.state)
        raise
    except (GeneratorExit, LatentStudioError):
        saver.finish()
        raise
    yield Step(1.0, saver.finish())
    return found


class CheckpointSaver:
    """Decides when a run is saved, and saves it.

    Args:
        write: Puts a state on the disk, atomically; raises `LatentStudioError` where it can't.
        every: Steps between two saves, beside those by time; None leaves it to the clock.
        clock: Seconds; for tests.
        report: Told why a save failed, once for each row of failures.
    """

    def __init__(
        self,
        write: Write,
        every: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._write, self._every, self._clock, self._report = write, every, clock, report
        self._latest: Findings | None = None
        self._saved, self._problem = -1, ""
        self._due = clock() + FIRST_SECONDS

    def see(self, step: Step) -> Step:
        """Save where it is time; a failure becomes the step's message."""
        if not isinstance(step.preview, Findings):
            return step
        self._latest = step.preview
        counted = self._every is not None and self._latest.step % self._every == 0
        if not counted and self._clock() < self._due:
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
        began, problem = self._clock(), ""
        try:
            self._write(state)
            self._saved = state.step
        except LatentStudioError as error:
            problem = error.sentence()
        now = self._clock()
        self._due = now + max(SECONDS, SHARE * (now - began))
        if problem and not self._problem:
            self._report(problem)
        self._problem = problem
        return problem
