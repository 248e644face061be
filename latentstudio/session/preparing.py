"""Preview heads for a model whose pictures take long: fitted in the background, used at once."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step, changed
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator, HasGrowingImage, HasHalfway
from latentstudio.engine.head_fitting import PICTURES, fit_heads
from latentstudio.engine.layer_times import (
    ROUNDS,
    Layer,
    LayerTimes,
    measure_layers,
    preview_layers,
)
from latentstudio.engine.preview_heads import GrownImage, PreviewHead
from latentstudio.engine.pushforward import SIDE
from latentstudio.render.coarse import SLOW, SMALLEST, CoarsePreviews, TimedHead
from latentstudio.render.renderer import Renderer
from latentstudio.session.regions import USUAL_LAYERS
from latentstudio.store import preview_heads

WARM = 500.0
"""Milliseconds of a picture from which one is enough to measure layers by: its first pictures have
been made by then."""
FIRST = 8
"""Pictures after which sliders have a preview; the rest follows when nothing else is to be done."""


def wanted(generator: Generator, renderer: Renderer, seconds: float) -> bool:
    """Whether heads are worth fitting, or worth fitting on more pictures.

    Args:
        generator: The model.
        renderer: Its renderer, with the heads kept from an earlier start.
        seconds: What a picture takes.
    """
    info = generator.info
    able = Ability.TAPS in info.abilities and bool(info.taps) and info.resolution > SMALLEST
    if not able or seconds <= SLOW:
        return False
    return renderer.coarse is None or renderer.coarse.pictures < PICTURES


def is_slow(generator: Generator, renderer: Renderer) -> bool:
    """Whether a model's pictures take long, as they were measured here."""
    return generator.info.resolution > SMALLEST and seconds_of(renderer) > SLOW


def seconds_of(renderer: Renderer) -> float:
    """What a whole picture takes; the last one may have been a coarse one."""
    return renderer.coarse.whole if renderer.coarse else renderer.milliseconds / 1000


@torch.no_grad()
def prepare(
    generator: Generator, renderer: Renderer, pictures: int, times: LayerTimes | None = None
) -> Job[None]:
    """Fit heads and hand them to the renderer, provisional ones first; the cache keeps them.

    Args:
        generator: The model in full precision.
        renderer: The one that shows its pictures.
        pictures: How many to fit on.
        times: Of its layers, where they have been measured.
    """
    if renderer.coarse is not None and renderer.coarse.pictures >= pictures:
        return
    yield Step(0.0, "Preparing previews")
    if times is None:
        times = times_of(renderer)
        yield Step(0.0, "Preparing previews")
    needed = _read_by_strokes(generator, times)
    layers = preview_layers(times, generator.info.resolution, needed=needed)
    if not layers:
        return

    def show(step: Step) -> Step:
        before = renderer.coarse.pictures if renderer.coarse else 0
        if step.preview and step.preview[0].pictures > before:
            renderer.coarse = _timed(step.preview, layers, times)
        return Step(step.fraction, "Preparing previews")

    heads: Any = yield from changed(fit_heads(generator, layers, pictures=pictures), show)
    renderer.coarse = _timed(heads, layers, times)
    preview_heads.keep(generator, renderer.coarse)


def _read_by_strokes(generator: Generator, times: LayerTimes) -> str:
    """The first layer that shows all that local directions change, finely enough; "" for none.

    A tangent costs what it takes to come so far: at a later layer twice as much.
    """
    if not isinstance(generator, HasHalfway):
        return ""
    for one in times.layers:
        fine = 2 * one.side >= SIDE  # a head gives four pixels for each place
        if fine and generator.layers_before(one.tap) > USUAL_LAYERS[1]:
            return one.tap
    return ""


def times_of(renderer: Renderer) -> LayerTimes:
    """What each layer of a renderer's network takes, measured."""
    rounds = 1 if renderer.milliseconds > WARM else ROUNDS
    return measure_layers(renderer.generator, _classes(renderer.generator), rounds)


@torch.no_grad()
def as_grown(generator: Generator, times: LayerTimes) -> CoarsePreviews | None:
    """What is shown until heads are fitted: the image as far as it has grown, where one grows."""
    if not isinstance(generator, HasHalfway) or not isinstance(generator, HasGrowingImage):
        return None
    classes = _classes(generator)
    codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
    stop, found = None, []
    for layer in preview_layers(times, generator.info.resolution):
        stop = generator.halfway(codes, layer.tap, {}, classes, since=stop)
        if generator.grown_image(codes, stop, {}, classes) is not None:
            found.append(TimedHead(GrownImage(layer.tap), layer.side, layer.seconds))
    return CoarsePreviews(found, times.whole, 0) if found else None


def _classes(generator: Generator) -> Tensor | None:
    """The first class, (1,), of a conditional model."""
    known = generator.info.classes
    return torch.zeros(1, dtype=torch.int64, device=generator.device) if known else None


@dataclass(slots=True, eq=False)
class FirstHeads:
    """The first heads of an open model, on their way: whoever waits for them drives the fitting.

    All drive the same one, from one thread. Who stops loses nothing of it.
    """

    generator: Generator
    renderer: Renderer
    times: LayerTimes | None = None
    _job: Job[None] | None = None
    _done: bool = False

    def go(self) -> Job[None]:
        """Fit on; a step for each few pictures."""
        while not self._done:
            if self._job is None:
                self._job = prepare(self.generator, self.renderer, FIRST, self.times)
            try:
                step = next(self._job)
            except StopIteration:
                self._done = True
                return
            except BaseException:  # ended in the middle of a step: it begins anew
                self._job = None
                raise
            yield step


def _timed(
    heads: tuple[PreviewHead, ...], layers: tuple[Layer, ...], times: LayerTimes
) -> CoarsePreviews:
    made = [
        TimedHead(head, layer.side * head.factor, layer.seconds)
        for head, layer in zip(heads, layers, strict=True)
    ]
    return CoarsePreviews(made, times.whole, heads[0].pictures)
