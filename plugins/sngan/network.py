"""SNGAN's generator in plain tensor operations: a dense layer, residual blocks, one convolution.

Batch norms use their running statistics, folded into one factor and one shift.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import BatchNorm, CheckpointError, LayerSteps, TensorBag, frozen

FIRST = 4


class Norm(BatchNorm):
    """Batch norm at its running statistics, then ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        return F.relu(super().forward(x))


class Conv(nn.Module):
    """3×3 convolution that keeps the size."""

    def __init__(self, bag: TensorBag, inputs: int) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", -1, inputs, 3, 3))
        self.bias = frozen(bag.take("bias", self.weight.shape[0]))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=1)


class Block(nn.Module):
    """Residual block that doubles the size."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = (
            Norm(bag.under("model.0"), width),
            Conv(bag.under("model.3"), width),
        )
        self.channels = int(self.conv1.weight.shape[0])
        self.norm2 = Norm(bag.under("model.4"), self.channels)
        self.conv2 = Conv(bag.under("model.6"), self.channels)
        bypass = bag.under("bypass.1")
        self.bypass = Conv(bypass, width) if "weight" in bypass else None

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv1(_doubled(self.norm1(x)))
        y = self.conv2(self.norm2(y))
        x = _doubled(x)
        x = x if self.bypass is None else self.bypass(x)
        return x + y


class Network(nn.Module):
    """z to an image in [-1, 1]."""

    def __init__(self, bag: TensorBag) -> None:
        super().__init__()
        self.first = frozen(bag.take("0.weight", -1, -1))
        self.first_bias = frozen(bag.take("0.bias", self.first.shape[0]))
        rows, self.z_dim = self.first.shape
        self.width = width = rows // FIRST**2
        if not width or rows % FIRST**2:
            raise CheckpointError("This SNGAN does not begin with 4×4 pixels.")
        self.blocks = nn.ModuleList()
        while f"{len(self.blocks) + 2}.model.0.weight" in bag:
            block = Block(bag.under(f"{len(self.blocks) + 2}"), width)
            self.blocks.append(block)
            width = block.channels
        last = len(self.blocks) + 2
        self.norm = Norm(bag.under(f"{last}"), width)
        self.colours = Conv(bag.under(f"{last + 2}"), width)
        self.channels = int(self.colours.weight.shape[0])
        self.resolution = FIRST * 2 ** len(self.blocks)

    def layer_steps(self, z: Tensor, _: Tensor | None) -> LayerSteps:
        """Layer by layer; z is (N, z_dim)."""
        names = iter(self.names())
        x = F.linear(z, self.first, self.first_bias)
        x = x.view(-1, self.width, FIRST, FIRST)
        x = yield next(names), x
        for name, block in zip(names, self.blocks, strict=True):
            x = yield name, partial(block, x)
        return torch.tanh(self.colours(self.norm(x)))

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return ("dense", *(f"block{index}" for index in range(len(self.blocks))))

    def readers(self) -> Tensor:
        """Rows that read z: (features, z_dim)."""
        return self.first


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
