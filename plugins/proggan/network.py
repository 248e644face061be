"""ProgGAN's last stage in plain tensor operations.

Canonical names: ``layer0`` … and ``output``, each with `weight` as it is used (the equalised
learning rate multiplied in) and `bias`, for layer 0 perhaps one of each pixel. Layer 0 makes
4×4 from z; every even layer after it doubles the size first.

Source: Karras et al. 2018, table 2 (layers), section 4.2 (pixel norm).
"""

from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import (
    CheckpointError,
    LayerSteps,
    TensorBag,
    doubling_kernel,
    frozen,
)

SLOPE = 0.2
FIRST = 4


def pixel_norm(x: Tensor) -> Tensor:
    """Divide each pixel's features by their root mean square: (N, C, H, W), same shape."""
    return x * (x.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


def _active(layer: nn.Module, x: Tensor) -> Tensor:
    """A layer and its activation."""
    return F.leaky_relu(layer(x), SLOPE)


class Layer(nn.Module):
    """Pixel norm, optional doubling, convolution."""

    kernel: Tensor

    def __init__(self, bag: TensorBag, inputs: int, size: int, padding: int, up: bool) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", -1, inputs, size, size))
        # A dense first layer has a bias for each of its pixels.
        pixels = [size, size] if bag.ndim("bias") == 3 else []
        self.bias = frozen(bag.take("bias", self.weight.shape[0], *pixels))
        self.padding, self.up = padding, up
        if up:
            self.register_buffer("kernel", doubling_kernel(self.weight), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = pixel_norm(x)
        if self.up:  # nearest doubling and the convolution at once
            return F.conv_transpose2d(x, self.kernel, self.bias, stride=2, padding=1)
        if self.bias.ndim == 3:
            return F.conv2d(x, self.weight, padding=self.padding) + self.bias
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


class Network(nn.Module):
    """z to an image."""

    layers: Any

    def __init__(self, bag: TensorBag) -> None:
        super().__init__()
        self.z_dim = width = bag.shape("layer0.weight", 4)[1]
        self.layers = nn.ModuleList()
        while f"layer{len(self.layers)}.weight" in bag:
            index = len(self.layers)
            part = bag.under(f"layer{index}")
            size, padding = (FIRST, FIRST - 1) if index == 0 else (3, 1)
            layer = Layer(part, width, size, padding, up=index > 0 and index % 2 == 0)
            self.layers.append(layer)
            width = int(layer.weight.shape[0])
        if len(self.layers) % 2:
            raise CheckpointError("This ProgGAN is incomplete: it has an odd number of layers.")
        self.output = Layer(bag.under("output"), width, 1, 0, up=False)
        self.channels = int(self.output.weight.shape[0])
        self.resolution = FIRST * 2 ** (len(self.layers) // 2 - 1)

    def layer_steps(self, z: Tensor, _: Tensor | None) -> LayerSteps:
        """Layer by layer; z is (N, z_dim)."""
        x = z[:, :, None, None]
        for name, layer in zip(self.names(), self.layers, strict=True):
            x = yield name, partial(_active, layer, x)
        image: Tensor = self.output(x)
        return image

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return tuple(f"layer{index}" for index in range(len(self.layers)))

    def readers(self) -> Tensor:
        """Rows of layer 0 that read z, one for each feature of each pixel: (C·16, z_dim)."""
        weight: Tensor = self.layers[0].weight
        return torch.movedim(weight, 1, -1).reshape(-1, self.z_dim)
