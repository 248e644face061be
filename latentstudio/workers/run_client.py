"""Runs of methods that learn: started, paused, ended, taken up again."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.document.direction import DirectionSet
from latentstudio.document.run_info import SEARCH, RunInfo
from latentstudio.session.messages import MethodPace, RunNews
from latentstudio.store import paces, run_files
from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import IDLE, QUICK, Engine
from latentstudio.workers.job_list import JobInfo, sentence_of
from latentstudio.workers.model_client import ModelClient


class RunClient(QObject):
    """What the Discover panel asks for.

    Attributes:
        used: Gives ids of directions that the document needs, whatever becomes of their run.
    """

    run_queued = Signal(int, object)  # ticket, RunInfo
    run_stepped = Signal(int, object)  # ticket, RunNews
    run_gone = Signal(str)  # key of a run that was discarded
    pace_ready = Signal(str, float)  # a method, and the seconds that one step of it takes

    def __init__(
        self, engine: Engine, models: ModelClient, directions: DirectionClient, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine, self._models, self._directions = engine, models, directions
        self._runs: dict[int, RunInfo] = {}
        self.used: Callable[[], frozenset[str]] = frozenset
        self._alive: set[int] = set()
        self._timed = ""
        engine.job_stepped.connect(self._on_step)
        engine.job_changed.connect(self._on_job)
        models.leaving.connect(self._say_paused)

    def start_run(
        self, method: str, options: Mapping[str, Any], seed: int, of: str = ""
    ) -> int | None:
        """Queue a run of a discovery method on the open model; its ticket, or None.

        `of` names the direction it works on, where the method works on one.

        `run_queued` follows at once, `run_stepped` after each step.
        """
        model = self._models.summary
        assert model is not None, "a run needs an open model"
        try:
            run = run_files.new_run(model.info.fingerprint, method, options, seed, of)
        except LatentStudioError as error:
            self._engine.notice.emit("error", sentence_of(error))
            return None
        return self.resume_run(run)

    def start_search(self) -> int | None:
        """Queue an automatic search: all methods that suit the open model; its ticket, or None."""
        return self.start_run(SEARCH, {}, 0)

    def resume_run(self, run: RunInfo) -> int:
        """Queue a run that was paused in an earlier session."""
        ticket = self._engine.run(
            self._title(run.method),
            self._engine.later(lambda s: s.runs.run(run, self.used)),
            self._directions.directions_ready.emit,
            pausable=bool(run.steps) or run.is_search,
        )
        self._runs[ticket] = run
        self._alive.add(ticket)
        self.run_queued.emit(ticket, run)
        return ticket

    def paces(self) -> Mapping[str, float]:
        """Seconds for one step or sample on the open model here, by method, where measured."""
        model = self._models.summary
        return paces.kept(model.info.fingerprint, model.device) if model else {}

    def want_paces(self) -> None:
        """Measure what `paces` lacks when nothing else is to be done; `pace_ready` follows."""
        model = self._models.summary
        if not self._engine.open or model is None or model.info.fingerprint == self._timed:
            return
        self._timed = model.info.fingerprint

        def forget(_: object = None) -> None:
            self._timed = ""

        job = self._engine.later(lambda s: s.runs.probe())
        self._engine.run("Timing methods", job, lambda _: None, forget, IDLE, cancelled=forget)

    def pause(self, ticket: int) -> None:
        """Leave a run standing, with its state on the disk."""
        self._engine.jobs.pause(ticket)
        if ticket in self._runs:
            key = self._runs[ticket].key
            self._engine.quietly(lambda s: s.runs.save(key))

    def resume(self, ticket: int) -> None:
        """Let a paused run go on."""
        self._engine.jobs.resume(ticket)

    def stop_run(self, ticket: int) -> None:
        """End a run now and keep what it found."""
        key = self._runs[ticket].key
        self._engine.quietly(lambda s: s.runs.stop(key))
        self._engine.jobs.resume(ticket)

    def discard_run(self, key: str) -> None:
        """End a run, if it still works, and forget what it found; what is used stays."""
        ticket = next((t for t, run in self._runs.items() if run.key == key), None)

        def gone(left: DirectionSet) -> None:
            self._directions.directions_ready.emit(left)
            self.run_gone.emit(key)

        if ticket is not None:
            self._engine.jobs.cancel(ticket)
        used = self.used()
        job = self._engine.later(lambda s: s.runs.discard(key, used))
        self._engine.run("Discarding a run", job, gone, lane=QUICK)

    def _on_step(self, ticket: int, preview: object) -> None:
        if isinstance(preview, MethodPace):
            self.pace_ready.emit(preview.method, preview.seconds)
        if not isinstance(preview, RunNews):
            return
        self._runs[ticket] = preview.run
        if preview.found is not None:
            self._directions.directions_ready.emit(preview.found)
        self.run_stepped.emit(ticket, preview)

    def _on_job(self, job: JobInfo) -> None:
        if job.state in ("done", "failed", "cancelled"):
            self._alive.discard(job.ticket)

    def _say_paused(self) -> None:
        """Another model is being opened, for which runs of this one have to stand."""
        for run in (self._runs[ticket] for ticket in sorted(self._alive)):
            title = self._title(run.method)
            where = f"{title} is paused at step {run.step}." if run.step else f"{title} is paused."
            self._engine.notice.emit("info", f"{where} It waits in Discover, with its model.")

    def _title(self, method: str) -> str:
        if method == SEARCH:
            return "Finding directions"
        model = self._models.summary
        forms = model.methods if model else ()
        return next((form.title for form in forms if form.id == method), method)
