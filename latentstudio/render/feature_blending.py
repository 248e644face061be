"""Masked edits that are blended by features: at which layer, how far they reach, their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.document.state import AUTO, MaskUse
from latentstudio.engine.feature_blend import (
    FeatureBlend,
    blended_by_features,
    layer_sides,
    usual_tap,
)
from latentstudio.engine.generator import Generator, Noise
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.latents import Latents
from latentstudio.render.mask_images import feathered

RIM = 2
"""Places of the blended layer by which an edit may reach beyond its mask: what later layers mix."""


@dataclass(slots=True)
class FeatureBlending:
    """Blends edits of one model by features.

    Args:
        generator: The model.
    """

    generator: Generator
    _sides: dict[str, int] = field(default_factory=dict)

    def tap(self, use: MaskUse) -> str:
        """The layer of a mask's use.

        Raises:
            AbilityError: The model's layers can't be read, or there is no such layer.
        """
        sides = self._known_sides()
        if use.features == AUTO:
            return usual_tap(sides, max(self.generator.info.size))
        if use.features not in sides:
            raise AbilityError(
                f"This model has no layer {use.features} to blend at. Choose another one, or "
                "blend by pixels."
            )
        return use.features

    def reach(self, use: MaskUse, mask: Tensor) -> Tensor:
        """A mask (H, W) with the rim in which the picture may change, too; soft at its end."""
        cell = max(mask.shape) / self._known_sides()[self.tap(use)]
        wide = max(1, round(RIM * cell))
        grown = F.max_pool2d((mask > 0).float()[None, None], 2 * wide + 1, 1, wide)[0, 0]
        return feathered(grown, cell / 2)

    def images(
        self,
        latents: Latents,
        edits: Sequence[tuple[MaskUse, Tensor, Latents]],
        noise: Noise,
    ) -> Tensor:
        """Pictures with edits blended in, (N, C, H, W).

        Args:
            latents: Without these edits, N of them.
            edits: The use of each mask, the mask (H, W), and the latents with the edit.
            noise: As for all.

        Raises:
            AbilityError: Only some channels follow an edit, or the model's layers can't be read.
        """
        if any(one.base is not None for one in (latents, *(edit[2] for edit in edits))):
            raise AbilityError(
                "Edits that only some channels follow can't be blended by features. Choose pixels."
            )
        blends = [FeatureBlend(after.codes, mask, self.tap(use)) for use, mask, after in edits]
        network = at_their_truncation(self.generator, latents)
        with torch.inference_mode():
            return blended_by_features(network, latents.codes, blends, latents.classes, noise)

    def _known_sides(self) -> dict[str, int]:
        if not self._sides:
            known = self.generator.info.classes
            first = torch.zeros(1, dtype=torch.int64, device=self.generator.device)
            self._sides = layer_sides(self.generator, first if known else None)
        return self._sides
