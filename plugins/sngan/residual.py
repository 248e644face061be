"""Residual generators of SNGAN and WGAN-GP in plain tensor operations.

Canonical names: ``linear``, ``blocks.0.norm1``, ``blocks.0.conv1``, ``blocks.0.norm2``,
``blocks.0.conv2``, ``blocks.0.shortcut`` …, ``norm``, ``colours``.

Source: Miyato et al. 2018, table 4; Gulrajani et al. 2017, appendix F.
"""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, LayerSteps, TensorBag, frozen

from .network import Norm

BILINEAR = "bilinear"
"""Setting: sizes are doubled by bilinear interpolation, not by repeating pixels."""
MAX_BLOCKS = 10


class Conv(nn.Module):
    """Convolution that keeps the size."""

    def __init__(self, bag: TensorBag, inputs: int) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", -1, inputs, -1, -1))
        self.bias = frozen(bag.take("bias", len(self.weight))) if "bias" in bag else None
        if self.weight.shape[2] != self.weight.shape[3] or self.weight.shape[2] not in (1, 3):
            raise CheckpointError("This network has a kernel of a size we don't know.")

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[2] // 2)


class Block(nn.Module):
    """Residual block that doubles the size."""

    def __init__(self, bag: TensorBag, width: int, bilinear: bool) -> None:
        super().__init__()
        self.bilinear = bilinear
        self.norm1, self.conv1 = Norm(bag.under("norm1"), width), Conv(bag.under("conv1"), width)
        middle = len(self.conv1.weight)
        self.norm2, self.conv2 = Norm(bag.under("norm2"), middle), Conv(bag.under("conv2"), middle)
        self.channels = len(self.conv2.weight)
        shortcut = bag.under("shortcut")
        self.shortcut = Conv(shortcut, width) if "weight" in shortcut else None
        if (self.shortcut is None and self.channels != width) or (
            self.shortcut is not None and len(self.shortcut.weight) != self.channels
        ):
            raise CheckpointError("The blocks of this network don't fit together.")

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv1(self._doubled(self.norm1(x)))
        y = self.conv2(self.norm2(y))
        x = self._doubled(x)
        return y + (x if self.shortcut is None else self.shortcut(x))

    def _doubled(self, x: Tensor) -> Tensor:
        if self.bilinear:
            return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Network(nn.Module):
    """z to an image in [-1, 1]."""

    def __init__(self, bag: TensorBag, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.first = frozen(bag.take("linear.weight", -1, -1))
        rows, self.z_dim = self.first.shape
        self.first_bias = frozen(bag.take("linear.bias", rows))
        self.width = width = bag.shape("blocks.0.norm1.running_mean", 1)[0]
        self.side = math.isqrt(rows // max(1, width))
        if self.side < 1 or self.side**2 * width != rows:
            raise CheckpointError("The first layer of this network doesn't fit its blocks.")
        self.blocks = nn.ModuleList()
        while f"blocks.{len(self.blocks)}.conv1.weight" in bag and len(self.blocks) < MAX_BLOCKS:
            part = bag.under(f"blocks.{len(self.blocks)}")
            block = Block(part, width, settings.get(BILINEAR) is True)
            self.blocks.append(block)
            width = block.channels
        self.norm, self.colours = Norm(bag.under("norm"), width), Conv(bag.under("colours"), width)
        self.channels, self.resolution = len(self.colours.weight), self.side << len(self.blocks)

    def layer_steps(self, z: Tensor, _: Tensor | None) -> LayerSteps:
        """Block by block; z is (N, z_dim)."""
        x = yield "dense", partial(self._start, z)
        for index, block in enumerate(self.blocks):
            x = yield f"block{index}", partial(block, x)
        return torch.tanh(self.colours(self.norm(x)))

    def _start(self, z: Tensor) -> Tensor:
        x = F.linear(z, self.first, self.first_bias)
        return x.view(-1, self.width, self.side, self.side)

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return ("dense", *(f"block{index}" for index in range(len(self.blocks))))

    def readers(self) -> Tensor:
        """Rows that read z: (features, z_dim)."""
        return self.first


def renamed(tensors: dict[str, Tensor], names: Mapping[str, str]) -> dict[str, Tensor]:
    """Layers under canonical names.

    Args:
        tensors: By the project's names.
        names: Its names of layers to ours.
    """
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        owner, _, part = name.rpartition(".")
        if owner in names and part != "num_batches_tracked":
            found[f"{names[owner]}.{part}"] = tensor
    return found
