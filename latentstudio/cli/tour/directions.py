"""The section that walks a few directions, straight and on the shell."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from latentstudio.cli.start import take
from latentstudio.cli.tour.context import SEEDS, TourContext, frames, save_strip, signed
from latentstudio.cli.tour.places import beyond
from latentstudio.core.progress import Job, part
from latentstudio.core.reading import Reading
from latentstudio.discovery.registry import METHODS
from latentstudio.document.direction import Direction
from latentstudio.export.page import STATES, Caption, Card, Section, Strip
from latentstudio.export.plots import Track, track
from latentstudio.render.pipeline import Latents, Move

MOST = 6
"""Directions shown."""
FRAMES = 7
ALIKE = 0.7
"""Directions whose vectors have a larger cosine show the same change twice."""
_POINTS = 61
_WALKS: tuple[tuple[Literal["straight", "preserve"], str], ...] = (
    ("straight", "Straight"),
    ("preserve", "Along the shell"),
)


def directions_section(context: TourContext) -> Job[Section | None]:
    """Walk a few strong and different directions from the most typical seed."""
    if context.found is None:
        return None
    chosen = choose(context.found.directions)
    cards = []
    for index, direction in enumerate(chosen):
        share = index / len(chosen), (index + 1) / len(chosen)
        strips = yield from part(_strips(context, direction), *share)
        title = METHODS[direction.method].title if direction.method in METHODS else direction.method
        text = f"{title}, amount 1 moves {direction.unit:.3g} in {direction.space.upper()}"
        cards.append(Card(strips, direction.name, text))
    text = (
        f"Found in the model itself, shown on seed {SEEDS[context.typical]}, the most typical "
        "of the pictures above. The line under a walk shows how far it is safe: solid on the "
        "shell, hatched near its edge, bare where it is too far. Along the shell it is safe all "
        "the way."
    )
    return Section("Directions", text, tuple(cards))


def choose(directions: Sequence[Direction], most: int = MOST) -> list[Direction]:
    """The strongest directions that differ, each method in turn.

    Args:
        directions: Each method's own are in order, the strongest first.
        most: How many to choose.
    """
    by_method: dict[str, list[Direction]] = {}
    for one in directions:
        by_method.setdefault(one.method, []).append(one)
    chosen: list[Direction] = []
    turns = [iter(queue) for queue in by_method.values()]
    while turns and len(chosen) < most:
        queue = turns.pop(0)
        new = next((one for one in queue if not any(_alike(one, old) for old in chosen)), None)
        if new is not None:
            chosen.append(new)
            turns.append(queue)
    return chosen


def _alike(one: Direction, other: Direction) -> bool:
    if one.space != other.space or one.vector.shape != other.vector.shape:
        return False
    return abs(float(np.vdot(one.vector, other.vector))) > ALIKE


def _strips(context: TourContext, direction: Direction) -> Job[tuple[Strip, ...]]:
    strips = []
    for walk, title in _WALKS:
        amounts = np.linspace(direction.low, direction.high, FRAMES).round(2).tolist()
        latents = _walked(context, direction, amounts, walk)
        readings = context.density.readings(latents.codes)
        pictures = yield from frames(context, latents)
        captions = [
            Caption(signed(amount), one.state, beyond(one))
            for amount, one in zip(amounts, readings, strict=True)
        ]
        strips.append(
            save_strip(
                context,
                f"{direction.id}-{walk}",
                pictures,
                title=title,
                alt=_alt(direction, title, amounts, readings),
                captions=captions,
                track=_track(context, direction, walk),
            )
        )
    return tuple(strips)


def _walked(
    context: TourContext,
    direction: Direction,
    amounts: list[float],
    walk: Literal["straight", "preserve"],
) -> Latents:
    many = take(context.start, [0] * len(amounts))
    return context.pipeline.apply(many, [Move(direction, amounts)], walk)


def _track(
    context: TourContext, direction: Direction, walk: Literal["straight", "preserve"]
) -> Track:
    """The safe range; as in the window, inset by half a frame so that it meets the frames."""
    amounts = np.linspace(direction.low, direction.high, _POINTS).tolist()
    readings = context.density.readings(_walked(context, direction, amounts, walk).codes)
    zero = -direction.low / (direction.high - direction.low)
    return track([one.state for one in readings], zero)


def _alt(
    direction: Direction, title: str, amounts: Sequence[float], readings: Sequence[Reading]
) -> str:
    ends = f"from {signed(amounts[0])} to {signed(amounts[-1])}"
    counts = [(STATES[s][1].lower(), sum(r.state == s for r in readings)) for s in STATES]
    states = ", ".join(f"{count} {words}" for words, count in counts if count)
    return f"{direction.name} {ends}, {title.lower()}: {states}."
