"""One open model and everything the window asks of it. No Qt; each method gives a job."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from latentstudio.core import attempts
from latentstudio.core.errors import ResourceError
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.reading import ReferenceCurve
from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Picture
from latentstudio.engine.device import (
    available_devices,
    choose_device,
    device_words,
    forget_peak,
    free_memory,
)
from latentstudio.engine.generator import Generator
from latentstudio.engine.head_fitting import PICTURES
from latentstudio.generators.builtin import builtin_models, find_model
from latentstudio.session import imports, judging, library, preparing
from latentstudio.session.directions import Directions
from latentstudio.session.exemplifying import Exemplifying
from latentstudio.session.live_runs import LiveRuns
from latentstudio.session.low_priority import at_low_priority
from latentstudio.session.messages import ModelSummary
from latentstudio.session.models import PLUGINS, open_model
from latentstudio.session.opening import (
    OpenModel,
    Origin,
    as_remembered,
    chosen,
    first_pictures,
)
from latentstudio.session.own_pictures import OwnPictures
from latentstudio.session.painting import Painting
from latentstudio.session.pictures import Pictures
from latentstudio.session.projects import Projects
from latentstudio.session.region_messages import LeakNews
from latentstudio.session.variations import VariationJobs
from latentstudio.store import file_assumptions, run_files, used_directions
from latentstudio.store.assets import DiskAssets
from latentstudio.store.densities import reference
from latentstudio.store.model_facts import keep_facts


@dataclass(slots=True)
class Studio:
    """The engine side of the window.

    Jobs of the preview thread (what `pictures` shows) use the renderer; jobs of the background
    thread make what the renderer needs and hand it over by replacing a value, so the two share no
    cache.

    Attributes:
        report: Told, in a sentence, of things a person should hear once.
        advise_restart: Told of a plugin's harm that only a new process mends: its id, a sentence.
        device: Where models are opened.
        precision: What pictures are computed in.
        assets: Masks and latents that documents name; the window adds to them.
        pictures: What is asked of pictures.
        directions: What is asked of directions.
        runs: Methods that are at work.
        regions: What is asked of painted regions.
        projects: What is asked of projects.
        variations: Grids of variations, and pictures bred of two.
        examples: Directions by example.
        photos: Own pictures.
    """

    report: Callable[[str], None] = lambda _: None
    advise_restart: Callable[[str, str], None] = field(default=lambda *_: None, kw_only=True)
    device: str = "auto"
    precision: str = "float32"
    assets: DiskAssets = field(default_factory=DiskAssets)
    _model: OpenModel | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: list[attempts.Begun] = field(default_factory=list)

    pictures: Pictures = field(init=False)
    directions: Directions = field(init=False)
    runs: LiveRuns = field(init=False)
    regions: Painting = field(init=False)
    projects: Projects = field(init=False)
    variations: VariationJobs = field(init=False)
    examples: Exemplifying = field(init=False)
    photos: OwnPictures = field(init=False)

    def __post_init__(self) -> None:
        PLUGINS.tell = self.report
        PLUGINS.advise_restart = self.advise_restart
        self.pictures = Pictures(self._opened, self.assets)
        self.directions = Directions(self._opened, self.assets, self.report)
        self.runs = LiveRuns(self._opened, self.directions, self.report)
        self.regions = Painting(self._opened, self.assets, self.report)
        self.projects = Projects(self._opened, self.directions, self.assets, self.report)
        self.variations = VariationJobs(self._opened, self.assets)
        self.examples = Exemplifying(self._opened, self.directions)
        self.photos = OwnPictures(self._opened, self.assets, self.report)

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
        keep_facts(find_model(ref), summary.info, summary.title, summary.recognised, summary.thumbs)
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
        file_assumptions.keep(origin.guessed.info.fingerprint, summary.assumptions.chosen)
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
            self.directions.add(model, found)
        for used in used_directions.kept_for(generator.info.fingerprint):
            self.directions.add(model, library.unknown(used, model.found))
        with self._lock:
            self._model = model
        return summary

    @property
    def known_directions(self) -> DirectionSet | None:
        """All directions of the open model, None without one. May be read from any thread."""
        with self._lock:
            return self._model.found if self._model is not None else None

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
        judging.take_kept(model, label, self.report)
        return density.curve()

    def teach_judge(self, label: int | None) -> Job[None]:
        """Have the model's own pictures teach a judge, and use it from the next picture on."""
        return judging.teach_judge(self._opened(), label, self.report)

    def default_directions(self) -> Job[DirectionSet]:
        """Find, or load, the directions that a model starts with."""
        try:
            return (yield from self.directions.defaults())
        finally:
            while self._begun:
                self._begun.pop().done()

    def prepare_previews(self, all: bool = False) -> Job[None]:
        """Fit preview heads for a model whose pictures take long; first ones, or better ones."""
        model = self._opened()
        if not all:
            return model.heads.go()  # soon: until then each picture that moves takes long
        return at_low_priority(preparing.prepare(model.generator, model.renderer, PICTURES))

    def leak(self, picture: Picture) -> Job[LeakNews | None]:
        """What local edits do outside of their region; on the preview thread."""
        return self.regions.leak(self._opened().renderer, picture)

    def _opened(self) -> OpenModel:
        with self._lock:
            if self._model is None:
                raise RuntimeError("a job was started before any model was open")
            return self._model
