"""BigGAN as BigGAN-PyTorch builds it; its architecture is read from the shapes."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import CheckpointError
from latentstudio.generators.biggan.layers import Attention, Conv, affine, folded, twice
from latentstudio.generators.layer_steps import LayerSteps
from latentstudio.generators.layers import frozen
from latentstudio.generators.weights import TensorBag

MAX_BLOCKS = 10


class ConditionalNorm(nn.Module):
    """Batch norm with stored statistics; the condition gives gain and bias.

    Without a shared embedding each norm has a row of gains and biases for each class.
    """

    def __init__(self, bag: TensorBag, channels: int, inputs: int, eps: float, rows: bool) -> None:
        super().__init__()
        if rows:
            self.gain = frozen(bag.take("gain.weight", inputs, channels).T.contiguous())
            self.bias = frozen(bag.take("bias.weight", inputs, channels).T.contiguous())
        else:
            self.gain = frozen(folded(bag, "gain", channels, inputs))
            self.bias = frozen(folded(bag, "bias", channels, inputs))
        self.mean = frozen(bag.take("stored_mean", channels))
        self.var = frozen(bag.take("stored_var", channels))
        self.eps = eps

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(N, C, H, W), condition (N, K) -> (N, C, H, W)."""
        scale = (1 + F.linear(y, self.gain)) * (self.var + self.eps).rsqrt()
        return affine(x, scale, F.linear(y, self.bias) - self.mean * scale)


class Block(nn.Module):
    """Residual block that doubles the size, with attention after it where the file has it."""

    def __init__(
        self, bag: TensorBag, channels: int, condition: int, eps: float, rows: bool
    ) -> None:
        super().__init__()
        first = bag.under("0")
        self.bn1 = ConditionalNorm(first.under("bn1"), channels, condition, eps, rows)
        self.conv1 = Conv(first, "conv1", channels)
        middle = self.conv1.channels
        self.bn2 = ConditionalNorm(first.under("bn2"), middle, condition, eps, rows)
        self.conv2 = Conv(first, "conv2", self.conv1.channels)
        self.shortcut = Conv(first, "conv_sc", channels)
        self.channels = self.conv2.channels
        self.attention: nn.Module | None = None
        if "1.gamma" in bag:
            names = ("theta", "phi", "g", "o")
            self.attention = Attention(bag.under("1"), names, self.channels)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(N, inputs, H, W), condition (N, K) -> (N, channels, 2 H, 2 W)."""
        h: Tensor = self.conv1(twice(self.bn1(x, y).relu()))
        h = self.conv2(self.bn2(h, y).relu())
        # A 1×1 convolution and repeating pixels commute; at half the size it is a quarter.
        h = h + twice(self.shortcut(x))
        if self.attention is not None:
            h = self.attention(h)
        return h

    def readers(self, columns: int) -> Tensor:
        """What reads the last `columns` of the condition: gains and biases, (rows, columns)."""
        norms = (self.bn1, self.bn2)
        return torch.cat([weight[:, -columns:] for n in norms for weight in (n.gain, n.bias)])


class Network(nn.Module):
    """z and a class to an image."""

    def __init__(self, bag: TensorBag, settings: Mapping[str, Any]) -> None:
        super().__init__()
        eps = float(settings.get("bn_eps", 1e-5))
        self.shared: nn.Parameter | None = None
        if "shared.weight" in bag:
            self.classes, embedded = bag.shape("shared.weight", 2)
            self.shared = frozen(bag.take("shared.weight", self.classes, embedded))
        else:
            self.classes = embedded = bag.shape("blocks.0.0.bn1.gain.weight", 2)[0]
        self.first = frozen(folded(bag, "linear", -1, -1))
        self.first_bias = frozen(bag.take("linear.bias", self.first.shape[0]))
        channels = bag.shape("blocks.0.0.bn1.stored_mean", 1)[0]
        condition = bag.shape("blocks.0.0.bn1.gain.weight", 2)[1] if self.shared is not None else 0
        self.chunk = self.first.shape[1] if condition > embedded else 0
        self.side = _side(self.first.shape[0], channels)
        self.blocks = nn.ModuleList()
        while f"blocks.{len(self.blocks)}.0.conv1.weight" in bag and len(self.blocks) < MAX_BLOCKS:
            name = f"blocks.{len(self.blocks)}"
            rows = self.shared is None
            block = Block(bag.under(name), channels, embedded + self.chunk, eps, rows)
            self.blocks.append(block)
            channels = block.channels
        self._finish(bag.under("output_layer"), channels, eps)

    def _finish(self, bag: TensorBag, channels: int, eps: float) -> None:
        names = ("0.gain", "0.bias", "0.stored_mean", "0.stored_var")
        gain, bias, mean, var = (bag.take(name, channels) for name in names)
        self.last_scale = frozen(gain * (var + eps).rsqrt())
        self.last_shift = frozen(bias - mean * self.last_scale)
        self.last = Conv(bag, "2", channels)

    @property
    def z_dim(self) -> int:
        """With a hierarchical z, one chunk for the first layer and one for each block."""
        return int(self.first.shape[1]) * (len(self.blocks) + 1 if self.chunk else 1)

    @property
    def resolution(self) -> int:
        return self.side << len(self.blocks)

    def layer_steps(self, z: Tensor, one_hot: Tensor) -> LayerSteps:
        """Block by block (`LayerSteps`): (N, z_dim), (N, classes) -> image (N, C, H, W)."""
        embedded = one_hot if self.shared is None else one_hot @ self.shared
        chunks = torch.split(z, self.chunk, dim=1) if self.chunk else (z,)
        x = F.linear(chunks[0], self.first, self.first_bias)
        x = yield "linear", x.reshape(len(z), -1, self.side, self.side)
        for index, block in enumerate(self.blocks):
            y = torch.cat([embedded, chunks[index + 1]], dim=1) if self.chunk else embedded
            x = yield f"block{index}", partial(block, x, y)
        x = affine(x, self.last_scale[None], self.last_shift[None]).relu()
        return torch.tanh(self.last(x))

    def names(self) -> tuple[str, ...]:
        """Names of the layers `layer_steps` stops at, in order."""
        return ("linear", *(f"block{index}" for index in range(len(self.blocks))))

    def readers(self) -> Tensor:
        """All linear maps that read z: (rows, z_dim).

        The first layer and, with a hierarchical z, the gains and biases of each block, each
        in the columns of its own chunk.
        """
        if not self.chunk:
            return self.first
        parts: list[Tensor] = [self.first, *(b.readers(self.chunk) for b in self._blocks())]
        columns = [
            F.pad(part, [index * self.chunk, self.z_dim - (index + 1) * self.chunk])
            for index, part in enumerate(parts)
        ]
        return torch.cat(columns)

    def _blocks(self) -> list[Block]:
        return list(self.blocks)  # type: ignore[arg-type]


def _side(outputs: int, channels: int) -> int:
    side = math.isqrt(outputs // max(1, channels))
    if side < 1 or side * side * channels != outputs:
        raise CheckpointError("The first layer of this BigGAN doesn't fit its blocks.")
    return side
