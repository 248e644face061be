"""The features F that DP-LaSE compares before and after a walk."""

from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.discovery.latents import LatentSpace
from latentstudio.engine.generator import HasStyleWeights, HasTaps

STYLES = "styles"


class Features:
    """Features of a tapped layer, or the styles of a range of layers.

    Args:
        latents: Of the model, and the layers that are walked.
        layer: A tap's name, ``styles``, or ``auto`` for what the paper takes.

    Attributes:
        layer: The one that is looked at.

    Raises:
        OptionError: The model has no such layer.
    """

    def __init__(self, latents: LatentSpace, layer: str) -> None:
        self._latents = latents
        self._generator = latents.generator
        info = self._generator.info
        known = layers_of(info)
        self.layer = usual_layer(info) if layer == "auto" and known else layer
        self._rows: Tensor | None = None
        if self.layer not in known:
            there = ", ".join(known) or "none"
            raise OptionError(f"layer can't be '{layer}'. This model's inner layers: {there}.")
        if self.layer == STYLES:
            assert isinstance(self._generator, HasStyleWeights)
            first, last = latents.layers or (0, info.code_layers - 1)
            self._rows = self._generator.style_weights(range(first, last + 1)).float()

    def __call__(self, moved: Tensor, start: Tensor, classes: Tensor | None) -> Tensor:
        """F of walked latents (N, dim): (N, C) or (N, C, H, W); nothing after it is computed."""
        if self._rows is not None:
            # Biases cancel in the differences.
            return self._latents.to_code(moved, classes) @ self._rows.T
        assert isinstance(self._generator, HasTaps)
        codes = self._latents.codes(moved, start, classes)
        found: Tensor = self._generator.features(codes, self.layer, classes)
        return found


def layers_of(info: GeneratorInfo) -> tuple[str, ...]:
    """What can be looked at in a model, from the code to the picture."""
    styles = (STYLES,) if Ability.STYLE_WEIGHTS in info.abilities else ()
    return (*styles, *info.taps)


def usual_layer(info: GeneratorInfo) -> str:
    """Styles where they can be read, else a middle layer.

    The paper takes styles of StyleGAN and inner layers of the rest. On all of five models measured
    directions learned on styles change different pictures more alike than those of a middle
    layer (`docs/figures/find.md`), and a step is a product of matrices.
    """
    if Ability.STYLE_WEIGHTS in info.abilities:
        return STYLES
    return info.taps[(len(info.taps) - 1) // 2]
