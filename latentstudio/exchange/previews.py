"""Small strips of what each direction and look does, to be seen before a preset is opened."""

import io
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from latentstudio.core.errors import FileError, LatentStudioError, ResourceError
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.assets import NO_ASSETS, Array, Assets
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.looks import Look, with_look
from latentstudio.document.region_commands import mask_use
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.generator import Generator
from latentstudio.exchange.presets import write_preset
from latentstudio.render.coarse import CoarsePreviews
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
    coarse: CoarsePreviews | None = None,
    assets: Assets = NO_ASSETS,
) -> Job[dict[str, bytes]]:
    """PNG strips by id: a picture, two thirds of the way to either side.

    Of a look: the picture, half of the look, all of it.

    Args:
        generator: The model.
        found: Its directions; those that it can't show are left out.
        shown: Which picture, without edits.
        patience: Seconds after which no further strip is begun.
        coarse: Preview heads of a model whose pictures take long.
        assets: Where the latent is looked up that the picture starts from, and masks.
    """
    renderer = Renderer(generator, _MergedAssets(found.masks, assets))
    renderer.directions = {one.id: one for one in found.directions}
    renderer.coarse = coarse
    end = time.monotonic() + patience
    made: dict[str, bytes] = {}
    strips = _strips(found, shown)
    for done, (id, pictures) in enumerate(strips):
        if time.monotonic() > end:
            break
        frames: list[Pixels] = []
        try:
            for picture in pictures:
                yield Step(done / len(strips), "Making preview pictures")
                frames += renderer.small([picture], SIZE)
        except LatentStudioError:
            continue
        made[id] = _png(np.concatenate(frames, axis=1))
    return made


def write_with_previews(
    generator: Generator,
    found: DirectionSet,
    path: Path,
    report: Callable[[str], object] = lambda _: None,
    shown: Picture = FIRST,
    coarse: CoarsePreviews | None = None,
    assets: Assets = NO_ASSETS,
) -> Job[None]:
    """Write a preset, and once more when its previews are there, so that nothing waits for them.

    Args:
        generator: The model.
        found: Its directions.
        path: Where to.
        report: Told if there is no room for the previews; the preset is whole without them.
        shown: The picture that previews show.
        coarse: See `previews`.
        assets: See `previews`.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
        PresetError: Directions that cannot be kept.
    """
    yield Step(0.0, "Writing")
    write_preset(found, path)
    job = previews(generator, found, shown=shown, coarse=coarse, assets=assets)
    made = yield from part(job, 0.0, 1.0)
    try:
        write_preset(found, path, made)
    except (FileError, ResourceError):
        report(f"{path.name} was saved without preview pictures: there is no room for them.")


def _strips(found: DirectionSet, shown: Picture) -> list[tuple[str, list[Picture]]]:
    """What to show of each look, and of the first directions."""
    looks = [(look.id, _with_look(shown.original(), look)) for look in found.looks[:MOST]]
    rest = found.directions[: max(0, MOST - len(looks))]
    return looks + [(one.id, _walked(shown.original(), one)) for one in rest]


def _walked(shown: Picture, one: Direction) -> list[Picture]:
    use = mask_use(one)
    amounts = film_amounts(one.low, one.high, FRAMES)
    edits = ((Edit(one.id, amount, mask=use),) if amount else () for amount in amounts)
    return [replace(shown, edits=some) for some in edits]


def _with_look(shown: Picture, look: Look) -> list[Picture]:
    half = tuple(replace(edit, amount=edit.amount / 2) for edit in look.edits)
    return [shown, with_look(shown, replace(look, edits=half)), with_look(shown, look)]


class _MergedAssets:
    """Masks of a preset, and after them other assets.

    Args:
        masks: By digest.
        others: Looked through next.
    """

    def __init__(self, masks: Mapping[str, Any], others: Assets) -> None:
        self._masks, self._others = masks, others

    def get(self, digest: str) -> Array:
        """The array of a digest, of any shape (...); see `Assets`."""
        known = self._masks.get(digest)
        return self._others.get(digest) if known is None else known


def _png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, format="PNG")
    return file.getvalue()
