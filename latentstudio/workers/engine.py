"""The threads that compute, and the open model on them: what every client asks through.

Two QThreads. *preview* renders what is on screen, most urgent first: the picture, then bands,
thumbs and the way back, then filmstrips. *background* opens models and discovers, one after the
other, looks for local directions before them, measures and saves between their steps, and
compares directions when it has nothing else to do. Previews never wait for a discovery step, since
they have a thread of their own, which the background gives way to; torch releases the interpreter
lock while it computes. While a stroke waits for its first sliders, and while a large model's first
preview heads are fitted, no filmstrips are drawn.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentstudio.core.progress import Job, Step
from latentstudio.store.assets import DiskAssets
from latentstudio.workers.job_list import JobList, sentence_of
from latentstudio.workers.job_thread import JobThread
from latentstudio.workers.latest import Latest

if TYPE_CHECKING:
    from latentstudio.session.studio import Studio

PICTURE, SMALL, FILMS = range(3)
"""Lanes of the preview thread, most urgent first."""
FIRST, QUICK, STROKE, SOON, SEARCH, LONG, IDLE = range(7)
"""Lanes of the background thread: what a stroke waits for; between two steps of others; what
sharpens it; what is known soon of a model; what an artist will want, and long jobs, which take
turns; and what is done when there is nothing else."""
Done = Callable[[Any], None]
MakeJob = Callable[["Studio"], Job[Any]]


class Engine(QObject):
    """Submits jobs and hands their outcomes over on the GUI thread.

    Attributes:
        open: A model is open; jobs for one are made only then.
        assets: Masks and latents; what is put here the document can name at once.
    """

    job_changed = Signal(object)  # JobInfo
    job_stepped = Signal(int, object)  # ticket, what a step of a listed job shows
    notice = Signal(str, str)  # ok | info | warn | error, sentence
    restart_advised = Signal(str, str)  # a plugin's id, the harm that only a new process mends

    _reported = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.open = False
        self.assets = DiskAssets()
        self.studio: Studio | None = None
        self.preview = JobThread("preview", lanes=3, parent=self)
        self.background = JobThread(
            "background", lanes=7, parent=self, turns=(SEARCH, LONG), modest=True
        )
        self.jobs = JobList(self.background)
        self._films_wait_for: set[str] = set()
        self._endings: dict[int, tuple[Done, Done, Callable[[], None]]] = {}
        self.jobs.changed.connect(self.job_changed)
        self.jobs.stepped.connect(self.job_stepped)
        self.jobs.finished.connect(lambda ticket, result: self._endings.pop(ticket)[0](result))
        self.jobs.failed.connect(lambda ticket, text: self._endings.pop(ticket)[1](text))
        self.jobs.cancelled.connect(lambda ticket: self._endings.pop(ticket)[2]())
        self._reported.connect(self._say)

    def start(self, device: str, precision: str, loaded: Done) -> None:
        """Import torch on the background thread; `loaded` gets the devices there are."""

        def load() -> Job[Any]:
            yield Step(0.1, "Loading the engine")
            with _no_collections():
                from latentstudio.session.studio import Studio
            self.studio = Studio(
                self._reported.emit,
                device,
                precision,
                self.assets,
                advise_restart=self.restart_advised.emit,
            )
            return self.studio.devices()

        self.run("Starting the engine", load(), loaded)

    def later(self, make: MakeJob) -> Job[Any]:
        """A job made on its own thread, once the engine is there."""
        if self.studio is None:
            yield Step(0.0, "Waiting for the engine")
        assert self.studio is not None, "start() comes first"
        result = yield from make(self.studio)
        return result

    def run(
        self,
        title: str,
        job: Job[Any],
        done: Done,
        failed: Done | None = None,
        lane: int = LONG,
        *,
        cancelled: Callable[[], None] = lambda: None,
        pausable: bool = False,
        soft: bool = False,
    ) -> int:
        """Queue a job that the status bar shows; gives its ticket.

        Args:
            title: What it does, for example ``Finding directions``.
            job: From `later`.
            done: Given the result.
            failed: Given the sentence; None shows it as a notice.
            lane: Of the background thread.
            cancelled: Called when it was stopped.
            pausable: It can be paused, and go on.
            soft: It may end in the middle of a step; see `JobThread.submit`.
        """
        ticket = self.jobs.submit(title, job, lane, pausable=pausable, soft=soft)
        complain = failed or (lambda text: self.notice.emit("error", text))
        self._endings[ticket] = (done, complain, cancelled)
        return ticket

    def quietly(self, make: MakeJob) -> None:
        """Queue a quick job that nobody has to see."""
        self.background.submit(self.later(make), QUICK)

    def latest(
        self, lane: int, *, interrupt: bool = False, failed: Callable[[str], object] | None = None
    ) -> Latest:
        """A place on the preview thread where only the newest request matters.

        Args:
            lane: Of the preview thread.
            interrupt: See `Latest`.
            failed: Given the sentence; None shows it as a notice.
        """
        made = Latest(self.preview, lane, interrupt=interrupt)
        complain = failed or (lambda text: self.notice.emit("error", text))
        made.failed.connect(lambda error: complain(sentence_of(error)))
        return made

    def ask(self, latest: Latest, make: MakeJob) -> None:
        """Ask for the newest; without a model nothing is asked."""
        if self.open:
            latest.request(self.later(make))

    def hold_films(self, reason: str, held: bool) -> None:
        """Draw no filmstrips while there is a reason, or go on when there is none left."""
        (self._films_wait_for.add if held else self._films_wait_for.discard)(reason)
        self.preview.rest(FILMS if self._films_wait_for else FILMS + 1)

    @property
    def threads(self) -> tuple[JobThread, ...]:
        """Where jobs run."""
        return self.preview, self.background

    @Slot(str)
    def _say(self, text: str) -> None:
        """A slot, not a lambda: it must run on this thread, whoever emitted."""
        self.notice.emit("info", text)


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
