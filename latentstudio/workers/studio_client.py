"""The window's only door to the engine: asks by methods, answers by signals on the GUI thread.

Two QThreads. *preview* renders what is on screen, most urgent first: the picture, then bands,
thumbs and the way back, then filmstrips. *background* opens models and discovers, one after the
other, measures and saves between their steps, and compares directions when it has nothing else
to do. Previews never wait for a discovery step,
since they have a thread of their own; torch releases the interpreter lock while it computes.
"""

import contextlib
import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import DirectionSet
from latentstudio.document.run_info import RunInfo
from latentstudio.document.state import Document, Picture
from latentstudio.evaluate.messages import Measures
from latentstudio.render.messages import Drawn
from latentstudio.session.messages import ModelSummary, RunNews
from latentstudio.store import run_files
from latentstudio.workers.job_list import JobList, sentence_of
from latentstudio.workers.job_thread import CLOSING, JobThread
from latentstudio.workers.latest import Latest
from latentstudio.workers.library_client import LibraryClient

if TYPE_CHECKING:
    from latentstudio.session.studio import Studio

_PICTURE, _SMALL, _FILMS = range(3)
_QUICK, _LONG, _IDLE = range(3)
Done = Callable[[Any], None]


class StudioClient(QObject):
    """See the module. Requests made before a model is open wait until it is."""

    engine_ready = Signal()
    kind_told = Signal(str, bool)  # path, whether it holds directions
    model_opened = Signal(object)  # ModelSummary
    model_failed = Signal(str, str)  # ref, sentence; empty when it was cancelled
    model_closed = Signal()
    devices_ready = Signal(object)  # ((id, name), ...), fastest first
    device_changed = Signal(str)  # id, or auto
    precision_changed = Signal(str)
    drawn = Signal(object)  # Drawn: the newest picture, before it has been judged
    frame_ready = Signal(object)  # Frame, the newest only
    original_ready = Signal(object)  # Frame
    reference_ready = Signal(object)  # ReferenceCurve
    directions_ready = Signal(object)  # DirectionSet: all that are known for the open model
    directions_failed = Signal(str)  # sentence
    bands_ready = Signal(object, object)  # Picture, {id: Band}
    measures_ready = Signal(object)  # Measures
    changes_ready = Signal(object)  # Changes
    film_ready = Signal(object, object)  # Picture, Film
    snap_ready = Signal(object, object)  # target Picture, Pixels
    thumb_ready = Signal(object, object)  # Picture, Pixels
    saved = Signal(str)  # path
    job_changed = Signal(object)  # JobInfo
    run_queued = Signal(int, object)  # ticket, RunInfo
    run_stepped = Signal(int, object)  # ticket, RunNews
    run_gone = Signal(str)  # key of a run that was discarded
    notice = Signal(str, str)  # ok | info | warn | error, sentence

    _reported = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = "auto"
        """Where the next model is opened; see `set_device`."""
        self.precision = "float32"
        """What pictures are computed in; see `set_precision`."""
        self._studio: Studio | None = None
        self._open = False
        self._ref = ""
        self._opening = 0
        self._model: ModelSummary | None = None
        self._runs: dict[int, RunInfo] = {}
        self._picture: Picture | None = None
        self._measuring: tuple[int, tuple[str, ...]] = (0, ())
        self._labels: set[int | None] = set()
        self._preview = JobThread("preview", lanes=3, parent=self)
        self._background = JobThread("background", lanes=3, parent=self)
        self._jobs = JobList(self._background)
        self._endings: dict[int, tuple[Done, Done, Callable[[], None]]] = {}
        self._thumbs: dict[int, Picture] = {}
        self._show = Latest(self._preview, _PICTURE)
        self._original = Latest(self._preview, _PICTURE)
        self._bands = Latest(self._preview, _SMALL, interrupt=True)
        self._snap = Latest(self._preview, _SMALL, interrupt=True)
        self._films = Latest(self._preview, _FILMS, interrupt=True)
        self.library = LibraryClient(partial(self._run, lane=_QUICK), self)
        self._connect()

    def start(self) -> None:
        """Import torch on the background thread; `engine_ready` follows."""

        def load() -> Job[Any]:
            yield Step(0.1, "Loading the engine")
            with _no_collections():
                from latentstudio.session.studio import Studio
            self._studio = Studio(self._reported.emit, self.device, self.precision)
            return self._studio.devices()

        def loaded(devices: Any) -> None:
            self.engine_ready.emit()
            self.devices_ready.emit(devices)

        self._run("Starting the engine", load(), loaded)

    def open_model(self, ref: str) -> None:
        """Open a file or a built-in name; what runs for the model before is cancelled."""
        self._start_opening(ref, f"Opening {Path(ref).name}", lambda s: s.open(ref))

    def reread(self, values: Mapping[str, Any]) -> None:
        """Read the open model's file in another way; `model_opened` follows, or `model_failed`.

        Args:
            values: What to decide, by name; the rest is as it was guessed.
        """
        if self._open:
            title, chosen = f"Reading {Path(self._ref).name} anew", dict(values)
            self._start_opening(self._ref, title, lambda s: s.reread(chosen))

    def _start_opening(
        self, ref: str, title: str, make: "Callable[[Studio], Job[ModelSummary]]"
    ) -> None:
        if self._open:
            self._jobs.cancel_all()

        def opened(summary: Any) -> None:
            self._open, self._ref = True, ref
            self._model = summary
            self._labels.clear()
            self.model_opened.emit(summary)
            label = self._picture.label if self._picture else None
            if label not in self._labels:  # unless a listener showed a picture already
                self._measure(label)
            self._run(
                "Finding directions",
                self._later(lambda s: s.default_directions()),
                self.directions_ready.emit,
                self.directions_failed.emit,
                cancelled=lambda: self.directions_failed.emit("The search was stopped."),
            )

        def failed(sentence: str) -> None:
            self.model_failed.emit(ref, sentence)

        def cancelled() -> None:
            if ticket == self._opening:  # no later one has taken its place
                failed("")

        job = self._later(make)
        ticket = self._opening = self._run(
            title, job, opened, failed, cancelled=cancelled, soft=True
        )

    def close_model(self) -> None:
        """Let the open model go and give its memory back; `model_closed` follows."""
        if not self._open:
            return
        self._open, self._ref, self._picture = False, "", None
        self._jobs.cancel_all()
        for request in (self._show, self._original, self._bands, self._snap, self._films):
            request.drop()
        for ticket in self._thumbs:
            self._preview.cancel(ticket)
        job = self._later(lambda s: s.close())
        self._run("Closing the model", job, lambda _: self.model_closed.emit(), lane=_QUICK)

    def set_device(self, device: str) -> None:
        """Compute elsewhere from now on: the open model is opened there again."""
        if device == self.device:
            return
        self.device = device
        self.device_changed.emit(device)
        if self._studio is not None:
            self._studio.device = device
        if self._ref:
            self.open_model(self._ref)

    def set_precision(self, precision: str) -> None:
        """Compute pictures in another precision from now on."""
        if precision == self.precision:
            return
        self.precision = precision
        self.precision_changed.emit(precision)
        if self._studio is not None:
            self._studio.precision = precision
        if self._model is not None:
            self.reread(self._model.reading.chosen)

    def show(self, picture: Picture) -> None:
        """Render a picture; only the newest request is made."""
        self._picture = picture
        if not self._open:
            return
        if picture.label not in self._labels:
            self._measure(picture.label)
        self._films.drop()
        self._show.request(self._later(lambda s: s.show(picture)))

    def show_original(self, picture: Picture) -> None:
        """Render the "before" of a comparison."""
        self._ask(self._original, lambda s: s.show(picture))

    def want_bands(self, picture: Picture, ids: Iterable[str]) -> None:
        """Ask for the safe ranges of some sliders; a newer request replaces this one."""
        wanted = tuple(ids)
        self._ask(self._bands, lambda s: _paired(picture, s.bands(picture, wanted)))

    def want_films(self, picture: Picture, counts: Mapping[str, int]) -> None:
        """Ask for filmstrips of some directions, 3 or 7 frames each; a newer one replaces it."""
        wanted = dict(counts)
        self._ask(self._films, lambda s: _with_picture(picture, s.films(picture, wanted)))

    def want_measures(self, ids: Iterable[str]) -> None:
        """Ask how strong and local directions are; made when nothing else is to be done.

        A newer question replaces the one before; what has been measured is kept.
        """
        wanted = tuple(ids)
        if not self._open or wanted == self._measuring[1]:
            return
        self._jobs.cancel(self._measuring[0])

        def forget(_: object = None) -> None:
            if self._measuring[1] == wanted:
                self._measuring = (0, ())

        def done(found: Any) -> None:
            forget()
            self.measures_ready.emit(found)

        job = self._later(lambda s: s.measures(wanted))
        ticket = self._run("Measuring directions", job, done, forget, _IDLE, cancelled=forget)
        self._measuring = (ticket, wanted)

    def want_changes(self, id: str) -> None:
        """Ask what a direction changes; a predictor that fails gives no answer."""
        if self._open:
            job = self._later(lambda s: s.changes(id))
            words = "Reading what a direction changes"
            self._run(words, job, self.changes_ready.emit, lambda _: None, _QUICK)

    def want_snap_back(self, picture: Picture) -> None:
        """Ask where snapping back would lead."""
        self._ask(self._snap, lambda s: s.snap_back(picture))

    def want_thumb(self, picture: Picture) -> None:
        """Ask for a small version of a picture."""
        if self._open:
            job = self._later(lambda s: _paired(picture, s.thumb(picture)))
            self._thumbs[self._preview.submit(job, _SMALL, soft=True)] = picture

    def discover(self, method: str, pairs: Sequence[str] = ()) -> int:
        """Run a discovery method; its directions are added when it ends."""
        job = self._later(lambda s: s.discover(method, pairs))
        return self._run(f"Finding directions: {method}", job, self.directions_ready.emit)

    def want_kind(self, path: str) -> None:
        """Ask whether a file holds directions or a model; `kind_told` follows."""
        source = Path(path)

        def model(_: object = None) -> None:
            self.kind_told.emit(path, False)

        job = self._later(lambda s: s.holds_directions(source))
        self._run(
            f"Reading {source.name}",
            job,
            lambda found: self.kind_told.emit(path, bool(found)),
            model,
            _LONG if self._studio is None else _QUICK,  # behind the engine's own start
        )

    def import_directions(self, path: str) -> None:
        """Bring the directions of a file or folder to the open model."""
        if not self._open:
            self.notice.emit("error", "Directions need a model. Open the one they are for first.")
            return
        source = Path(path)
        job = self._later(lambda s: s.import_directions(source))

        def done(found: Any) -> None:
            self.directions_ready.emit(found)
            self.notice.emit("ok", f"The directions of {source.name} are in the list.")

        self._run(f"Reading {source.name}", job, done, lane=_QUICK)

    def start_run(
        self, method: str, options: Mapping[str, Any], seed: int, of: str = ""
    ) -> int | None:
        """Queue a run of a discovery method on the open model; its ticket, or None.

        `of` names the direction it works on, where the method works on one.

        `run_queued` follows at once, `run_stepped` after each step.
        """
        assert self._model is not None, "a run needs an open model"
        try:
            run = run_files.new_run(self._model.info.fingerprint, method, options, seed, of)
        except LatentStudioError as error:
            self.notice.emit("error", sentence_of(error))
            return None
        return self.resume_run(run)

    def resume_run(self, run: RunInfo) -> int:
        """Queue a run that was paused in an earlier session."""
        job = self._later(lambda s: s.run(run))
        title = self._method_title(run.method)
        ticket = self._run(title, job, self.directions_ready.emit, pausable=bool(run.steps))
        self._runs[ticket] = run
        self.run_queued.emit(ticket, run)
        return ticket

    def pause(self, ticket: int) -> None:
        """Leave a run standing, with its state on the disk."""
        self._jobs.pause(ticket)
        if ticket in self._runs:
            key = self._runs[ticket].key
            self._background.submit(self._later(lambda s: s.save_run(key)), _QUICK)

    def resume(self, ticket: int) -> None:
        """Let a paused run go on."""
        self._jobs.resume(ticket)

    def stop_run(self, ticket: int) -> None:
        """End a run now and keep what it found."""
        key = self._runs[ticket].key
        self._background.submit(self._later(lambda s: s.stop_run(key)), _QUICK)
        self._jobs.resume(ticket)

    def discard_run(self, key: str) -> None:
        """End a run, if it still works, and forget all it found."""
        job = self._later(lambda s: s.discard_run(key))
        ticket = next((t for t, run in self._runs.items() if run.key == key), None)

        def gone(left: DirectionSet) -> None:
            self.directions_ready.emit(left)
            self.run_gone.emit(key)

        if ticket is not None:
            self._jobs.cancel(ticket)
        self._run("Discarding a run", job, gone, lane=_QUICK)

    def save_picture(
        self, picture: Picture, path: str, scale: int = 1, smooth: bool = False
    ) -> None:
        """Write a picture as PNG, WebP or JPEG, by the file's ending."""
        target = Path(path)
        job = self._later(lambda s: s.save_picture(picture, target, scale, smooth))
        self._run(f"Saving {target.name}", job, lambda p: self.saved.emit(str(p)), lane=_QUICK)

    def save_directions(self, doc: Document, path: str) -> None:
        """Write the directions of a document's edits, in their order, as a preset."""
        target = Path(path)
        ids = [edit.direction for edit in doc.picture.edits]
        job = self._later(lambda s: s.save_directions(doc, ids, target))
        self._run(f"Saving {target.name}", job, lambda p: self.saved.emit(str(p)), lane=_QUICK)

    def cancel(self, ticket: int) -> None:
        """Stop a job of the status bar."""
        self._jobs.cancel(ticket)
        self.library.cancel(ticket)

    def close(self, seconds: float = CLOSING) -> bool:
        """Stop everything; at most one step of each thread is waited for.

        Args:
            seconds: How long at most, for all together.

        Returns:
            Whether all have ended; see `JobThread.close`.
        """
        end = time.monotonic() + seconds
        threads = (self._preview, self._background, *self.library.threads)
        for thread in threads:
            thread.begin_closing()
        ended = [thread.close(end - time.monotonic()) for thread in threads]
        return all(ended)

    def _connect(self) -> None:
        self._jobs.changed.connect(self.job_changed)
        self.library.job_changed.connect(self.job_changed)
        self._jobs.stepped.connect(self._on_step)
        self._jobs.finished.connect(lambda ticket, result: self._endings.pop(ticket)[0](result))
        self._jobs.failed.connect(lambda ticket, text: self._endings.pop(ticket)[1](text))
        self._jobs.cancelled.connect(lambda ticket: self._endings.pop(ticket)[2]())
        self._show.progressed.connect(self._on_drawn)
        self._show.ready.connect(self.frame_ready)
        self._original.ready.connect(self.original_ready)
        self._bands.ready.connect(lambda pair: self.bands_ready.emit(*pair))
        self._snap.ready.connect(lambda pair: self.snap_ready.emit(*pair))
        self._films.progressed.connect(self._on_film)
        self._preview.finished.connect(self._on_thumb)
        self._reported.connect(self._say)
        for request in (self._show, self._original, self._bands, self._snap, self._films):
            request.failed.connect(lambda error: self.notice.emit("error", sentence_of(error)))

    def _run(
        self,
        title: str,
        job: Job[Any],
        done: Done,
        failed: Done | None = None,
        lane: int = _LONG,
        cancelled: Callable[[], None] = lambda: None,
        pausable: bool = False,
        soft: bool = False,
    ) -> int:
        ticket = self._jobs.submit(title, job, lane, pausable=pausable, soft=soft)
        complain = failed or (lambda text: self.notice.emit("error", text))
        self._endings[ticket] = (done, complain, cancelled)
        return ticket

    def _later(self, make: "Callable[[Studio], Job[Any]]") -> Job[Any]:
        """A job made on its own thread, once the engine is there."""
        if self._studio is None:
            yield Step(0.0, "Waiting for the engine")
        assert self._studio is not None, "start() comes first"
        result = yield from make(self._studio)
        return result

    def _ask(self, latest: Latest, make: "Callable[[Studio], Job[Any]]") -> None:
        if self._open:
            latest.request(self._later(make))

    def _measure(self, label: int | None) -> None:
        self._labels.add(label)
        job = self._later(lambda s: s.measure(label))
        self._run("Measuring the density", job, self._on_measured, lane=_QUICK)

    def _on_measured(self, curve: object) -> None:
        self.reference_ready.emit(curve)
        if self._picture is not None:
            self.show(self._picture)

    def _on_step(self, ticket: int, preview: object) -> None:
        if isinstance(preview, DirectionSet):
            self.directions_ready.emit(preview)
        elif isinstance(preview, Measures):
            self.measures_ready.emit(preview)
        elif isinstance(preview, RunNews):
            self._runs[ticket] = preview.run
            if preview.found is not None:
                self.directions_ready.emit(preview.found)
            self.run_stepped.emit(ticket, preview)

    def _method_title(self, method: str) -> str:
        forms = self._model.methods if self._model else ()
        return next((form.title for form in forms if form.id == method), method)

    @Slot(str)
    def _say(self, text: str) -> None:
        """A slot, not a lambda: it must run on this thread, whoever emitted."""
        self.notice.emit("info", text)

    def _on_drawn(self, step: Step) -> None:
        if isinstance(step.preview, Drawn):
            self.drawn.emit(step.preview)

    def _on_film(self, step: Step) -> None:
        if step.preview is not None:
            picture, film = step.preview
            self.film_ready.emit(picture, film)

    def _on_thumb(self, ticket: int, result: object) -> None:
        if self._thumbs.pop(ticket, None) is not None and isinstance(result, tuple):
            self.thumb_ready.emit(*result)


@contextlib.contextmanager
def _no_collections() -> Iterator[None]:
    """Import torch without looking for garbage, then or later, among what it makes.

    It leaves some 300,000 objects that stay: walking over them all takes a tenth of a second,
    several times while they are made, and now and then in the middle of a drag.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _paired(picture: Picture, job: Job[Any]) -> Job[Any]:
    """The job's result with the picture it was made for."""
    result = yield from job
    return picture, result


def _with_picture(picture: Picture, job: Job[Any]) -> Job[Any]:
    """The same for the previews of a job's steps."""
    for step in job:
        preview = None if step.preview is None else (picture, step.preview)
        yield Step(step.fraction, step.message, preview)
