"""The page of a ranking: every direction with its strips and what it changes, sortable."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import ModelKey
from latentstudio.engine.shapes import fitted
from latentstudio.evaluate.ranking import Ranking
from latentstudio.evaluate.values import Values
from latentstudio.export.images import Pixels, save_pixels
from latentstudio.export.page import Caption, Card, Measure, Page, Section, Strip
from latentstudio.export.sheet import GAP, sheet

Frames = Callable[[int, int], Sequence[Pixels] | NDArray[np.uint8]]
"""Pictures of the walk of one direction from one start."""

LARGEST = 128
"""Pixels of a frame's side at most: a page of many directions should load on a phone."""
PICTURES = "pictures"
SHOWN = 4
"""Attributes of a direction that are shown before one is asked for."""


def ranking_page(
    found: Values, ranking: Ranking, frames: Frames, folder: Path, starts: int = 2
) -> Job[Page]:
    """Lay out the page and write its pictures.

    Args:
        found: What was read.
        ranking: What follows.
        frames: Gives the pictures.
        folder: Of the page.
        starts: How many of the pool's latents to show.

    Raises:
        FileError: A picture is missing, or the folder can't be written to.
    """
    cards = []
    count = len(found.record.directions)
    for direction in range(count):
        cards.append(_card(found, ranking, direction, frames, folder, starts))
        yield Step((direction + 1) / count, f"Drawing {found.record.names[direction]}")
    about = found.record
    return Page(
        title=f"What each direction of {about.name} changes",
        text="Every direction was walked from the same pictures, and on the way a predictor read "
        "their attributes. Correlation is how far a direction carries an attribute, with its "
        "sign: the attribute's covariance with the step, scaled to its range, over the step's "
        "deviation. Selectivity is that attribute's share of all it changes.",
        facts=facts(found),
        sections=(
            Section("Best for each attribute", table=best_table(found, ranking)),
            Section("Directions", cards=tuple(cards), sorting=ranking.attributes),
            Section(
                "All correlations",
                "Press a heading to sort by it.",
                table=_numbers(found, ranking),
            ),
        ),
        legend=False,
        sortable=True,
    )


def facts(found: Values) -> list[tuple[str, str]]:
    """What the figures rest on."""
    about = found.record
    return [
        ("Model", f"{about.name}, {_model_words(about.model)}"),
        ("Read by", about.title),
        ("Directions", str(len(about.directions))),
        ("Starts", str(len(about.starts))),
        ("Pictures in a walk", str(len(about.amounts[0]))),
        ("Walk", about.walk),
        ("Fingerprint", about.model.fingerprint[:12]),
    ]


def best_table(found: Values, ranking: Ranking) -> tuple[tuple[str, ...], ...]:
    """For each attribute the direction that changes it most, and the one that changes only it."""
    names = found.record.names
    rows = [("Attribute", "Changed most by", "Correlation", "Most alone by", "Selectivity")]
    for column, name in enumerate(ranking.attributes):
        most, alone = ranking.best(name)[0], ranking.best(name, selective=True)[0]
        correlation = signed(ranking.correlation[most, column])
        share = percent(ranking.selectivity[alone, column])
        rows.append((name, names[most], correlation, names[alone], share))
    return tuple(rows)


def write_strip(
    pictures: Sequence[Sequence[Pixels] | NDArray[np.uint8]],
    amounts: Sequence[float],
    folder: Path,
    name: str,
    *,
    alt: str,
    title: str = "",
) -> Strip:
    """Write walks below each other as one picture, reduced to `LARGEST`.

    Every walk has one frame (h, w, 3), 8 bits, for each amount.
    """
    frames = [_reduced(frame) for walk in pictures for frame in walk]
    pixels = sheet(frames, len(amounts))
    file = f"{PICTURES}/{name}.png"
    save_pixels(pixels, folder / file)
    captions = tuple(Caption(signed(amount, 1)) for amount in amounts)
    size = (pixels.shape[1], pixels.shape[0])
    return Strip(title, file, size, GAP, alt, captions, len(amounts))


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, as the window writes it."""
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.") else "0"


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"


def _card(
    found: Values, ranking: Ranking, direction: int, frames: Frames, folder: Path, starts: int
) -> Card:
    about = found.record
    pictures = [frames(direction, start) for start in range(min(starts, len(about.starts)))]
    name = about.names[direction]
    words = _words(ranking, direction)
    strip = write_strip(
        pictures,
        about.amounts[direction],
        folder,
        f"{direction:03d}",
        alt=f"{name} from {len(pictures)} starts: {words}.",
    )
    return Card((strip,), name, words, _measures(ranking, direction))


def _words(ranking: Ranking, direction: int) -> str:
    strongest = ranking.strongest(direction)
    if not strongest:
        return _identity(ranking, direction)
    column = strongest[0]
    value = ranking.correlation[direction, column]
    if not value:
        return "changes nothing that is read"
    return f"changes {ranking.attributes[column]} most, {signed(value)}"


def _identity(ranking: Ranking, direction: int) -> str:
    """Words for a ranking by identity alone."""
    return f"identity {signed(ranking.correlation[direction, 0])}"


def _measures(ranking: Ranking, direction: int) -> tuple[Measure, ...]:
    values, shares = ranking.correlation[direction], ranking.selectivity[direction]
    longest = max(float(np.abs(ranking.correlation).max()), 1e-9)
    shown = sorted(range(len(values)), key=lambda column: -abs(values[column]))[:SHOWN]
    return tuple(
        Measure(
            name=name,
            value=round(float(values[i]), 5),
            share=round(float(shares[i]), 5),
            width=round(100 * abs(float(values[i])) / longest, 1),
            text=f"{signed(values[i])} · {percent(shares[i])}",
            shown=i in shown,
        )
        for i, name in enumerate(ranking.attributes)
    )


def _numbers(found: Values, ranking: Ranking) -> tuple[tuple[str, ...], ...]:
    rows = zip(found.record.names, ranking.correlation.tolist(), strict=True)
    return (
        ("Direction", *ranking.attributes),
        *((name, *map(signed, row)) for name, row in rows),
    )


def _model_words(model: ModelKey) -> str:
    return f"{model.family}, {model.resolution} × {model.resolution}"


def _reduced(frame: Pixels) -> Pixels:
    height, width = fitted(frame.shape[0], frame.shape[1], LARGEST)
    if (height, width) == frame.shape[:2]:
        return frame
    small = Image.fromarray(np.ascontiguousarray(frame)).resize((width, height))
    return np.asarray(small)
