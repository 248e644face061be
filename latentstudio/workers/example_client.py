"""Directions by example: samples to mark, what marks say, and the change between two pictures."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Step
from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Picture
from latentstudio.session.example_messages import ExampleFit, Marks, SamplePicture
from latentstudio.store import run_files
from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import FILMS, LONG, QUICK, Engine
from latentstudio.workers.job_list import sentence_of
from latentstudio.workers.model_client import ModelClient


class ExampleClient(QObject):
    """What the page of examples asks for."""

    sample_ready = Signal(object)  # SamplePicture
    prepared = Signal()
    fitted = Signal(object)  # ExampleFit
    failed = Signal(str)  # why marks give no direction
    uncertain_ready = Signal(object)  # seeds
    change_ready = Signal(str)  # id of the direction that a change gives

    def __init__(
        self, engine: Engine, models: ModelClient, directions: DirectionClient, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine, self._models, self._directions = engine, models, directions
        self._fitting = self._asking = self._preparing = 0
        self._samples = engine.latest(FILMS, interrupt=True)
        self._samples.progressed.connect(self._on_step)

    def new_key(self) -> str | None:
        """A key for another direction of the open model; None where the disk refuses, told."""
        model = self._models.summary
        assert model is not None, "examples need an open model"
        try:
            return run_files.new_run(model.info.fingerprint, run_files.BY_EXAMPLE, {}, 0).key
        except LatentStudioError as error:
            self._engine.notice.emit("error", sentence_of(error))
            return None

    def want_samples(self, seeds: Sequence[int], label: int | None, side: int) -> None:
        """Ask for pictures of seeds; they come one by one."""
        wanted = tuple(seeds)
        self._engine.ask(self._samples, lambda s: s.examples.samples(wanted, label, side))

    def prepare(self) -> None:
        """Get to know the model's pictures; `prepared` follows."""
        self._engine.jobs.cancel(self._preparing)
        job = self._engine.later(lambda s: s.examples.prepare())
        words = "Getting to know the model’s pictures"
        self._preparing = self._engine.run(words, job, lambda _: self.prepared.emit(), lane=LONG)

    def fit(self, marks: Marks, key: str, name: str) -> None:
        """Ask what marks say; a newer question replaces the one before."""
        self._engine.jobs.cancel(self._fitting)

        def done(found: ExampleFit) -> None:
            self._directions.directions_ready.emit(found.found)
            self.fitted.emit(found)

        job = self._engine.later(lambda s: s.examples.fit(marks, key, name))
        words = "Learning from examples"
        self._fitting = self._engine.run(words, job, done, self.failed.emit, QUICK)

    def ask(self, marks: Marks, first: int, count: int) -> None:
        """Ask for pictures that the marks leave open; `uncertain_ready` follows."""
        self._engine.jobs.cancel(self._asking)
        job = self._engine.later(lambda s: s.examples.uncertain(marks, first, count))
        words = "Looking for uncertain pictures"
        done = self.uncertain_ready.emit
        self._asking = self._engine.run(words, job, done, self.failed.emit, QUICK)

    def keep(self, key: str, name: str) -> None:
        """Keep the direction of a key."""
        job = self._engine.later(lambda s: s.examples.keep(key, name))
        words = f"Keeping {name}"
        self._engine.run(words, job, self._directions.directions_ready.emit, lane=QUICK)

    def change(self, before: Picture, after: Picture, name: str) -> None:
        """Make the change between two pictures a direction; `change_ready` follows."""
        key = self.new_key()
        if key is None:
            return

        def done(found: DirectionSet) -> None:
            self._directions.directions_ready.emit(found)
            self.change_ready.emit(f"{key}-0")

        job = self._engine.later(lambda s: s.examples.change(before, after, key, name))
        self._engine.run("Comparing two pictures", job, done, lane=QUICK)

    def stop(self) -> None:
        """Nobody waits any more."""
        self._samples.drop()
        for ticket in (self._fitting, self._asking, self._preparing):
            self._engine.jobs.cancel(ticket)

    def _on_step(self, step: Step) -> None:
        if isinstance(step.preview, SamplePicture):
            self.sample_ready.emit(step.preview)
