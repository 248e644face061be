"""The section that changes one part of a picture."""

import numpy as np
import torch
from torch import Tensor

from latentstudio.cli.start import take
from latentstudio.cli.tour.context import SEEDS, TourContext, as_frames, save_strip, signed
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.document.region_commands import FEATHER
from latentstudio.evaluate.local_names import FACE_PARTS
from latentstudio.export.page import Caption, Card, Section, Strip
from latentstudio.region.masks import Mask, box_mask
from latentstudio.region.resefa import ResefaOptions
from latentstudio.render.mask_images import feathered
from latentstudio.render.pipeline import Move
from latentstudio.session.local_discovery import find_and_measure
from latentstudio.session.local_naming import named
from latentstudio.session.local_walks import LocalWalk
from latentstudio.session.predictors import choose_predictor

FRAMES = 7
MOST_WORK = 512 * 128 * 128
"""Dimensions times pixels: of larger models the derivative takes longer than a tour should."""
MIDDLE = (0.3, 0.35, 0.7, 0.65)
"""Left, top, right, bottom of the part where pictures are no aligned faces."""


def region_section(context: TourContext) -> Job[Section | None]:
    """Find what changes one part of the most typical picture, and walk it."""
    info = context.pipeline.generator.info
    if info.code_dim * info.size[0] * info.size[1] > MOST_WORK:
        return None
    model = ModelKey.of(info)
    face = (yield from choose_predictor(None, model)).suits(model)
    mask = _box(info.size, FACE_PARTS["Mouth"] if face else MIDDLE)
    walk, options = LocalWalk(protect=True), ResefaOptions()
    job = find_and_measure(
        context.pipeline.generator, context.start, "const", mask, options, 1, walk
    )
    try:
        found = yield from part(job, 0.0, 0.6)
    except LatentStudioError:  # nothing changes this part, or nothing can be derived
        return None
    naming = named(context.pipeline, context.start, "const", mask, found.directions)
    (direction,) = (yield from part(naming, 0.6, 0.8)).directions
    yield Step(0.8, "Rendering")
    leak = round(100 * (1 - found.real[0].local))
    text = (
        f"Asked for the {'mouth' if face else 'middle'} of seed {SEEDS[context.typical]}, the "
        "model's own derivative says what can change there and hardly anywhere else. Straight "
        f"and unprotected, {leak} % of the change lands outside; protected, the pixels outside "
        "stay as they are."
    )
    card = Card(_strips(context, direction, mask), direction.name, "ReSeFa, amount 1 is one unit")
    return Section("A part of a picture", text, (card,))


def _box(size: tuple[int, int], shares: tuple[float, float, float, float]) -> Mask:
    """A part given by shares of the picture: (H, W)."""
    height, width = size
    left, top, right, bottom = shares
    x, y = round(left * width), round(top * height)
    return box_mask(size, x, y, round(right * width) - x, round(bottom * height) - y)


@torch.no_grad()
def _strips(context: TourContext, direction: Direction, mask: Mask) -> tuple[Strip, ...]:
    amounts = np.linspace(direction.low, direction.high, FRAMES).round(2).tolist()
    many = take(context.start, [0] * FRAMES)
    moved = context.pipeline.images(context.pipeline.apply(many, [Move(direction, amounts)]))
    still = context.pipeline.images(context.start).expand_as(moved)
    soft = feathered(torch.from_numpy(mask), FEATHER * max(mask.shape)).to(moved)
    kept = torch.lerp(still, moved, soft.expand_as(moved))
    return tuple(
        _strip(context, direction, amounts, images, title, name)
        for images, title, name in (
            (moved, "As it is", "region-free"),
            (kept, "Protected outside", "region-protected"),
        )
    )


def _strip(
    context: TourContext,
    direction: Direction,
    amounts: list[float],
    images: Tensor,
    title: str,
    name: str,
) -> Strip:
    """Of images (FRAMES, C, H, W)."""
    ends = f"from {signed(amounts[0])} to {signed(amounts[-1])}"
    return save_strip(
        context,
        name,
        as_frames(images),
        title=title,
        alt=f"{direction.name} {ends}, {title.lower()}.",
        captions=[Caption(signed(amount)) for amount in amounts],
    )
