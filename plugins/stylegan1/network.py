"""StyleGAN's synthesis network in plain tensor operations.

Layer 0 starts from a constant; every even layer after it doubles the size. Nearest doubling
and a 3×3 convolution are one transposed convolution with a 4×4 kernel, which is half the
work; "fused" files mean the same numbers.

Source: Karras et al. 2019, figure 1b; instance normalisation and style are equation 1.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import (
    CheckpointError,
    Dense,
    LayerSteps,
    Noise,
    TensorBag,
    doubling_kernel,
    frozen,
)

SLOPE = 0.2
FIRST = 4


class Layer(nn.Module):
    """Constant or convolution, noise, bias, activation, instance norm, style."""

    kernel: Tensor
    blur: Tensor

    def __init__(self, bag: TensorBag, index: int, inputs: int, w_dim: int) -> None:
        super().__init__()
        self.index, self.size = index, FIRST * 2 ** (index // 2)
        self.up = index > 0 and index % 2 == 0
        if index == 0:
            self.const = frozen(bag.take("const", -1, FIRST, FIRST))
            self.channels = int(self.const.shape[0])
        else:
            self.weight = frozen(bag.take("weight", -1, inputs, 3, 3))
            self.channels = int(self.weight.shape[0])
        if self.up:
            taps = torch.tensor([1.0, 2.0, 1.0]) / 4
            self.register_buffer("kernel", doubling_kernel(self.weight), persistent=False)
            self.register_buffer("blur", taps.outer(taps), persistent=False)
        self.bias = frozen(bag.take("bias", self.channels))
        self.noise_const = frozen(bag.take("noise_const", self.size, self.size))
        self.noise_strength = frozen(bag.take("noise_strength", self.channels))
        self.style = Dense(bag.under("style"), w_dim, 2 * self.channels)

    def forward(self, x: Tensor, w: Tensor, noise: Noise) -> Tensor:
        x = self._convolved(x, len(w)) + self.bias[:, None, None]
        image = self._noise(noise)
        if image is not None:
            x = x + image * self.noise_strength[:, None, None]
        x = F.leaky_relu(x, SLOPE)
        x = x - x.mean(dim=(2, 3), keepdim=True)
        x = x * (x.square().mean(dim=(2, 3), keepdim=True) + 1e-8).rsqrt()
        style: Tensor = self.style(w)
        scale, shift = style[:, :, None, None].chunk(2, dim=1)  # (N, C, 1, 1) each
        return x * (scale + 1) + shift

    def _convolved(self, x: Tensor, count: int) -> Tensor:
        if self.index == 0:
            return self.const.expand(count, -1, -1, -1)
        if not self.up:
            return F.conv2d(x, self.weight, padding=1)
        x = F.conv_transpose2d(x, self.kernel, stride=2, padding=1)
        blur = self.blur.expand(self.channels, 1, 3, 3)
        return F.conv2d(x, blur, padding=1, groups=self.channels)

    def _noise(self, noise: Noise) -> Tensor | None:
        """The noise image (size, size)."""
        if noise == "none":
            return None
        if noise == "const":
            return self.noise_const
        rng = np.random.RandomState([int(noise), self.index])
        return torch.from_numpy(rng.standard_normal((self.size, self.size))).to(self.bias)


class Synthesis(nn.Module):
    """Codes of every layer to an image."""

    layers: Any

    def __init__(self, bag: TensorBag, w_dim: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        width = 0
        while f"layer{len(self.layers)}.bias" in bag:
            index = len(self.layers)
            layer = Layer(bag.under(f"layer{index}"), index, width, w_dim)
            self.layers.append(layer)
            width = layer.channels
        if not width or len(self.layers) % 2:
            raise CheckpointError("This StyleGAN is incomplete: it has an odd number of layers.")
        self.colours = frozen(bag.take("output.weight", -1, width, 1, 1))
        self.bias = frozen(bag.take("output.bias", self.colours.shape[0]))
        self.channels = int(self.colours.shape[0])
        self.resolution = FIRST * 2 ** (len(self.layers) // 2 - 1)

    @property
    def noisy(self) -> bool:
        """Whether noise has any effect: its strengths may be zero."""
        return any(bool(layer.noise_strength.any()) for layer in self.layers)

    def layer_steps(self, ws: Tensor, noise: Noise) -> LayerSteps:
        """Layer by layer; ws is (N, layers, w_dim)."""
        x = ws.new_empty(0)
        for index, (name, layer) in enumerate(zip(self.names(), self.layers, strict=True)):
            x = yield name, partial(layer, x, ws[:, index], noise)
        return F.conv2d(x, self.colours, self.bias)

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return tuple(f"layer{index}" for index in range(len(self.layers)))

    def affines(self) -> list[Dense]:
        """The affine map of each layer of W+."""
        return [layer.style for layer in self.layers]
