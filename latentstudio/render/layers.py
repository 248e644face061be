"""A picture as layers for paint programs: the original, edits of the whole, each masked edit.

Laid over each other in order, each through its mask, they are the picture: the same steps as
`render.compose`, taken apart.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.render.compose import layered
from latentstudio.render.messages import Pixels
from latentstudio.render.renderer import Renderer


@dataclass(frozen=True, slots=True, eq=False)
class PictureLayer:
    """One layer.

    Attributes:
        edits: What it shows beyond the layers below; none for the original.
        pixels: (height, width, 3), 8 bits, whole.
        mask: Where it is seen, (height, width), 8 bits; None for everywhere.
    """

    edits: tuple[Edit, ...]
    pixels: Pixels
    mask: NDArray[np.uint8] | None = None


def picture_layers(renderer: Renderer, picture: Picture) -> list[PictureLayer]:
    """The layers of a picture, the lowest first.

    A masked layer shows what `compose` blends in through its mask: the picture with its edits, in
    which those other layers that meet its mask show, too.
    """
    active = [e for e in picture.active() if e.direction in renderer.directions]
    _, layers = layered(renderer.moves(active))
    masked = [layer.use for layer in layers]
    plain = tuple(e for e in active if e.mask is None or not e.mask.protect)
    found = [PictureLayer((), renderer.pixels(picture.original()))]
    if plain:
        found.append(PictureLayer(plain, renderer.pixels(_with(picture, plain))))
    below: list[MaskUse] = []
    for use in masked:
        own = tuple(e for e in active if e.mask == use)
        mask = renderer.reach(use)
        meeting = [u for u in below if bool((renderer.reach(u) * mask).any())]
        lower = tuple(e for e in active if e.mask in meeting)
        if use.features:  # drawn by the network with its mask; shown as far as it reaches
            free, mask = own, (mask > 0).to(mask)
        else:
            free = tuple(_unmasked(e) for e in own)
        inside = renderer.pixels(_with(picture, (*plain, *free, *lower)))
        alpha = np.rint(mask.cpu().numpy() * 255).astype(np.uint8)
        found.append(PictureLayer(own, inside, alpha))
        below.append(use)
    return found


def _with(picture: Picture, edits: tuple[Edit, ...]) -> Picture:
    return replace(picture, edits=edits, solo=None)


def _unmasked(edit: Edit) -> Edit:
    return replace(edit, mask=None)
