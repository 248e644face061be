"""One open model and everything the window asks of it. No Qt; each method gives a job."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from latentstudio.core import attempts
from latentstudio.core.errors import OptionError, ResourceError
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.reading import ReferenceCurve
from latentstudio.discovery.start import discover
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.document.run_info import RunInfo
from latentstudio.document.state import Document, Edit, MaskUse, Picture
from latentstudio.engine.device import (
    available_devices,
    choose_device,
    device_words,
    forget_peak,
    free_memory,
)
from latentstudio.engine.generator import Generator
from latentstudio.engine.head_fitting import PICTURES
from latentstudio.evaluate import effects
from latentstudio.evaluate.messages import Changes, Measures
from latentstudio.exchange.latent_files import LatentsError
from latentstudio.exchange.previews import write_with_previews
from latentstudio.exchange.sharing import as_left, with_masks
from latentstudio.exchange.vector_files import holds_vectors
from latentstudio.export.images import save_pixels
from latentstudio.generators.builtin import builtin_models, find_model
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pictures import Photo
from latentstudio.render import bands, frames
from latentstudio.render.messages import Band, Film, Frame, Pixels
from latentstudio.render.renderer import Renderer
from latentstudio.render.useful_ends import UsefulEnds
from latentstudio.session import imports, latent_pictures, library, own_pictures, preparing
from latentstudio.session.changes import changes
from latentstudio.session.inverting import Asked
from latentstudio.session.latent_messages import LatentPictures
from latentstudio.session.local_ways import mask_use
from latentstudio.session.low_priority import at_low_priority
from latentstudio.session.messages import ModelSummary, RunNews
from latentstudio.session.models import PLUGINS, open_model
from latentstudio.session.opening import (
    THUMB_SIZE,
    OpenModel,
    Origin,
    as_remembered,
    chosen,
    first_pictures,
)
from latentstudio.session.painting import Painting
from latentstudio.session.photo_messages import PhotoFound
from latentstudio.session.region_messages import LeakNews
from latentstudio.session.runs import LiveRun
from latentstudio.store import file_assumptions, run_files
from latentstudio.store.assets import DiskAssets
from latentstudio.store.cards import keep_card
from latentstudio.store.densities import reference

_FILM_SIZE = 72


@dataclass(slots=True)
class Studio:
    """The engine side of the window.

    Jobs of the preview thread (`show`, `bands`, `films`, `snap_back`, `thumb`) use the
    renderer; jobs of the background thread make what the renderer needs and hand it over by
    replacing a value, so the two share no cache.

    Attributes:
        report: Told, in a sentence, of things a person should hear once.
        device: Where models are opened.
        precision: What pictures are computed in.
        regions: What is asked of painted regions.
        assets: Masks and latents that documents name; the window adds to them.
    """

    report: Callable[[str], None] = lambda _: None
    device: str = "auto"
    precision: str = "float32"
    assets: DiskAssets = field(default_factory=DiskAssets)
    _model: OpenModel | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: list[attempts.Begun] = field(default_factory=list)
    _runs: dict[str, LiveRun] = field(default_factory=dict)

    regions: Painting = field(init=False)
    _ends: UsefulEnds = field(default_factory=UsefulEnds)

    def __post_init__(self) -> None:
        PLUGINS.tell = self.report
        self.regions = Painting(self._opened, self.assets)

    def open(self, ref: str) -> Job[ModelSummary]:
        """Open a model; the one open before stays until this one is ready."""
        with self._attempt(ref):
            return (yield from self._open(ref))

    @contextlib.contextmanager
    def _attempt(self, ref: str) -> Iterator[None]:
        """What ends the process from here until directions are found is owed to this model."""
        if ref in builtin_models():
            yield
            return
        attempt = attempts.begin(attempts.Attempt(kind="model", id=ref))
        try:
            yield
        except BaseException:
            attempt.done()
            raise
        self._begun.append(attempt)

    def _open(self, ref: str) -> Job[ModelSummary]:
        told: list[str] = []
        device = self._device()
        forget_peak(device)
        job = open_model(ref, str(device), lambda label, seen: told.extend((label, seen)))
        guessed = yield from part(job, 0.0, 0.8)
        origin = Origin(ref, told[0], told[1], guessed)
        generator = as_remembered(origin, self.report)
        summary = yield from part(self._take(origin, generator), 0.8, 1.0)
        keep_card(find_model(ref), summary.info, summary.title, summary.recognised, summary.thumbs)
        return summary

    def reread(self, values: Mapping[str, Any]) -> Job[ModelSummary]:
        """Read the open model's file in another way, and compute in `precision` from now on.

        What was chosen is remembered for the next time the model opens.

        Args:
            values: What to decide, by name; the rest is as it was guessed.

        Raises:
            OptionError: That does not fit the model, which stays as it was.
        """
        origin = self._opened().origin
        generator = chosen(origin, values)
        summary = yield from self._take(origin, generator)
        file_assumptions.keep(origin.guessed.info.fingerprint, summary.reading.chosen)
        return replace(summary, again=True)

    def _take(self, origin: Origin, generator: Generator) -> Job[ModelSummary]:
        """Make the first pictures, and only then let the model take the place of another."""
        job = first_pictures(origin, generator, self.precision, self.report)
        model, summary = yield from job
        model.renderer.assets = self.assets
        known = library.known_directions(generator, self.report)
        earlier = run_files.found_earlier(generator.info.fingerprint, self.report)
        earlier += imports.taken_earlier(generator.info.fingerprint, self.report)
        for found in [*([known] if known else []), *earlier]:
            self._add(model, found)
        with self._lock:
            self._model = model
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
        try:
            job = library.default_directions(model.generator, self.report)
            return (yield from self._adding(model, job))
        finally:
            while self._begun:
                self._begun.pop().done()

    def discover(self, method: str, pairs: Sequence[str]) -> Job[DirectionSet]:
        """Run a method and add what it finds."""
        model = self._opened()
        found = yield from discover(model.generator, method, pairs)
        return self._add(model, found)

    def import_directions(self, path: Path) -> Job[DirectionSet | LatentPictures]:
        """Add the directions of a preset, a file of vectors or another project's folder.

        Latents of pictures are no directions: they are read and given as such, and nothing is
        added.
        """
        model = self._opened()
        try:
            found = yield from imports.take(path, model.generator, self.report)
        except LatentsError:
            return (yield from latent_pictures.read(path, model.generator))
        return self._add(model, found)

    def holds_directions(self, path: Path) -> Job[bool]:
        """Whether a file that may be a model holds directions instead."""
        return holds_vectors(path)

    def run(self, run: RunInfo) -> Job[DirectionSet]:
        """Start a run, or go on with one that was paused; see `LiveRun.go`.

        Yields:
            Steps with `RunNews` whose `found` is all that is known of the model by now.
        """
        model = self._opened()
        direction = model.renderer.directions.get(run.of)
        live = self._runs[run.key] = LiveRun(model.generator, run, self.report, direction)
        try:
            found = yield from self._adding(model, at_low_priority(live.go()))
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
        elif run_files.is_taken(model.generator.info.fingerprint, key):
            raise OptionError("This run is at work in another window. Discard it there.")
        run_files.forget(model.generator.info.fingerprint, key)
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        left = tuple(d for d in found.directions if d.provenance.run != key)
        model.found = replace(found, directions=left)
        model.renderer.directions = library.by_id(model.found)
        return model.found
        yield

    def prepare_previews(self, all: bool = False) -> Job[None]:
        """Fit preview heads for a model whose pictures take long; first ones, or better ones."""
        model = self._opened()
        pictures = PICTURES if all else preparing.FIRST
        return at_low_priority(preparing.prepare(model.generator, model.renderer, pictures))

    def show(self, picture: Picture, moving: bool = False) -> Job[Frame]:
        """Render one picture; see `frames.frame`."""
        return frames.frame(self._opened().renderer, picture, moving)

    def bands(self, picture: Picture, ids: Iterable[str]) -> Job[Mapping[str, Band]]:
        """The safe range of each slider; ids that are not loaded are left out."""
        renderer = self._opened().renderer
        made: dict[str, Band] = {}
        for direction in ids:
            if direction in renderer.directions:
                useful = self._ends.of(renderer, picture, direction)
                found = bands.band(renderer, picture, direction)
                made[direction] = replace(found, useful=useful)
                yield Step(0.0)
        return made

    def measures(self, ids: Iterable[str]) -> Job[Measures]:
        """Strength and locality of directions; ids that are not loaded are left out."""
        model = self._opened()
        known = model.renderer.directions
        chosen = [known[id] for id in ids if id in known]
        return effects.measure(model.generator, chosen, model.renderer.coarse)

    def changes(self, id: str) -> Job[Changes]:
        """Which attributes a direction changes; nothing where no predictor knows this model."""
        model = self._opened()
        known = model.renderer.directions.get(id)
        return changes(model.generator, known) if known else _nothing(Changes(id))

    def films(
        self,
        picture: Picture,
        counts: Mapping[str, int],
        ends: Mapping[str, tuple[float, float]] | None = None,
    ) -> Job[None]:
        """Filmstrips, one frame a step so that previews get in between.

        Args:
            picture: As it is.
            counts: How many frames each direction's strip has.
            ends: Amounts of the first and last frame; the direction's own where left out.

        Yields:
            After each strip, a step with its `Film` as the preview.
        """
        renderer = self._opened().renderer
        for done, (direction, count) in enumerate(counts.items()):
            if direction not in renderer.directions:
                continue
            known = renderer.directions[direction]
            low, high = (ends or {}).get(direction, (known.low, known.high))
            amounts = frames.film_amounts(low, high, count)
            pixels: list[Pixels] = []
            for amount in amounts:
                moved = _with_amount(picture, direction, amount, mask_use(known))
                pixels += renderer.small([moved], _FILM_SIZE)
                yield Step(done / len(counts))
            yield Step((done + 1) / len(counts), "", Film(direction, amounts, tuple(pixels)))

    def leak(self, picture: Picture) -> Job[LeakNews | None]:
        """What local edits do outside of their region; on the preview thread."""
        return self.regions.leak(self._opened().renderer, picture)

    def snap_back(self, picture: Picture) -> Job[tuple[Picture, Pixels]]:
        """The picture that snapping back would give, with a thumb of it.

        The thumb is (h, w, 3), 8 bits.
        """
        renderer = self._opened().renderer
        target = bands.snap_back(renderer, picture)
        yield Step(0.5)
        return target, renderer.small([target], THUMB_SIZE)[0]

    def thumb(self, picture: Picture) -> Job[Pixels]:
        """A small version of a picture, for the strip.

        (h, w, 3), 8 bits, at most `THUMB_SIZE` a side.
        """
        return self._opened().renderer.small([picture], THUMB_SIZE)[0]
        yield

    def save_picture(self, picture: Picture, path: Path, scale: int, smooth: bool) -> Job[Path]:
        """Render once more, apart from the preview's caches, and write the file."""
        renderer = self._fresh_renderer()
        yield Step(0.1, "Rendering")
        pixels = renderer.saved(picture)
        yield Step(0.6, "Writing")
        save_pixels(pixels, path, scale=scale, smooth=smooth)
        return path

    def copied(self, picture: Picture) -> Job[Pixels]:
        """A picture as it is saved, with alpha where the model makes it, for the clipboard."""
        renderer = self._fresh_renderer()
        yield Step(0.1, "Rendering")
        return renderer.saved(picture)

    def read_photo(self, source: Path | bytes, name: str = "") -> Job[Photo]:
        """Open a picture of one's own, from a file or as it was pasted."""
        return own_pictures.read(source, name)

    def find_photo(
        self, photo: Photo, crop: Crop, steps: int, enough: Callable[[], bool]
    ) -> Job[PhotoFound]:
        """Find the code that draws a photo's square; see `own_pictures.find`."""
        asked = Asked(photo, crop, InversionOptions(steps=steps))
        return own_pictures.find(self._opened().generator, asked, self.report, enough)

    def save_blended(self, photo: Photo, crop: Crop, picture: Picture, path: Path) -> Job[Path]:
        """Write the whole photo with the picture's edits in it."""
        job = own_pictures.save_blended(self._fresh_renderer(), photo, crop, picture, path)
        return (yield from job)

    def save_directions(self, doc: Document, ids: Sequence[str], path: Path) -> Job[Path]:
        """Write directions as a preset, as the document has left them."""
        model = self._opened()
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        left = with_masks(as_left(found, doc, ids), self.assets)
        coarse = model.renderer.coarse
        yield from write_with_previews(
            model.generator, left, path, self.report, coarse=coarse.copy() if coarse else None
        )
        return path

    def _fresh_renderer(self) -> Renderer:
        """Apart from the preview's caches, and exact: without preview heads."""
        model = self._opened()
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        return renderer

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
        for mask in found.masks.values():
            self.assets.put(mask)
        merged = library.merge([model.found, found]) if model.found else found
        model.found = merged
        model.renderer.directions = library.by_id(merged)
        return merged


def _nothing(answer: Changes) -> Job[Changes]:
    return answer
    yield


def _with_amount(
    picture: Picture, direction: str, amount: float, use: MaskUse | None = None
) -> Picture:
    """The picture with one slider elsewhere, its mute lifted, and no solo of another."""
    old = picture.edit(direction)
    edit = replace(old, amount=amount, on=True) if old else Edit(direction, amount, mask=use)
    rest = picture.without(direction)
    solo = None if picture.solo is None else direction
    return replace(rest, edits=(*rest.edits, edit), solo=solo)
