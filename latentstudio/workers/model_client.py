"""The open model: which one, how its file is read, and what computes it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentstudio.session.messages import ModelSummary
from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import QUICK, Engine, MakeJob
from latentstudio.workers.preview_client import PreviewClient


class ModelClient(QObject):
    """Opens one model at a time; see `session.studio`.

    Attributes:
        device: Where the next model is opened; see `set_device`.
        precision: What pictures are computed in; see `set_precision`.
        summary: Of the model that is or was open, None before the first.
    """

    engine_ready = Signal()
    devices_ready = Signal(object)  # ((id, name), ...), fastest first
    device_changed = Signal(str)  # id, or auto
    precision_changed = Signal(str)
    model_opened = Signal(object)  # ModelSummary
    model_failed = Signal(str, str)  # ref, sentence; empty when it was cancelled
    model_closed = Signal()
    leaving = Signal()
    """Whatever works with the open model is about to be stopped."""

    def __init__(
        self,
        engine: Engine,
        previews: PreviewClient,
        directions: DirectionClient,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine, self._previews, self._directions = engine, previews, directions
        self.device = "auto"
        self.precision = "float32"
        self.summary: ModelSummary | None = None
        self._ref = ""
        self._opening: int | None = None

    @property
    def opening(self) -> bool:
        """A model is on its way."""
        return self._opening is not None

    def start(self) -> None:
        """Start the engine; `engine_ready` follows, and which devices there are."""

        def loaded(devices: Any) -> None:
            self.engine_ready.emit()
            self.devices_ready.emit(devices)

        self._engine.start(self.device, self.precision, loaded)

    def open_model(self, ref: str) -> None:
        """Open a file or a built-in name; what runs for the model before is cancelled."""
        self._start_opening(ref, f"Opening {Path(ref).name}", lambda s: s.open(ref))

    def reread(self, values: Mapping[str, Any]) -> None:
        """Read the open model's file in another way; `model_opened` follows, or `model_failed`.

        Args:
            values: What to decide, by name; the rest is as it was guessed.
        """
        if self._engine.open:
            title, chosen = f"Reading {Path(self._ref).name} anew", dict(values)
            self._start_opening(self._ref, title, lambda s: s.reread(chosen))

    def close_model(self) -> None:
        """Let the open model go and give its memory back; `model_closed` follows."""
        if not self._engine.open:
            return
        self.leaving.emit()
        self._engine.open, self._ref = False, ""
        self._engine.jobs.cancel_all()
        self._previews.model_closed()
        job = self._engine.later(lambda s: s.close())
        self._engine.run("Closing the model", job, lambda _: self.model_closed.emit(), lane=QUICK)

    def set_device(self, device: str) -> None:
        """Compute elsewhere from now on: the open model is opened there again."""
        if device == self.device:
            return
        self.device = device
        self.device_changed.emit(device)
        if self._engine.studio is not None:
            self._engine.studio.device = device
        if self._ref:
            self.open_model(self._ref)

    def set_precision(self, precision: str) -> None:
        """Compute pictures in another precision from now on."""
        if precision == self.precision:
            return
        self.precision = precision
        self.precision_changed.emit(precision)
        if self._engine.studio is not None:
            self._engine.studio.precision = precision
        if self.summary is not None:
            self.reread(self.summary.assumptions.chosen)

    def _start_opening(self, ref: str, title: str, make: MakeJob) -> None:
        if self._engine.open:
            self.leaving.emit()
            self._engine.jobs.cancel_all()

        def ended() -> None:
            if ticket == self._opening:
                self._opening = None

        def failed(sentence: str) -> None:
            ended()
            self.model_failed.emit(ref, sentence)

        def cancelled() -> None:
            if ticket == self._opening:  # no later one has taken its place
                failed("")

        def opened(summary: ModelSummary) -> None:
            ended()
            self._opened(ref, summary)

        job = self._engine.later(make)
        ticket = self._engine.run(title, job, opened, failed, cancelled=cancelled, soft=True)
        self._opening = ticket

    def _opened(self, ref: str, summary: ModelSummary) -> None:
        self._engine.open, self._ref = True, ref
        self.summary = summary
        self._previews.model_opened()
        self.model_opened.emit(summary)
        shown = self._previews.picture
        self._directions.find_default()
        self._previews.measure(shown.label if shown else None)
        if summary.previews:
            self._previews.prepare()
