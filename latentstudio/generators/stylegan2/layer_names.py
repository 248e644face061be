"""StyleGAN2 as rosinality's project and its descendants lay it out; they differ in names only."""

from dataclasses import dataclass

from torch import Tensor

from latentstudio.generators.stylegan2.naming import (
    Tensors,
    colour_name,
    conv_name,
    flat,
    mean_code,
    named,
)
from latentstudio.generators.weights import TensorBag


@dataclass(frozen=True, slots=True)
class LayerNames:
    """What one project calls the layers.

    Attributes:
        const: The learned constant.
        mapping: Dense layers of the mapping network, numbered from 1: 0 is the normalisation.
        first: The first convolution.
        others: The further convolutions, numbered from 0.
        conv: In a layer, the modulated convolution.
        strength: In a layer, the strength of its noise.
        noise: The stored noise images, by their number.
    """

    const: str
    mapping: str
    first: str
    others: str
    conv: str
    strength: str
    noise: str

    def canonical(self, bag: TensorBag, mean: Tensor | None) -> Tensors:
        """Canonical tensors of a network and its mean code, which may be missing: (..., dim).

        Raises:
            CheckpointError: A tensor is missing.
        """
        start = flat(bag.any(self.const), 3)
        tensors = self._mapping(bag) | mean_code(mean)
        tensors["synthesis.b4.const"] = start
        tensors |= self._conv(bag, self.first, 0, start) | self._colours(bag, "to_rgb1", 0)
        index = 0
        while f"{self.others}.{index}.{self.conv}.weight" in bag:
            tensors |= self._conv(bag, f"{self.others}.{index}", index + 1, start)
            index += 1
        for block in range(index // 2):
            tensors |= self._colours(bag, f"to_rgbs.{block}", block + 1)
        return tensors

    def _mapping(self, bag: TensorBag) -> Tensors:
        found: Tensors = {}
        index = 0
        while f"{self.mapping}.{index + 1}.weight" in bag:
            layer = bag.under(f"{self.mapping}.{index + 1}")
            found |= named(f"mapping.fc{index}", weight=layer.any("weight"), bias=layer.any("bias"))
            index += 1
        return found

    def _conv(self, bag: TensorBag, name: str, index: int, start: Tensor) -> Tensors:
        layer, noise = bag.under(name), self.noise.format(index)
        sides = [side * 2 ** ((index + 1) // 2) for side in start.shape[1:]]
        strength = flat(layer.any(self.strength), 0)
        return named(
            conv_name(index),
            weight=flat(layer.any(f"{self.conv}.weight"), 4),
            bias=layer.any("activate.bias" if "activate.bias" in layer else "bias").reshape(-1),
            affine_weight=layer.any(f"{self.conv}.modulation.weight"),
            affine_bias=layer.any(f"{self.conv}.modulation.bias"),
            noise_strength=strength,
            # Old files keep no noise images; without them the constant noise is none.
            noise_const=flat(bag.any(noise), 2) if noise in bag else strength.new_zeros(*sides),
        )

    def _colours(self, bag: TensorBag, name: str, block: int) -> Tensors:
        layer = bag.under(name)
        return named(
            colour_name(block),
            weight=flat(layer.any(f"{self.conv}.weight"), 4),
            bias=layer.any("bias").reshape(-1),
            affine_weight=layer.any(f"{self.conv}.modulation.weight"),
            affine_bias=layer.any(f"{self.conv}.modulation.bias"),
        )
