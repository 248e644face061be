"""Automatic discovery: suitable methods in turn, their directions merged, named, best first.

Every method's directions are walked on the same few pictures; those that look like another one
are dropped (`refining`), the rest turned and scaled alike and named (`effect_words`).
Methods come in the order of what they find in a second, and the search ends when its time is over
when a method brings nothing new, or when the list is full.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from latentstudio.core.errors import AbilityError, LatentStudioError
from latentstudio.core.progress import Job, Step, changed
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior
from latentstudio.discovery import picture_ica
from latentstudio.discovery.picture_ica import PictureIcaOptions, Samples
from latentstudio.discovery.registry import METHODS, needs_met
from latentstudio.discovery.start import discover
from latentstudio.document.direction import DirectionSet
from latentstudio.document.findings import Findings
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.change_maps import change_maps
from latentstudio.evaluate.found_so_far import FoundSoFar
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import Predictor
from latentstudio.evaluate.traversing import Traverser, traverser

METHOD = ("auto", "Find directions")
MINUTES = 5.0
"""At most, about."""
MOST = 64
"""Directions in the end: what fits a sheet that a person looks through."""
NEW = 0.05
"""A method of whose directions less than this part is new ends the search."""
COMPONENTS = 64
"""Of pictures, at most."""
PARTS = 72
"""Of nine parts of pictures together, at most."""
FIRST_SEED = 500
"""Seeds of the pictures that directions are tried on; other than those of comparisons."""
STARTS = 6
_SAMPLE_SHARE = 0.35
_MAP_SHARE = 0.15
_FEWEST, _MOST_SAMPLES = 256, 4096


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What an automatic search is asked for.

    Attributes:
        minutes: At most so long, about.
        seed: Of every method.
        most: Directions in the end.
    """

    minutes: float = MINUTES
    seed: int = 0
    most: int = MOST


class _Clock:
    def __init__(self, minutes: float) -> None:
        self._start, self._all = time.monotonic(), 60.0 * minutes

    @property
    def left(self) -> float:
        return self._all - (time.monotonic() - self._start)

    @property
    def done(self) -> float:
        return min(0.99, 1.0 - self.left / self._all)


@torch.no_grad()
def find(
    generator: Generator, wish: SearchOptions, predictor: Predictor | None = None
) -> Job[DirectionSet]:
    """Find directions by all that suits a model.

    Args:
        generator: The model.
        wish: How long, and from which seed.
        predictor: Made for this model: names what was found, and is never used to find it.

    Yields:
        Steps; after each method the set so far as the preview, best first.

    Raises:
        AbilityError: No method can find directions in this model.
    """
    clock = _Clock(wish.minutes)
    look = yield from _paced(picture_ica.looking(generator), clock)
    pool = seed_pool(generator, range(FIRST_SEED, FIRST_SEED + STARTS))
    walks = yield from traverser(generator, pool, "straight")
    guide = replace(walks, small=None if predictor else look)
    seen, each = yield from _paced(_samples(generator, wish, look, clock), clock)
    if look is not None and predictor is not None:
        each = picture_ica.seconds_each(generator)  # predictors see whole pictures
    state, tried = FoundSoFar(generator.info, seen, predictor), 0
    for title, job in _methods(generator, wish, seen, state, clock):
        try:
            found = yield from _paced(job, clock)
        except AbilityError:
            continue
        except LatentStudioError as error:
            yield Step(clock.done, f"{title}: {error.sentence()}")
            continue
        tried += 1
        new = yield from _paced(_added(state, found, guide, each, clock), clock)
        yield Step(clock.done, f"{title}: {new} new of {len(found)}", state.best(wish.most))
        if clock.left <= 0 or (tried > 2 and new < NEW * len(found)):
            break
    if not state.kept:
        raise AbilityError("No method can find directions in this model by itself.")
    return state.best(wish.most)


def expected_minutes(info: GeneratorInfo, seconds_each: float, minutes: float) -> float:
    """How long a search will take, about, at so many seconds a picture."""
    pictures = _MOST_SAMPLES + 200 * STARTS * 2
    learning = 1.0 if Ability.GRADIENT in info.abilities else 0.0
    return min(minutes, (pictures * seconds_each) / 60.0 + learning)


def _paced(job: Job, clock: _Clock) -> Job:  # type: ignore[type-arg]
    """A part of the search: how far it is is told by the clock."""
    return changed(job, lambda step: replace(step, fraction=clock.done, preview=None))


def _samples(
    generator: Generator, wish: SearchOptions, look: EarlyPictures | None, clock: _Clock
) -> Job[tuple[Samples, float]]:
    """Samples, fewer where pictures take long, and the seconds that one took."""
    begun, options = time.monotonic(), PictureIcaOptions(count=2, samples=_MOST_SAMPLES)
    seconds = _SAMPLE_SHARE * clock.left

    def enough(done: int) -> bool:
        return done >= _FEWEST and time.monotonic() - begun > seconds

    found: Samples = yield from picture_ica.sample(generator, options, wish.seed, look, enough)
    return found, (time.monotonic() - begun) / len(found.codes)


def _methods(
    generator: Generator, wish: SearchOptions, seen: Samples, state: FoundSoFar, clock: _Clock
) -> Iterator[tuple[str, Job[DirectionSet]]]:
    """Methods in the order of what they find in a second; one is begun when asked for.

    Those that do more than look at the samples are left out where the list is full without them.
    """
    info = generator.info
    many = len(seen.codes)
    count = max(2, min(COMPONENTS, info.code_dim, many // 16))
    own = PictureIcaOptions(count=count, samples=many)
    yield "Picture ICA", picture_ica.from_samples(info, own, wish.seed, seen)
    if info.spaces[info.code_space].prior is Prior.MAPPED:
        codes = replace(own, look="codes", count=min(count, 48))
        yield (
            "ICA of codes",
            _renamed(picture_ica.from_samples(info, codes, wish.seed, seen), "codes"),
        )
    parts = replace(own, look="parts", count=max(2, min(PARTS, info.code_dim, many // 16)))
    yield (
        "Picture ICA of parts",
        _renamed(picture_ica.from_samples(info, parts, wish.seed, seen), "parts"),
    )
    for method in ("dp-lase", "ganspace", "sefa"):
        full = len(state.kept) >= wish.most
        if needs_met(METHODS[method], info) is None and clock.left > 0 and not full:
            yield METHODS[method].title, _in_time(generator, method, wish.seed, clock)


def _renamed(job: Job[DirectionSet], tag: str) -> Job[DirectionSet]:
    found = yield from job
    return replace(
        found, directions=tuple(replace(one, id=f"{one.id}-{tag}") for one in found.directions)
    )


def _in_time(generator: Generator, method: str, seed: int, clock: _Clock) -> Job[DirectionSet]:
    """Run a method; one that learns ends with what it has when half the time left is over."""
    end = clock.left / 2
    latest: DirectionSet | None = None
    job = discover(generator, method, seed=seed)
    try:
        while True:
            try:
                step = next(job)
            except StopIteration as stop:
                done: DirectionSet = stop.value
                return done
            if isinstance(step.preview, Findings) and step.preview.directions is not None:
                latest = step.preview.directions
            if clock.left < end and latest is not None:
                return latest
            yield replace(step, message=step.message.partition(": ")[0])  # without its losses
    finally:
        job.close()


def _added(
    state: FoundSoFar, found: DirectionSet, guide: Traverser, each: float, clock: _Clock
) -> Job[int]:
    """Walk new directions and merge them into what was there; says how many are new."""
    affordable = int(_MAP_SHARE * max(clock.left, 1.0) / max(2 * STARTS * each, 1e-9))
    fresh = [replace(one, id=f"auto-{one.id}") for one in found.directions]
    fresh = fresh[: max(8, affordable)]
    maps = yield from change_maps(guide, fresh, state.predictor)
    return state.add(fresh, maps)
