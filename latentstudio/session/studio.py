"""One open model and everything the window asks of it. No Qt; each method gives a job."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from latentstudio.core.errors import ResourceError
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.reading import ReferenceCurve
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.document.state import Document, Edit, Picture
from latentstudio.engine.device import (
    available_devices,
    choose_device,
    device_words,
    forget_peak,
    free_memory,
    peak_memory,
)
from latentstudio.engine.generator import Generator
from latentstudio.export.images import save_pixels
from latentstudio.generators.builtin import find_model
from latentstudio.generators.table import family
from latentstudio.session import bands, frames, library, methods, run_files
from latentstudio.session.cards import keep_card
from latentstudio.session.catalogue import class_names
from latentstudio.session.densities import reference
from latentstudio.session.last import keep_last
from latentstudio.session.messages import (
    Band,
    Film,
    Frame,
    ModelSummary,
    Pixels,
    RunInfo,
    RunNews,
)
from latentstudio.session.models import open_model
from latentstudio.session.renderer import Renderer
from latentstudio.session.runs import LiveRun

_THUMB_SEEDS = (0, 1, 2, 3)
_FILM_SIZE = 72
_THUMB_SIZE = 96
_PATIENCE = 4.0
"""Seconds the first small pictures may take before the model is shown without the rest."""


@dataclass(slots=True)
class OpenModel:
    """A model with its renderer and the directions known for it."""

    ref: str
    generator: Generator
    renderer: Renderer
    found: DirectionSet | None = None


@dataclass(slots=True)
class Studio:
    """The engine side of the window.

    Jobs of the preview thread (`show`, `bands`, `films`, `snap_back`, `thumb`) use the
    renderer; jobs of the background thread make what the renderer needs and hand it over by
    replacing a value, so the two share no cache.

    Attributes:
        report: Told, in a sentence, of things a person should hear once.
    """

    report: Callable[[str], None] = lambda _: None
    device: str = "auto"
    _model: OpenModel | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _runs: dict[str, LiveRun] = field(default_factory=dict)

    def open(self, ref: str) -> Job[ModelSummary]:
        """Open a model; the one open before stays until this one is ready."""
        told: list[str] = []
        device = self._device()
        forget_peak(device)
        job = open_model(ref, str(device), lambda label, seen: told.extend((label, seen)))
        generator = yield from part(job, 0.0, 0.9)
        renderer = Renderer(generator)
        thumbs: list[Pixels] = []
        first = time.perf_counter()
        for seed in _THUMB_SEEDS:  # a step for each: a large model takes its time
            if thumbs and time.perf_counter() - first > _PATIENCE:
                break  # one picture is enough to begin with
            yield Step(0.9 + 0.02 * seed, "First pictures")
            began = time.perf_counter()
            thumbs += renderer.small([Picture(seed)], _THUMB_SIZE)
        spent = 1000 * (time.perf_counter() - began)  # of the last one: the first ones warm up
        model = OpenModel(ref, generator, renderer)
        known = library.known_directions(generator, self.report)
        earlier = run_files.found_earlier(generator.info.fingerprint, self.report)
        for found in [*([known] if known else []), *earlier]:
            self._add(model, found)
        with self._lock:
            self._model = model
        info = generator.info
        summary = ModelSummary(
            ref=ref,
            info=info,
            title=family(info.family).label,
            device=device_words(generator.device),
            class_names=class_names(find_model(ref).stem, info.classes),
            thumbs=tuple(thumbs),
            recognised=told[0],
            seen=told[1],
            bytes=peak_memory(generator.device) or 4 * info.parameters,
            milliseconds=spent,
            on_card=generator.device.type != "cpu",
            methods=methods.forms(generator.info, generator.device.type == "cpu"),
            runs=run_files.paused_runs(generator.info.fingerprint),
        )
        keep_card(find_model(ref), summary)
        return summary

    def close(self) -> Job[None]:
        """Let the model go; its memory is free once no picture of it is being made."""
        with self._lock:
            self._model = None
        yield Step(0.5)
        free_memory()

    def devices(self) -> tuple[tuple[str, str], ...]:
        """Ids and names of what can compute here, fastest first; the processor is always there."""
        return tuple((str(device), device_words(device)) for device in available_devices())

    def _device(self) -> torch.device:
        """The device that was chosen; one that has gone is replaced by the fastest."""
        try:
            return choose_device(self.device)
        except ResourceError as error:
            self.report(error.sentence())
            return choose_device()

    def measure(self, label: int | None) -> Job[ReferenceCurve]:
        """Measure the density (of one class) and use it from the next picture on."""
        model = self._opened()
        density = yield from reference(model.generator, label, self.report)
        key = (label or 0) if model.generator.info.classes else None
        model.renderer.densities = {**model.renderer.densities, key: density}
        return density.curve()

    def default_directions(self) -> Job[DirectionSet]:
        """Find, or load, the directions that a model starts with."""
        model = self._opened()
        found = yield from self._adding(
            model, library.default_directions(model.generator, self.report)
        )
        return found

    def discover(self, method: str, pairs: Sequence[str]) -> Job[DirectionSet]:
        """Run a method and add what it finds."""
        model = self._opened()
        found = yield from library.discover(model.generator, method, pairs)
        return self._add(model, found)

    def run(self, run: RunInfo) -> Job[DirectionSet]:
        """Start a run, or go on with one that was paused; see `LiveRun.go`.

        Yields:
            Steps with `RunNews` whose `found` is all that is known of the model by now.
        """
        model = self._opened()
        direction = model.renderer.directions.get(run.of)
        live = self._runs[run.key] = LiveRun(model.generator, run, self.report, direction)
        try:
            found = yield from self._adding(model, live.go())
        finally:
            self._runs.pop(run.key, None)
        return found

    def save_run(self, key: str) -> Job[None]:
        """Put the state of a run on the disk now, between two of its steps."""
        if key in self._runs:
            self._runs[key].save()
        return
        yield

    def stop_run(self, key: str) -> Job[None]:
        """Let a run end before its next step, keeping what it found."""
        if key in self._runs:
            self._runs[key].stop()
        return
        yield

    def discard_run(self, key: str) -> Job[DirectionSet]:
        """Delete all of a run, and give the directions that are left."""
        model = self._opened()
        live = self._runs.get(key)
        if live is not None:
            live.discard()
        run_files.forget(model.generator.info.fingerprint, key)
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        left = tuple(d for d in found.directions if not d.id.startswith(f"{key}-"))
        model.found = replace(found, directions=left)
        model.renderer.directions = library.by_id(model.found)
        return model.found
        yield

    def show(self, picture: Picture) -> Job[Frame]:
        """Render one picture; see `frames.frame`."""
        return frames.frame(self._opened().renderer, picture)

    def bands(self, picture: Picture, ids: Iterable[str]) -> Job[Mapping[str, Band]]:
        """The safe range of each slider; ids that are not loaded are left out."""
        renderer = self._opened().renderer
        made: dict[str, Band] = {}
        for direction in ids:
            if direction in renderer.directions:
                made[direction] = bands.band(renderer, picture, direction)
                yield Step(0.0)
        return made

    def films(self, picture: Picture, counts: Mapping[str, int]) -> Job[None]:
        """Filmstrips, one frame a step so that previews get in between.

        Yields:
            After each strip, a step with its `Film` as the preview.
        """
        renderer = self._opened().renderer
        for done, (direction, count) in enumerate(counts.items()):
            if direction not in renderer.directions:
                continue
            known = renderer.directions[direction]
            amounts = frames.film_amounts(known.low, known.high, count)
            pixels: list[Pixels] = []
            for amount in amounts:
                moved = _with_amount(picture, direction, amount)
                pixels += renderer.small([moved], _FILM_SIZE)
                yield Step(done / len(counts))
            yield Step((done + 1) / len(counts), "", Film(direction, amounts, tuple(pixels)))

    def snap_back(self, picture: Picture) -> Job[tuple[Picture, Pixels]]:
        """The picture that snapping back would give, with a thumb of it."""
        renderer = self._opened().renderer
        target = bands.snap_back(renderer, picture)
        yield Step(0.5)
        return target, renderer.small([target], _THUMB_SIZE)[0]

    def thumb(self, picture: Picture) -> Job[Pixels]:
        """A small version of a picture, for the strip."""
        return self._opened().renderer.small([picture], _THUMB_SIZE)[0]
        yield

    def save_picture(self, picture: Picture, path: Path, scale: int, smooth: bool) -> Job[Path]:
        """Render once more, apart from the preview's caches, and write the file."""
        model = self._opened()
        yield Step(0.1, "Rendering")
        renderer = Renderer(model.generator)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        pixels = renderer.pixels(picture)
        yield Step(0.6, "Writing")
        save_pixels(pixels, path, scale=scale, smooth=smooth)
        return path

    def keep(self, doc: Document, pixels: Pixels) -> Job[None]:
        """Remember the document and its picture for the next start."""
        yield Step(0.5)
        keep_last(doc, pixels)

    def _opened(self) -> OpenModel:
        with self._lock:
            if self._model is None:
                raise RuntimeError("a job was started before any model was open")
            return self._model

    def _adding(self, model: OpenModel, job: Job[DirectionSet]) -> Job[DirectionSet]:
        """Add what a job finds, its provisional directions too, and give all there are."""
        with contextlib.closing(job):
            while True:
                try:
                    step = next(job)
                except StopIteration as stop:
                    return self._add(model, stop.value)
                news = step.preview
                if isinstance(news, DirectionSet):
                    step = replace(step, preview=self._add(model, news))
                elif isinstance(news, RunNews) and news.found is not None:
                    known = self._add(model, news.found)
                    step = replace(step, preview=replace(news, found=known))
                yield step

    def _add(self, model: OpenModel, found: DirectionSet) -> DirectionSet:
        merged = library.merge([model.found, found]) if model.found else found
        model.found = merged
        model.renderer.directions = library.by_id(merged)
        return merged


def _with_amount(picture: Picture, direction: str, amount: float) -> Picture:
    """The picture with one slider elsewhere, its mute lifted, and no solo of another."""
    old = picture.edit(direction)
    edit = replace(old, amount=amount, on=True) if old else Edit(direction, amount)
    rest = picture.without(direction)
    solo = None if picture.solo is None else direction
    return replace(rest, edits=(*rest.edits, edit), solo=solo)
