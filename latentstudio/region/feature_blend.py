"""An edit kept to its mask within the network: features of a layer are blended, not pixels.

Behind the layer the network draws one picture from both, so no seam shows; what lies outside may
still change near the border, as far as the later layers reach. Blending by pixels
(`render.compose`) keeps the outside as it is to the byte.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.engine.generator import Generator, HasTaps, Noise
from latentstudio.region.masks import Mask


@torch.no_grad()
def blended_by_features(
    generator: Generator,
    before: Tensor,
    after: Tensor,
    mask: Mask,
    tap: str,
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> Tensor:
    """Pictures whose features at a layer are those of the edit inside the mask: (N, C, H, W).

    Args:
        generator: The model.
        before: Codes without the edit, (N, layers, dim); later layers follow these.
        after: Codes with the edit.
        mask: (side, side), any size.
        tap: The layer; its features have to be maps.
        classes: (N,), for conditional models.
        noise: As for both pictures.

    Raises:
        AbilityError: The model's inner layers can't be read, or this one is no map.
    """
    if not isinstance(generator, HasTaps):
        raise AbilityError("This model's inner layers can't be read. Blend by pixels instead.")
    edited = generator.features(after, tap, classes, noise)
    if edited.ndim != 4:
        raise AbilityError(f"The layer {tap} has no places. Choose a later one.")
    share = torch.from_numpy(mask)[None, None].to(edited)
    share = F.interpolate(share, edited.shape[2:], mode="area")

    def blend(features: Tensor) -> Tensor:
        return torch.lerp(features, edited, share.expand_as(features))

    return generator.synthesize_with(before, {tap: blend}, classes, noise)
