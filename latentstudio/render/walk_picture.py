"""A picture of a walk: where each kind of walk leads, and what it looks like on the way."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Space
from latentstudio.core.walk import WALKS
from latentstudio.density.reference import Density
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.images import to_pixels
from latentstudio.render.latents import Latents
from latentstudio.render.messages import DensityRow, Pixels, WalkCurve, WalkPicture
from latentstudio.render.moves import Move
from latentstudio.render.renderer import Renderer

POINTS = 41
"""Amounts at which a curve is read."""
TICKS = (2.5, 50.0, 97.5)
"""Percentiles named beside the plot."""
SHOWN = 5
"""Pictures along each walk."""
_NOT_MEASURED = "The density is still being measured. Try again in a moment."
ROWS: tuple[tuple[str, float], ...] = (("denser", 2.5), ("same", -1.0), ("sparser", 97.5))
"""Rows of DP-LaSE's figure: where the start is moved to, by percentile; -1 leaves it."""


def walk_picture(
    renderer: Renderer, picture: Picture, direction: str, size: int, mask: MaskUse | None = None
) -> Job[WalkPicture]:
    """How far each walk leads from the shell along one slider, the other edits as they are.

    Args:
        renderer: Of the open model, its density measured.
        picture: Where it starts.
        direction: Id of the slider.
        size: Largest side of the small pictures.
        mask: Where the slider applies if the picture doesn't say, for a local direction.

    Yields:
        A step after each small picture.

    Raises:
        AbilityError: The density isn't known yet, or the direction isn't loaded.
    """
    known = renderer.directions.get(direction)
    density = renderer.density(picture)
    if known is None or density is None:
        raise AbilityError(_NOT_MEASURED)
    amounts = np.linspace(known.low, known.high, POINTS)
    shown = np.linspace(known.low, known.high, SHOWN)
    curves = []
    for done, walk in enumerate(WALKS):
        coordinates = _coordinates(renderer, replace(picture, walk=walk), direction, amounts, mask)
        frames = []
        for amount in shown.tolist():
            there = replace(picture, walk=walk).moved_to(direction, amount, mask)
            frames += renderer.small([there], size)
            yield Step((done + len(frames) / SHOWN) / len(WALKS), "Drawing the walk")
        curves.append(WalkCurve(walk, coordinates, tuple(frames)))
    return WalkPicture(
        picture=picture,
        direction=direction,
        amounts=tuple(amounts.tolist()),
        shown=tuple(shown.tolist()),
        curves=tuple(curves),
        shell=density.shell.on,
        limit=density.shell.limit,
        ticks=_ticks(density),
    )


def density_rows(
    renderer: Renderer, picture: Picture, direction: str, amounts: Sequence[float]
) -> Job[list[DensityRow]]:
    """DP-LaSE's figure: the same walk from a denser, the same and a sparser start.

    The start's radius in the chart where density is round becomes that of the 2.5th and the
    97.5th percentile; each row then walks on its own shell (Li et al., ACM MM 2021, the figure of
    density-preserving edits).

    Args:
        renderer: Of the open model, its density measured.
        picture: Where it starts; its edits stay.
        direction: Id of the slider.
        amounts: Of each picture of a row.

    Raises:
        AbilityError: The density isn't known or has no effect here, or the direction is in Z and
            the model has a mapping: a start that was moved there has no z.
    """
    known, density = renderer.directions[direction], renderer.density(picture)
    if density is None:
        raise AbilityError(_NOT_MEASURED)
    if density.shell.flat:
        raise AbilityError("Every picture of this model is as typical: there are no such rows.")
    if known.space is Space.Z and renderer.generator.info.code_space is not Space.Z:
        raise AbilityError(
            "Denser and sparser starts have no z, so this direction in Z can't be walked from "
            "them. Choose one in W."
        )
    pipeline = renderer.pipeline(picture)
    start = pipeline.apply(renderer.start(picture), renderer.moves(picture.active()), "straight")
    rows: list[DensityRow] = []
    for name, percentile in ROWS:
        moved = _with_radius(start, density, percentile)
        frames: list[Pixels] = []
        for amount in amounts:
            there = pipeline.apply(moved, [Move(known, amount)], "preserve")
            frames.append(to_pixels(pipeline.images(there, picture.noise))[0])
            yield Step((len(rows) + len(frames) / len(amounts)) / len(ROWS), "Drawing the rows")
        reading = density.readings(moved.codes)[0]
        rows.append(DensityRow(name, reading.percentile, tuple(frames)))
    return rows


def _with_radius(start: Latents, density: Density, percentile: float) -> Latents:
    """The start moved along its own ray to a percentile of the shell; as it is below 0."""
    if percentile < 0:
        return start
    v = density.to_round(start.codes)
    radius = float(np.quantile(density.shell.reference, percentile / 100))
    scaled: Tensor = v / v.norm(dim=-1, keepdim=True) * radius
    return replace(start, z=None, codes=density.from_round(scaled).to(start.codes))


def _coordinates(
    renderer: Renderer,
    picture: Picture,
    direction: str,
    amounts: NDArray[np.float64],
    mask: MaskUse | None,
) -> tuple[float, ...]:
    """Shell coordinate at each amount, of the worst layer."""
    found = [renderer.reading(picture.moved_to(direction, a, mask)) for a in amounts.tolist()]
    return tuple(reading.coordinate for reading in found if reading is not None)


def _ticks(density: Density) -> tuple[tuple[float, float], ...]:
    """Coordinates of some percentiles."""
    values = np.quantile(density.shell.reference, np.array(TICKS) / 100)
    return tuple(zip(values.tolist(), TICKS, strict=True))
