"""How long methods that learn take here, measured before their first run: a few steps of each."""

import contextlib
import time
from collections.abc import Sequence

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.pace import Pace
from latentstudio.core.progress import Job, Step
from latentstudio.discovery.registry import METHODS, Method, needs_met
from latentstudio.discovery.start import discover
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.findings import Findings
from latentstudio.engine.device import device_words
from latentstudio.engine.generator import Generator
from latentstudio.session.library import keep_pace
from latentstudio.session.messages import MethodPace
from latentstudio.store import paces

STEPS = 3
"""The first one loads what the optimiser needs and tells nothing."""
PATIENCE = 20.0
"""Seconds of work after which a method stays without a time."""
SLOWEST = 0.25
"""Seconds a picture: a step of a slower model would keep other work waiting."""
_WORDS = "Seeing how long methods take here"


def probe(generator: Generator, directions: Sequence[Direction], picture: float) -> Job[None]:
    """Measure a step of each method that learns and was never run here; kept for the model.

    Args:
        generator: The model.
        directions: Of the model: methods that work on one take the first that is straight.
        picture: Seconds that one picture takes.

    Yields:
        A step for each step of a method, with a `MethodPace` when it is known; nothing where
        pictures take long.
    """
    known = paces.kept(generator.info.fingerprint, device_words(generator.device))
    missing = [one for one in METHODS.values() if one.id not in known and _able(one, generator)]
    if picture > SLOWEST:
        return
    straight = next((one for one in directions if one.straight and one.vector.ndim == 1), None)
    for index, method in enumerate(missing):
        if method.of_direction and straight is None:
            continue
        on = straight if method.of_direction else None
        job = discover(generator, method.id, direction=on)
        try:
            seconds = yield from _pace(job, index / len(missing))
        except LatentStudioError:
            continue  # a run will tell why
        if seconds:
            keep_pace(generator, method.id, seconds)
            yield Step((index + 1) / len(missing), _WORDS, MethodPace(method.id, seconds))


def _able(method: Method, generator: Generator) -> bool:
    learns = "steps" in getattr(method.options, "__dataclass_fields__", {})
    return learns and needs_met(method, generator.info) is None


def _pace(job: Job[DirectionSet], done: float) -> Job[float]:
    """Seconds a step, or 0 where that took too long to see."""
    pace, spent = Pace(), 0.0
    with contextlib.closing(job):
        while spent < PATIENCE:
            began = time.monotonic()
            try:
                step = next(job)
            except StopIteration:
                break
            took = time.monotonic() - began
            spent += took
            if isinstance(step.preview, Findings):
                pace.add(step.preview.step, took)
                if step.preview.step >= STEPS:
                    break
            yield Step(done, _WORDS)
    return pace.per_step
