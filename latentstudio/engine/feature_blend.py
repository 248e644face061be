"""Edits kept to their masks within the network: features are blended, not pixels.

From a layer on, the features of every layer are those of the edit inside the mask and those
without it outside, at the layer's own size, and the layers go on from what has been blended. So
the network draws one picture of both and no seam shows; what lies next to the mask may change as
far as later layers reach. Blending by pixels (`render.compose`) keeps the outside to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.engine.generator import Generator, Halfway, HasHalfway, HasMargins, HasTaps, Noise

COARSEST = 8
"""Places along a side below which a layer can't tell a part of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureBlend:
    """One edit that shows inside its mask only.

    Attributes:
        codes: With the edit, (N, layers, dim).
        mask: (H, W), 0 to 1, of the pictures' size.
        tap: The first layer that is blended.
    """

    codes: Tensor
    mask: Tensor
    tap: str


@torch.no_grad()
def layer_sides(generator: Generator, classes: Tensor | None = None) -> dict[str, int]:
    """Places along the longer side of the picture at each layer that has places, in order.

    Makes a picture. Classes are (1,), of conditional models.

    Raises:
        AbilityError: The model's inner layers can't be read.
    """
    if not isinstance(generator, HasTaps) or not isinstance(generator, HasHalfway):
        raise AbilityError("This model's inner layers can't be read. Blend by pixels instead.")
    sides: dict[str, int] = {}

    def reader(tap: str, features: Tensor) -> Tensor:
        if features.ndim == 4:
            sides[tap] = max(features.shape[2:]) - 2 * _margin(generator, tap)
        return features

    edits = {tap: (lambda x, tap=tap: reader(tap, x)) for tap in generator.info.taps}
    codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
    generator.synthesize_with(codes, edits, classes)
    return sides


def usual_tap(sides: dict[str, int], resolution: int) -> str:
    """The layer from which edits are blended where nobody has chosen one.

    The first of an eighth of the picture's side: earlier ones can't tell small parts, later ones
    leave the network less to join them by.

    Args:
        sides: From `layer_sides`.
        resolution: Pixels of the picture's longer side.

    Raises:
        AbilityError: No layer is fine enough.
    """
    wanted = max(COARSEST, resolution // 8)
    found = next((tap for tap, side in sides.items() if side >= wanted), None)
    if found is None:
        raise AbilityError("This model has no layer to blend at. Blend by pixels instead.")
    return found


@torch.no_grad()
def blended_by_features(
    generator: Generator,
    codes: Tensor,
    blends: Sequence[FeatureBlend],
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> Tensor:
    """Pictures whose features are those of each edit inside its mask: (N, C, H, W).

    Args:
        generator: The model.
        codes: Without these edits, (N, layers, dim).
        blends: The edits.
        classes: (N,), for conditional models.
        noise: As for all of them.

    Raises:
        AbilityError: The model's inner layers can't be read, or one that was chosen has no places.
    """
    if not isinstance(generator, HasHalfway):
        raise AbilityError("This model's inner layers can't be read. Blend by pixels instead.")
    taps = generator.info.taps
    unknown = next((one.tap for one in blends if one.tap not in taps), None)
    if unknown is not None:
        raise AbilityError(f"This model has no layer {unknown}. Choose another one to blend at.")
    if not blends:
        return generator.synthesize(codes, classes, noise)
    # All begin where the first does: one that began later would lose its earlier layers there.
    first = min(taps.index(one.tap) for one in blends)
    every, masks = [codes, *(one.codes for one in blends)], [one.mask for one in blends]
    since: Halfway | None = None
    for tap in taps[first:]:
        made = [generator.halfway(own, tap, {}, classes, noise, since) for own in every]
        since = _joined(generator, made, masks)
    assert since is not None
    picture, *ends = [generator.onward(own, since, {}, classes, noise) for own in every]
    for end, mask in zip(ends, masks, strict=True):
        picture = torch.lerp(picture, end, mask.to(picture).expand_as(picture))
    return picture


def _joined(generator: Generator, made: Sequence[Halfway], masks: Sequence[Tensor]) -> Halfway:
    still, *edited = made
    if still.features.ndim != 4:
        raise AbilityError(f"The layer {still.tap} has no places. Choose a later one to blend at.")
    margin = _margin(generator, still.tap)
    features, carried = still.features, dict(still.carried)
    for one, mask in zip(edited, masks, strict=True):
        features = _lerp(features, one.features, mask, margin)
        for name, value in one.carried.items():
            if value.ndim == 4 and value.shape[2] > 1:
                carried[name] = _lerp(carried[name], value, mask, 0)
    return replace(still, features=features, carried=carried)


def _lerp(without: Tensor, edited: Tensor, mask: Tensor, margin: int) -> Tensor:
    """Features (N, C, h, w) joined by a mask (H, W), `margin` places around the picture."""
    height, width = (side - 2 * margin for side in without.shape[2:])
    share = F.interpolate(mask[None, None].to(without), (height, width), mode="area")
    share = F.pad(share, (margin,) * 4, mode="replicate") if margin else share
    return torch.lerp(without, edited, share.expand_as(without))


def _margin(generator: Generator, tap: str) -> int:
    return generator.margin(tap) if isinstance(generator, HasMargins) else 0
