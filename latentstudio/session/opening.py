"""From a generator that was just built to an open model: choices, precision, first pictures."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.options import OptionInfo, describe
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability
from latentstudio.document.direction import DirectionSet
from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.engine.device import device_words, peak_memory
from latentstudio.engine.generator import Generator, HasChoices
from latentstudio.engine.layer_times import LayerTimes
from latentstudio.engine.precision import FULL, agree, in_precision, precisions
from latentstudio.evaluate import finding
from latentstudio.generators.builtin import find_model
from latentstudio.generators.choices import recorded_choices
from latentstudio.generators.table import family
from latentstudio.render.coarse import SMALLEST
from latentstudio.render.messages import Pixels
from latentstudio.render.renderer import Renderer
from latentstudio.session import methods, preparing
from latentstudio.session.catalogue import class_names
from latentstudio.session.messages import FileAssumptions, ModelSummary
from latentstudio.store import file_assumptions, paces, preview_heads, run_files

THUMB_SEEDS = (0, 1, 2, 3)
THUMB_SIZE = 96
PATIENCE = 4.0
"""Seconds the first small pictures may take before the model is shown without the rest."""

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model came from.

    Attributes:
        ref: The file or built-in name.
        recognised: Which way of storing which family.
        seen: The first tensors by which it was recognised.
        guessed: The generator as its file was read without anybody's help.
    """

    ref: str
    recognised: str
    seen: str
    guessed: Generator


@dataclass(slots=True)
class OpenModel:
    """A model with its renderer and the directions known for it.

    `generator` computes in full precision; the renderer's may not. `picture_seconds` is the time
    that one picture took when the model was opened, `times` are those of its layers, where that
    was long.
    """

    origin: Origin
    generator: Generator
    renderer: Renderer
    found: DirectionSet | None = None
    picture_seconds: float = 0.0
    times: LayerTimes | None = None
    heads: preparing.FirstHeads = field(init=False)

    def __post_init__(self) -> None:
        self.heads = preparing.FirstHeads(self.generator, self.renderer, self.times)


def as_remembered(origin: Origin, report: Report) -> Generator:
    """The generator as a person decided to read its file, or as guessed."""
    values = file_assumptions.kept(origin.guessed.info.fingerprint)
    if not values:
        return origin.guessed
    try:
        return chosen(origin, values)
    except LatentStudioError as error:
        report(f"What was chosen for this model no longer fits it. {error.sentence()}")
        return origin.guessed


def chosen(origin: Origin, values: Mapping[str, Any]) -> Generator:
    """The generator with some of what its file leaves open decided; the rest as guessed.

    Raises:
        OptionError: They don't fit the model.
    """
    generator = origin.guessed
    if not isinstance(generator, HasChoices):
        return generator
    record = asdict(generator.choices) | dict(values)
    choices = recorded_choices(type(generator.choices), record)
    if choices == generator.choices:
        return generator
    made: Generator = generator.with_choices(choices)
    return made


@torch.no_grad()
def first_pictures(
    origin: Origin, generator: Generator, precision: str, report: Report
) -> Job[tuple[OpenModel, ModelSummary]]:
    """Make the model's first small pictures, and say what it is and what it costs."""
    device = generator.device
    possible = offered(generator)
    yield Step(0.0, "First pictures")
    precision = usable(generator, precision if precision in possible else FULL, report)
    renderer = Renderer(in_precision(generator, precision))
    renderer.coarse = preview_heads.kept(generator, report)
    thumbs: list[Pixels] = []
    first = time.perf_counter()
    for index, seed in enumerate(THUMB_SEEDS):  # a step for each: a large model takes its time
        if thumbs and time.perf_counter() - first > PATIENCE:
            break  # one picture is enough to begin with
        yield Step(0.2 * (index + 1), "First pictures")
        began = time.perf_counter()
        if not thumbs and generator.info.resolution > SMALLEST:
            renderer.pixels(Picture(Seed(seed)))  # most likely what is shown first: it is kept
        thumbs += renderer.small([Picture(Seed(seed))], THUMB_SIZE)
    spent = time.perf_counter() - began  # of the last one: the first ones warm up
    if renderer.coarse is not None:
        spent = renderer.coarse.whole
    renderer.milliseconds = 1000 * spent  # who paints before anything is shown asks for it
    times = None
    if renderer.coarse is None and preparing.wanted(generator, renderer, spent):
        yield Step(0.9, "First pictures")
        times = preparing.times_of(renderer)
        renderer.coarse = preparing.as_grown(generator, times)
    info = generator.info
    summary = ModelSummary(
        ref=origin.ref,
        info=info,
        title=family(info.family).label,
        device=device_words(device),
        class_names=class_names(find_model(origin.ref).stem, info.classes),
        thumbs=tuple(thumbs),
        recognised=origin.recognised,
        seen=origin.seen,
        bytes=peak_memory(device) or 4 * info.parameters,
        milliseconds=1000 * spent,
        on_gpu=device.type != "cpu",
        methods=methods.forms(
            info, device.type, paces.kept(info.fingerprint, device_words(device)), spent
        ),
        runs=run_files.paused_runs(info.fingerprint, report),
        precision=precision,
        precisions=possible,
        assumptions=assumptions(origin.guessed, generator),
        previews=preparing.wanted(generator, renderer, spent),
        search_seconds=60.0 * finding.expected_minutes(info, spent, finding.MINUTES),
    )
    return OpenModel(origin, generator, renderer, picture_seconds=spent, times=times), summary


def assumptions(guessed: Generator, generator: Generator) -> FileAssumptions:
    """What the file leaves open, as it was guessed and as it is read now."""
    if not isinstance(guessed, HasChoices) or not isinstance(generator, HasChoices):
        return FileAssumptions()
    fields = tuple(_with_guess(field, guessed.choices) for field in describe(type(guessed.choices)))
    return FileAssumptions(fields, asdict(generator.choices), guessed.info.guesses)


def _with_guess(field: OptionInfo, choices: Any) -> OptionInfo:
    return replace(field, default=getattr(choices, field.name))


def offered(generator: Generator) -> tuple[str, ...]:
    """The precisions that a model can make its pictures in where it is, full precision first."""
    able = Ability.GRADIENT in generator.info.abilities  # what is no torch network is not cast
    return precisions(generator.device) if able else (FULL,)


@torch.no_grad()
def usable(generator: Generator, precision: str, report: Report) -> str:
    """An offered precision, or full precision where the model's pictures fall apart in it."""
    if precision == FULL or _agrees(generator, precision):
        return precision
    report("This model's pictures fall apart in half precision; it computes in full precision.")
    return FULL


def _agrees(generator: Generator, precision: str) -> bool:
    classes = torch.zeros(1, dtype=torch.int64) if generator.info.classes else None
    classes = None if classes is None else classes.to(generator.device)
    codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
    exact = generator.synthesize(codes, classes)
    return agree(in_precision(generator, precision).synthesize(codes, classes), exact)
