"""Directions from marked pictures, and from two pictures: what the window and commands ask for."""

import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.discovery import by_example, picture_ica
from latentstudio.discovery.by_example import METHOD, Basis, Example
from latentstudio.discovery.picture_ica import PictureIcaOptions
from latentstudio.discovery.result import slider_reach
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey, Provenance
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.engine.generator import Generator

SAMPLES = 4096
_FEWEST = 512
SECONDS = 40.0
"""That getting to know a model's pictures may take in the window, about."""
_AT_ONCE = 16


def basis(
    generator: Generator,
    seed: int = 0,
    seconds: float = math.inf,
    look: EarlyPictures | None = None,
) -> Job[Basis]:
    """Get to know a model's pictures: half a minute for the built-in one, once for any marks.

    Args:
        generator: The model.
        seed: Of the draws.
        seconds: A slow computer looks at fewer pictures when so much time is over, about.
        look: Makes its small pictures, where `picture_ica.looking` gives something.
    """
    begun, options = time.monotonic(), PictureIcaOptions(count=2, samples=SAMPLES)

    def enough(done: int) -> bool:
        return done >= _FEWEST and time.monotonic() - begun > seconds

    seen = yield from part(picture_ica.sample(generator, options, seed, look, enough), 0.0, 0.95)
    found: Basis = yield from part(by_example.basis_of(seen, seed), 0.95, 1.0)
    return found


@torch.no_grad()
def scores_of_seeds(
    generator: Generator,
    known: Basis,
    seeds: Sequence[int],
    label: int = 0,
    look: EarlyPictures | None = None,
) -> Job[NDArray[np.float64]]:
    """Scores (N, K) of the pictures of seeds, of one class where there are classes.

    `look` is what the basis was made with.
    """
    rows = []
    for first in range(0, len(seeds), _AT_ONCE):
        some = list(seeds[first : first + _AT_ONCE])
        z = generator.sample_z(some)
        classes = (
            torch.full((len(some),), label, device=generator.device)
            if generator.info.classes
            else None
        )
        code = generator.map(z, classes)
        rows.append(picture_ica.small(generator, code, classes, look).numpy())
        yield Step((first + len(some)) / len(seeds), "Looking at the marked pictures")
    return known.scores(np.concatenate(rows))


def from_seeds(
    generator: Generator, has: Sequence[int], lacks: Sequence[int], name: str = "", seed: int = 0
) -> Job[DirectionSet]:
    """The direction that the pictures of some seeds have and others lack.

    Raises:
        OptionError: A seed on both sides, fewer than two of a kind, or pictures that don't differ.
    """
    both = sorted(set(has) & set(lacks))
    if both:
        raise OptionError(f"Picture {both[0]} can't both have it and not. Take it out of one list.")
    if min(len(set(has)), len(set(lacks))) < by_example.LEAST_MARKS:
        raise OptionError("Mark at least two pictures that have it and two that don't.")
    look = yield from part(picture_ica.looking(generator), 0.0, 0.1)
    known = yield from part(basis(generator, seed, look=look), 0.1, 0.95)
    marks = [*dict.fromkeys(has), *dict.fromkeys(lacks)]
    scores = yield from part(scores_of_seeds(generator, known, marks, look=look), 0.95, 1.0)
    split = len(set(has))
    found = by_example.learn(known, scores[:split], scores[split:])
    record = {"with": list(has), "without": list(lacks)}
    one = direction(generator.info, found, name or "By example", record, seed)
    return DirectionSet(ModelKey.of(generator.info), (one,), name=one.name)


def direction(
    info: GeneratorInfo,
    found: Example,
    name: str,
    record: dict[str, list[int]],
    seed: int = 0,
    number: int = 0,
) -> Direction:
    """What marks say as a direction, with how sure it is in what was measured."""
    reach = slider_reach(info, info.code_space)
    return Direction(
        id=f"{METHOD[0]}-{number}",
        name=name,
        space=info.code_space,
        payload=Linear(found.vector),
        unit=found.unit,
        low=-reach,
        high=reach,
        provenance=Provenance(METHOD[0], record, seed, info.fingerprint),
        measured={"marks": found.marks, "told apart": found.told_apart, "sure": found.sureness},
    )


def change_between(
    info: GeneratorInfo,
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    name: str = "More of this change",
    number: int = 0,
) -> Direction:
    """The change from one picture's code to another's as a direction: amount 1 is all of it.

    Args:
        info: Facts of the model.
        before: Codes of the first picture, (layers, dim).
        after: Codes of the second.
        name: What to call it.
        number: Tells several apart.

    Raises:
        OptionError: The pictures are the same.
    """
    rows = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    same = bool(np.allclose(rows, rows[:1], atol=1e-7))
    vector = rows[0] if same else rows
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise OptionError("These two pictures are the same. Choose two that differ.")
    return Direction(
        id=f"change-{number}",
        name=name,
        space=info.code_space if same else Space.WPLUS,
        payload=Linear(np.ascontiguousarray(vector / length, np.float32)),
        unit=length,
        low=-2.0,
        high=2.0,
        provenance=Provenance(METHOD[0], model=info.fingerprint),
    )
