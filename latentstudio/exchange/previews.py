"""Small strips of what each direction does, to be seen in a preset before it is opened."""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from latentstudio.core.errors import FileError, LatentStudioError, ResourceError
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.generator import Generator
from latentstudio.exchange.presets import write_preset
from latentstudio.render.coarse import Coarse
from latentstudio.render.frames import film_amounts
from latentstudio.render.messages import Pixels
from latentstudio.render.renderer import Renderer

SIZE = 72
"""Side of a frame in pixels, as in the list of directions."""
FRAMES = 3
MOST = 64
"""Directions that get a preview: the first ones, which are the strongest."""
PATIENCE = 20.0
"""Seconds that previews may take; a large model shows its first directions only."""
FIRST = Picture()
"""What directions are shown on: the model's first seed."""


@torch.no_grad()
def previews(
    generator: Generator,
    found: DirectionSet,
    patience: float = PATIENCE,
    shown: Picture = FIRST,
    coarse: Coarse | None = None,
) -> Job[dict[str, bytes]]:
    """PNG strips by direction id: a picture, two thirds of the way to either side.

    Args:
        generator: The model.
        found: Its directions; those that it can't show are left out.
        shown: Which picture, without edits.
        patience: Seconds after which no further strip is begun.
        coarse: Preview heads of a model whose pictures take long.
    """
    renderer = Renderer(generator)
    chosen = found.directions[:MOST]
    renderer.directions = {one.id: one for one in chosen}
    renderer.coarse = coarse
    end = time.monotonic() + patience
    made: dict[str, bytes] = {}
    for done, one in enumerate(chosen):
        if time.monotonic() > end:
            break
        frames: list[Pixels] = []
        try:
            for amount in film_amounts(one.low, one.high, FRAMES):
                yield Step(done / len(chosen), "Making preview pictures")
                frames += renderer.small([_moved(shown, one, amount)], SIZE)
        except LatentStudioError:
            continue
        made[one.id] = _png(np.concatenate(frames, axis=1))
    return made


def write_with_previews(
    generator: Generator,
    found: DirectionSet,
    path: Path,
    report: Callable[[str], object] = lambda _: None,
    shown: Picture = FIRST,
    coarse: Coarse | None = None,
) -> Job[None]:
    """Write a preset, and once more when its previews are there, so that nothing waits for them.

    Args:
        generator: The model.
        found: Its directions.
        path: Where to.
        report: Told if there is no room for the previews; the preset is whole without them.
        shown: The picture that previews show.
        coarse: See `previews`.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
        PresetError: Directions that cannot be kept.
    """
    yield Step(0.0, "Writing")
    write_preset(found, path)
    made = yield from part(previews(generator, found, shown=shown, coarse=coarse), 0.0, 1.0)
    try:
        write_preset(found, path, made)
    except (FileError, ResourceError):
        report(f"{path.name} was saved without preview pictures: there is no room for them.")


def _moved(shown: Picture, direction: Direction, amount: float) -> Picture:
    return replace(shown, edits=(Edit(direction.id, amount),) if amount else ())


def _png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, format="PNG")
    return file.getvalue()
