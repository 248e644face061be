"""What local edits do outside of their region: told in numbers, as a map and in a word."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import ModelKey
from latentstudio.document.state import Picture
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.local_names import FACE_PARTS, place
from latentstudio.region.leak import measure
from latentstudio.region.masks import Mask
from latentstudio.render.mask_images import mask_image
from latentstudio.render.renderer import Renderer
from latentstudio.session.predictors import choose_predictor
from latentstudio.session.region_messages import LeakNews
from latentstudio.store.assets import DiskAssets

_FREE = 0.5
"""Share of a part that has to lie outside of the mask, for the leak to be named by it."""
_PEAK = 99.5
"""Percentile of the change that a heat map shows brightest."""


def leak_of(renderer: Renderer, assets: DiskAssets, picture: Picture) -> Job[LeakNews | None]:
    """What the picture's local edits do outside of their region, with nothing protected.

    Of several regions it is that of the last edit. None where no edit has a mask.

    Args:
        renderer: Of the model.
        assets: Where masks are looked up.
        picture: With its edits.
    """
    local = [e for e in picture.active() if e.mask is not None]
    if not local:
        return None
    use = local[-1].mask
    assert use is not None
    free = tuple(
        replace(e, mask=replace(e.mask, protect=False)) if e.mask else e for e in picture.edits
    )
    rest = tuple(e for e in free if e.mask is None or e.mask.digest != use.digest)
    yield Step(0.1)
    moved = renderer.images(replace(picture, edits=free))[0]
    yield Step(0.5)
    still = renderer.images(replace(picture, edits=rest))[0]
    mask = mask_image(replace(use, feather=0.0), assets, renderer.generator.info.size)
    change = (moved - still).float().cpu().numpy()
    found = measure(change, mask.numpy())
    face = yield from faces(renderer.generator)
    peak = max(float(np.percentile(found.heat, _PEAK)), 1e-6)
    heat: NDArray[np.float32] = (found.heat / peak).clip(0, 1).astype(np.float32)
    mostly = _mostly(found.heat, mask.numpy(), face)
    return LeakNews(picture, use, 1 - found.local, found.ratio, found.strength, heat, mostly)


def faces(generator: Generator) -> Job[bool]:
    """Whether a model's pictures are aligned faces."""
    model = ModelKey.of(generator.info)
    return (yield from choose_predictor(None, model)).suits(model)


def _mostly(heat: NDArray[np.floating], mask: Mask, face: bool) -> str:
    """The part outside of the mask that changes most for its size, in a word."""
    outside, own = 1 - mask, place(mask, face)
    if not (heat * outside).any():
        return ""
    if not face:
        return place(heat * outside, False).lower()
    height, width = heat.shape
    means: dict[str, float] = {}
    for name, (left, top, right, bottom) in FACE_PARTS.items():
        rows = slice(round(top * height), round(bottom * height))
        part = (rows, slice(round(left * width), round(right * width)))
        weight = outside[part]
        if name != own and weight.mean() > _FREE:
            means[name] = float((heat[part] * weight).sum() / weight.sum())
    return max(means, key=means.__getitem__).lower() if means else ""
