"""What the canvas shows: the pixels, and where they lie."""

import time

from latentstudio.core.progress import Job, Step
from latentstudio.document.state import Picture
from latentstudio.render.bands import carrier
from latentstudio.render.messages import Drawn, Frame
from latentstudio.render.renderer import Renderer

_PAINTED = 0.001
"""Seconds in which a window paints what was drawn: judging it would hold Python's lock."""


def frame(renderer: Renderer, picture: Picture, moving: bool = False) -> Job[Frame]:
    """Render one picture and judge it; without a reading until the density is known.

    Args:
        renderer: Of the model.
        picture: What to render.
        moving: A hand moves it: where a whole picture takes long, a coarse one will do.

    Yields:
        One step, with the picture as `Drawn`: it can be shown before it has been judged.
    """
    made = renderer.pictures.made
    began = time.perf_counter()
    pixels = renderer.coarse_pixels(picture) if moving else None
    coarse = pixels is not None
    if pixels is None:
        pixels = renderer.pixels(picture)
    if coarse or renderer.pictures.made > made:  # what a cache gave back took no time worth telling
        renderer.milliseconds = (time.perf_counter() - began) * 1000
    spent = renderer.milliseconds
    yield Step(0.9, "", Drawn(picture, pixels, coarse))
    if moving:
        time.sleep(_PAINTED)
    density = renderer.density(picture)
    if density is None:
        return Frame(picture, pixels, None, None, "", spent, coarse)
    now = density.readings(renderer.latents(picture).codes)[0]
    start = density.readings(renderer.start(picture).codes)[0]
    worst = carrier(renderer, picture, density) if now.state == "off" else ""
    looks = renderer.looks(picture, now, density)
    return Frame(picture, pixels, now, start, worst, spent, coarse, looks)


def film_amounts(low: float, high: float, count: int) -> tuple[float, ...]:
    """Amounts of a filmstrip: three for a row (two thirds out, zero), else evenly over all."""
    if count == 3:
        return (low * 2 / 3, 0.0, high * 2 / 3)
    return tuple(low + (high - low) * i / (count - 1) for i in range(count))
