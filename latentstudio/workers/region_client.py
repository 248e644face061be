"""Painted regions: local sliders that get better, what leaks, trials on other pictures."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Picture
from latentstudio.session.region_messages import LocalNews, LocalRequest
from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import QUICK, SMALL, Engine


class RegionClient(QObject):
    """What the region panel asks for. A newer question replaces the one before."""

    sliders_ready = Signal(object)  # LocalNews, provisional or exact
    sliders_failed = Signal(object, str)  # LocalRequest, sentence
    progressed = Signal(float)  # of the question that is being answered, 0 to 1
    leak_ready = Signal(object)  # LeakNews, or None where no edit is local
    tries_ready = Signal(object)  # TrialNews, or None

    def __init__(self, engine: Engine, directions: DirectionClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._directions = engine, directions
        self._asked: tuple[int, LocalRequest | None] = (0, None)
        self._trying = 0
        self._leak = engine.latest(SMALL, interrupt=True)
        self._leak.ready.connect(self.leak_ready)
        engine.job_stepped.connect(self._on_step)
        engine.background.progressed.connect(self._on_progress)

    def want_sliders(self, request: LocalRequest) -> None:
        """Ask for local directions; answers that get better follow."""
        if not self._engine.open:
            return
        self._engine.jobs.cancel(self._asked[0])

        def done(news: LocalNews | None) -> None:
            if self._asked[1] is request:
                self._asked = (0, None)
            if news is not None:
                self._take(news)

        def failed(sentence: str) -> None:
            if self._asked[1] is request:
                self._asked = (0, None)
                self.sliders_failed.emit(request, sentence)

        words = "Looking for local directions" if request.use else "Looking at the picture"
        job = self._engine.later(lambda s: s.regions.sliders(request))
        ticket = self._engine.run(words, job, done, failed, QUICK)
        self._asked = (ticket, request)

    def drop(self) -> None:
        """Stop looking: what was learned of the picture is kept."""
        self._engine.jobs.cancel(self._asked[0])
        self._asked = (0, None)

    def want_leak(self, picture: Picture) -> None:
        """Ask what the picture's local edits do outside of their region."""
        self._engine.ask(self._leak, lambda s: s.leak(picture))

    def want_tries(self, direction: str, amount: float, picture: Picture) -> None:
        """Ask for a local direction on other pictures."""
        self._engine.jobs.cancel(self._trying)
        job = self._engine.later(lambda s: s.regions.tries(direction, amount, picture))
        self._trying = self._engine.run(
            "Trying it on others", job, self.tries_ready.emit, lane=QUICK
        )

    def keep(self, ids: Iterable[str], group: str = "") -> None:
        """Let local directions stay, also the next time the model opens."""
        wanted = tuple(ids)

        def done(found: DirectionSet) -> None:
            self._directions.directions_ready.emit(found)

        job = self._engine.later(lambda s: s.regions.keep(wanted, group))
        self._engine.run("Keeping local directions", job, done, lane=QUICK)

    def model_closed(self) -> None:
        """Drop all that was asked of the model that has gone."""
        self.drop()
        self._engine.jobs.cancel(self._trying)
        self._leak.drop()

    def _on_step(self, ticket: int, preview: object) -> None:
        if ticket == self._asked[0] and isinstance(preview, LocalNews):
            self._take(preview)

    def _on_progress(self, ticket: int, step: object) -> None:
        if ticket == self._asked[0]:
            self.progressed.emit(getattr(step, "fraction", 0.0))

    def _take(self, news: LocalNews) -> None:
        self._directions.directions_ready.emit(news.found)
        self.sliders_ready.emit(news)
