"""Painted regions: local sliders that get better, what leaks, trials on other pictures."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Picture
from latentstudio.session.region_messages import LocalNews, LocalRequest, PathNews, PathRequest
from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import (
    FIRST,
    IDLE,
    QUICK,
    SEARCH,
    SMALL,
    STROKE,
    Done,
    Engine,
    MakeJob,
)

STROKES = "strokes"
"""Why filmstrips wait."""


class RegionClient(QObject):
    """What the region panel asks for. A newer question replaces the one before."""

    sliders_ready = Signal(object)  # LocalNews, provisional or exact
    sliders_failed = Signal(object, str)  # LocalRequest, sentence
    progressed = Signal(float)  # of the question that is being answered, 0 to 1
    leak_ready = Signal(object)  # LeakNews, or None where no edit is local
    tries_ready = Signal(object)  # TrialNews, or None
    path_ready = Signal(object)  # PathNews, or None where there is nothing to bend
    path_failed = Signal(object, str)  # PathRequest, sentence
    held_ready = Signal(str)  # id of a direction that is held to a region now
    model_known = Signal()

    def __init__(self, engine: Engine, directions: DirectionClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._directions = engine, directions
        self._asked: tuple[int, LocalRequest | None] = (0, None)
        self._sharpening = False  # the first answers have been given
        self._trying = self._walking = self._knowing = 0
        self._leak = engine.latest(SMALL, interrupt=True)
        self._leak.ready.connect(self.leak_ready)
        engine.job_stepped.connect(self._on_step)
        engine.background.progressed.connect(self._on_progress)

    def want_sliders(self, request: LocalRequest) -> None:
        """Ask for local directions; answers that get better follow."""
        if not self._engine.open:
            return
        self._engine.jobs.cancel(self._asked[0])
        self._engine.jobs.cancel(self._walking)

        def go_on(_: None) -> None:
            if self._asked[1] is request:
                self._sharpening = True
                lane = STROKE if request.use else SEARCH
                done = partial(self._done, request)
                self._ask(request, lambda s: s.regions.sliders(request), done, lane)

        self._sharpening = False
        self._ask(request, lambda s: s.regions.first_sliders(request), go_on, FIRST)
        self._engine.hold_films(STROKES, request.use is not None)

    def _ask(self, request: LocalRequest, make: MakeJob, done: Done, lane: int) -> None:
        """A job for the newest question, in the place of the one before."""

        def failed(sentence: str) -> None:
            if self._over(request):
                self.sliders_failed.emit(request, sentence)

        def cancelled() -> None:
            self._over(request)

        words = "Looking for local directions" if request.use else "Looking at the picture"
        job = self._engine.later(make)
        ticket = self._engine.run(words, job, done, failed, lane, cancelled=cancelled)
        self._asked = (ticket, request)

    def _done(self, request: LocalRequest, news: LocalNews | None) -> None:
        self._over(request)
        if news is not None:
            self._take(news)

    def drop(self) -> None:
        """Stop looking: what was learned of the picture is kept."""
        self._engine.jobs.cancel(self._asked[0])
        self._over(self._asked[1])

    def _over(self, request: LocalRequest | None) -> bool:
        """Nobody waits for an answer any more, if it is the newest question's."""
        newest = self._asked[1] is request
        if newest:
            self._asked = (0, None)
            self._engine.hold_films(STROKES, False)
        return newest

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

    def want_path(self, request: PathRequest) -> None:
        """Ask how a local slider bends; in a newer question's place, and behind the sliders'.

        One in use goes before what else takes long.
        """
        self._engine.jobs.cancel(self._walking)
        job = self._engine.later(lambda s: s.regions.path(request))
        self._walking = self._engine.run(
            "Bending a local slider",
            job,
            self.path_ready.emit,
            lambda sentence: self.path_failed.emit(request, sentence),
            STROKE if request.used else SEARCH,
            soft=True,
        )

    def drop_path(self) -> None:
        """Stop working out a path."""
        self._engine.jobs.cancel(self._walking)

    def adopt(self, news: PathNews) -> None:
        """Let a path take the place of its straight slider."""

        def done(found: DirectionSet | None) -> None:
            if found is not None:
                self._directions.directions_ready.emit(found)

        job = self._engine.later(lambda s: s.regions.adopt(news))
        self._engine.run("Bending a local slider", job, done, lane=QUICK)

    def hold(self, request: PathRequest, title: str) -> None:
        """Ask for a direction of its own from any other, held to a region."""

        def done(answer: tuple[PathNews | None, DirectionSet | None]) -> None:
            news, found = answer
            if news is not None and found is not None:
                self._directions.directions_ready.emit(found)
                self.held_ready.emit(news.direction.id)

        job = self._engine.later(lambda s: s.regions.hold(request))
        self._engine.run(title, job, done, lane=SEARCH, soft=True)

    def know_model(self, request: LocalRequest) -> None:
        """Measure once, when nothing else is to be done, what first answers rest on."""
        if not self._engine.open or self._knowing:
            return

        def over(_: object = None) -> None:
            self._knowing = 0
            self.model_known.emit()

        job = self._engine.later(lambda s: s.regions.know_model(request))
        words = "Getting to know the model"
        self._knowing = self._engine.run(words, job, over, over, IDLE, cancelled=over)

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
        for ticket in (self._trying, self._walking, self._knowing):
            self._engine.jobs.cancel(ticket)
        self._leak.drop()

    def _on_step(self, ticket: int, preview: object) -> None:
        if ticket == self._asked[0] and isinstance(preview, LocalNews):
            self._take(preview)

    def _on_progress(self, ticket: int, step: object) -> None:
        if ticket == self._asked[0]:
            self.progressed.emit(getattr(step, "fraction", 0.0))

    def _take(self, news: LocalNews) -> None:
        if self._sharpening:
            self._engine.hold_films(STROKES, False)
        self._directions.directions_ready.emit(news.found)
        self.sliders_ready.emit(news)
