"""Pictures of the open model: the canvas, safe ranges, filmstrips, thumbs, the way back."""

import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from latentstudio.core.progress import Job, Step
from latentstudio.document.state import Picture
from latentstudio.render.messages import Drawn, Frame
from latentstudio.workers.engine import FILMS, IDLE, PICTURE, SEARCH, SMALL, SOON, Engine
from latentstudio.workers.latest import Latest

if TYPE_CHECKING:
    from latentstudio.session.studio import Studio

HEADS = "heads"
"""Why filmstrips wait."""
_HAND_OVER = 0.0002
"""Seconds in which the engine's thread gets Python's lock and reaches the network.

Else it waits until all that hears of the change on this thread has done with it.
"""
_REST_MS = 60
"""After the last coarse picture: a hand that moves has asked for another by then."""


class PreviewClient(QObject):
    """Only the newest request of each kind is made.

    Attributes:
        picture: What was asked for last, None before the first.
    """

    drawn = Signal(object)  # Drawn: the newest picture, before it has been judged
    frame_ready = Signal(object)  # Frame, the newest only
    original_ready = Signal(object)  # Frame
    reference_ready = Signal(object)  # ReferenceCurve
    judge_ready = Signal()
    judge_missing = Signal()
    bands_ready = Signal(object, object)  # Picture, {id: Band}
    film_ready = Signal(object, object)  # Picture, Film
    snap_ready = Signal(object, object)  # target Picture, Pixels
    walk_ready = Signal(object)  # WalkPicture
    place_ready = Signal(object)  # SliderPlace, or None
    thumb_ready = Signal(object, object)  # Picture, Pixels

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.picture: Picture | None = None
        self._labels: set[int | None] = set()
        self._thumbs: dict[int, Picture] = {}
        self._show = engine.latest(PICTURE)
        self._whole = engine.latest(PICTURE, interrupt=True)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._show_whole)
        self._original = engine.latest(PICTURE)
        self._bands = engine.latest(SMALL, interrupt=True)
        self._snap = engine.latest(SMALL, interrupt=True)
        self._walk = engine.latest(FILMS, interrupt=True)
        self._place = engine.latest(SMALL, interrupt=True)
        self._films = engine.latest(FILMS, interrupt=True)
        self._show.progressed.connect(self._on_drawn)
        self._show.ready.connect(self._on_frame)
        self._whole.progressed.connect(self._on_drawn)
        self._whole.ready.connect(self.frame_ready)
        self._original.ready.connect(self.original_ready)
        self._bands.ready.connect(lambda pair: self.bands_ready.emit(*pair))
        self._snap.ready.connect(lambda pair: self.snap_ready.emit(*pair))
        self._walk.ready.connect(self.walk_ready)
        self._place.ready.connect(self.place_ready)
        self._films.progressed.connect(self._on_film)
        engine.preview.finished.connect(self._on_thumb)

    def show(self, picture: Picture) -> None:
        """Render a picture; only the newest request is made.

        Where it takes long, a coarse one comes first, and the whole one when no newer request
        has come for a moment.
        """
        self.picture = picture
        if not self._engine.open:
            return
        self.measure(picture.label)
        self._films.drop()
        self._rest.stop()
        self._whole.drop()
        self._engine.ask(self._show, lambda s: s.pictures.show(picture, moving=True))
        time.sleep(_HAND_OVER)

    def show_original(self, picture: Picture) -> None:
        """Render the "before" of a comparison."""
        self._engine.ask(self._original, lambda s: s.pictures.show(picture))

    def want_bands(self, picture: Picture, ids: Iterable[str]) -> None:
        """Ask for the safe ranges of some sliders; a newer request replaces this one."""
        wanted = tuple(ids)
        self._engine.ask(self._bands, lambda s: _paired(picture, s.pictures.bands(picture, wanted)))

    def want_films(
        self,
        picture: Picture,
        counts: Mapping[str, int],
        ends: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        """Ask for filmstrips of some directions, 3 or 7 frames each; a newer one replaces it."""
        wanted, reach = dict(counts), dict(ends or {})
        self._engine.ask(
            self._films, lambda s: _with_picture(picture, s.pictures.films(picture, wanted, reach))
        )

    def want_snap_back(self, picture: Picture) -> None:
        """Ask where snapping back would lead."""
        self._engine.ask(self._snap, lambda s: s.pictures.snap_back(picture))

    def want_place(self, picture: Picture, direction: str, amount: float) -> None:
        """Ask what lies at one amount of a slider; a newer request replaces this one."""
        self._engine.ask(self._place, lambda s: s.pictures.place(picture, direction, amount))

    def want_walk(self, picture: Picture, direction: str) -> None:
        """Ask where each kind of walk leads along one slider; a newer request replaces it."""
        self._engine.ask(self._walk, lambda s: s.pictures.walk(picture, direction))

    def want_thumb(self, picture: Picture) -> None:
        """Ask for a small version of a picture."""
        if self._engine.open:
            job = self._engine.later(lambda s: _paired(picture, s.pictures.thumb(picture)))
            self._thumbs[self._engine.preview.submit(job, SMALL, soft=True)] = picture

    def measure(self, label: int | None) -> None:
        """Measure the density of a class, once while a model is open."""
        if label in self._labels:
            return
        self._labels.add(label)
        job = self._engine.later(lambda s: s.measure(label))
        self._engine.run("Measuring the density", job, self._on_measured, lane=SOON)

    def teach_judge(self, label: int | None) -> None:
        """Have the model's own pictures teach a judge; `judge_ready` or `judge_missing` follows."""

        def ready(_: object) -> None:
            self.judge_ready.emit()
            if self.picture is not None:
                self.show(self.picture)

        def failed(sentence: str) -> None:
            self._engine.notice.emit("error", sentence)
            self.judge_missing.emit()

        job = self._engine.later(lambda s: s.teach_judge(label))
        title = "Learning what its pictures look like"
        self._engine.run(title, job, ready, failed, cancelled=self.judge_missing.emit)

    def prepare(self) -> None:
        """Make ready for coarse pictures: soon from a few examples, later from many."""

        def ready(_: object = None) -> None:  # the next picture that moves uses them
            self._engine.hold_films(HEADS, False)

        self._engine.hold_films(HEADS, True)  # a strip of whole pictures takes longer than heads
        words = "Preparing previews"
        job = self._engine.later(partial(_prepared, all=False))
        self._engine.run(words, job, ready, ready, SEARCH, cancelled=ready)
        job = self._engine.later(partial(_prepared, all=True))
        self._engine.run(words, job, lambda _: None, lane=IDLE)

    def model_opened(self) -> None:
        """Another model is there, whose density is not known."""
        self._labels.clear()

    def model_closed(self) -> None:
        """Drop all that was asked of the model that has gone."""
        self.picture = None
        self._rest.stop()
        for request in self._requests():
            request.drop()
        for ticket in self._thumbs:
            self._engine.preview.cancel(ticket)

    def _requests(self) -> tuple[Latest, ...]:
        pictures = self._show, self._whole, self._original
        return *pictures, self._bands, self._snap, self._films, self._walk, self._place

    def _on_frame(self, frame: Frame) -> None:
        self.frame_ready.emit(frame)
        if frame.coarse and frame.picture == self.picture:
            self._rest.start()

    def _show_whole(self) -> None:
        picture = self.picture
        if picture is not None:
            self._engine.ask(self._whole, lambda s: s.pictures.show(picture))

    def _on_measured(self, curve: object) -> None:
        self.reference_ready.emit(curve)
        if self.picture is not None:
            self.show(self.picture)

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


def _prepared(studio: "Studio", *, all: bool) -> Job[None]:
    return studio.prepare_previews(all)


def _paired(picture: Picture, job: Job[Any]) -> Job[Any]:
    """The job's result with the picture it was made for."""
    result = yield from job
    return picture, result


def _with_picture(picture: Picture, job: Job[Any]) -> Job[Any]:
    """The same for the previews of a job's steps."""
    for step in job:
        preview = None if step.preview is None else (picture, step.preview)
        yield Step(step.fraction, step.message, preview)
