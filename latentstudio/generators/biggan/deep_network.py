"""BigGAN-deep as Hugging Face's pytorch-pretrained-BigGAN builds it.

Batch-norm statistics are stored for steps of the truncation; between two steps they are
mixed as that project does.
"""

import math
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import CheckpointError
from latentstudio.generators.biggan.layers import Attention, Conv, affine, folded, twice
from latentstudio.generators.layer_steps import LayerSteps
from latentstudio.generators.layers import frozen
from latentstudio.generators.weights import TensorBag

SIDE = 4
MAX_LAYERS = 64
ATTENTION = ("snconv1x1_theta", "snconv1x1_phi", "snconv1x1_g", "snconv1x1_o_conv")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `config.json` says and shapes don't.

    Attributes:
        ups: Whether each block doubles the size.
        eps: Of the batch norms.
    """

    ups: tuple[bool, ...]
    eps: float


class Statistics(nn.Module):
    """Mean and variance of a batch norm at a truncation."""

    def __init__(self, bag: TensorBag, channels: int, eps: float) -> None:
        super().__init__()
        self.means = frozen(bag.take("running_means", -1, channels))
        self.vars = frozen(bag.take("running_vars", self.means.shape[0], channels))
        self.eps = eps
        if self.means.shape[0] < 2:
            raise CheckpointError("This BigGAN-deep has no statistics for truncation.")

    def at(self, truncation: float) -> tuple[Tensor, Tensor]:
        """Mean, and one over the deviation: (C,) each."""
        last = self.means.shape[0] - 1
        # The share of the *next* step is 1 - rest: so the published code has it, and so the
        # published pictures were made.
        rest, start = math.modf(min(max(truncation, 0.0), 1.0) * last)
        low, high = int(start), min(int(start) + 1, last)
        share = rest if rest else 1.0
        mean = self.means[low] * share + self.means[high] * (1 - share)
        var = self.vars[low] * share + self.vars[high] * (1 - share)
        return mean, (var + self.eps).rsqrt()


class ConditionalNorm(nn.Module):
    """Batch norm whose gain and bias come from z and class."""

    def __init__(self, bag: TensorBag, channels: int, condition: int, eps: float) -> None:
        super().__init__()
        self.scale = frozen(folded(bag, "scale", channels, condition))
        self.offset = frozen(folded(bag, "offset", channels, condition))
        self.statistics = Statistics(bag, channels, eps)

    def forward(self, x: Tensor, y: Tensor, truncation: float) -> Tensor:
        """(N, C, H, W), condition (N, K) or (1, K) -> (N, C, H, W); truncation from 0 to 1."""
        mean, inverse = self.statistics.at(truncation)
        scale = (1 + F.linear(y, self.scale)) * inverse
        return affine(x, scale, F.linear(y, self.offset) - mean * scale)


class Block(nn.Module):
    """Bottleneck block; channels that are too many are dropped from the shortcut."""

    def __init__(self, bag: TensorBag, inputs: int, condition: int, up: bool, eps: float) -> None:
        super().__init__()
        self.up = up
        self.norms, self.convs = nn.ModuleList(), nn.ModuleList()
        channels = inputs
        for index in range(4):
            norm = ConditionalNorm(bag.under(f"bn_{index}"), channels, condition, eps)
            conv = Conv(bag, f"conv_{index}", channels)
            self.norms.append(norm)
            self.convs.append(conv)
            channels = conv.channels
        self.channels = channels
        if channels not in (inputs, inputs // 2):
            raise CheckpointError("The blocks of this BigGAN-deep don't fit together.")

    def forward(self, x: Tensor, y: Tensor, truncation: float) -> Tensor:
        """(N, inputs, H, W), condition (N, K) -> (N, channels, H, W), or twice the size."""
        h = x
        for index, (norm, conv) in enumerate(zip(self.norms, self.convs, strict=True)):
            h = norm(h, y, truncation).relu()
            h = conv(twice(h) if index == 1 and self.up else h)
        x = x[:, : self.channels]
        return h + (twice(x) if self.up else x)


class DeepNetwork(nn.Module):
    """z and a class to an image."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        self.embeddings = frozen(bag.take("embeddings.weight", -1, -1))
        embedded, self.classes = self.embeddings.shape
        bag = bag.under("generator")
        self.first = frozen(folded(bag, "gen_z", -1, -1))
        self.first_bias = frozen(bag.take("gen_z.bias", self.first.shape[0]))
        condition = self.first.shape[1]
        self.z_dim = condition - embedded
        channels, left = divmod(self.first.shape[0], SIDE * SIDE)
        if left or self.z_dim < 1:
            raise CheckpointError("The first layer of this BigGAN-deep has an odd size.")
        self.layers, ups = nn.ModuleList(), list(settings.ups)
        while any(f"layers.{len(self.layers)}.{mark}" in bag for mark in ("gamma", "conv_0.bias")):
            layer = bag.under(f"layers.{len(self.layers)}")
            if "gamma" in layer:
                self.layers.append(Attention(layer, ATTENTION, channels))
                continue
            if not ups:
                raise CheckpointError("This BigGAN-deep has more blocks than its config.json.")
            block = Block(layer, channels, condition, ups.pop(0), settings.eps)
            self.layers.append(block)
            channels = block.channels
        if ups:
            raise CheckpointError("This BigGAN-deep has fewer blocks than its config.json.")
        self.resolution = SIDE * 2 ** sum(settings.ups)
        self._finish(bag, channels, settings.eps)

    def _finish(self, bag: TensorBag, channels: int, eps: float) -> None:
        self.gain = frozen(bag.take("bn.weight", channels))
        self.bias = frozen(bag.take("bn.bias", channels))
        self.statistics = Statistics(bag.under("bn"), channels, eps)
        self.last = Conv(bag, "conv_to_rgb", channels)
        if self.last.channels < 3:
            raise CheckpointError("This BigGAN-deep makes no colours.")

    def layer_steps(self, z: Tensor, one_hot: Tensor, truncation: float) -> LayerSteps:
        """Layer by layer (`LayerSteps`): (N, z_dim), (N, classes) -> image (N, 3, H, W)."""
        y = torch.cat([z, F.linear(one_hot, self.embeddings)], dim=1)
        x = F.linear(y, self.first, self.first_bias)
        x = x.reshape(len(z), SIDE, SIDE, -1).permute(0, 3, 1, 2).contiguous()
        x = yield "gen_z", x
        for index, layer in enumerate(self.layers):
            given = () if isinstance(layer, Attention) else (y, truncation)
            x = yield f"layer{index}", partial(layer, x, *given)
        mean, inverse = self.statistics.at(truncation)
        scale = self.gain * inverse
        x = affine(x, scale[None], (self.bias - mean * scale)[None]).relu()
        # As many channels as before, of which three are colours.
        return torch.tanh(self.last(x)[:, :3])

    def names(self) -> tuple[str, ...]:
        """Names of the layers `layer_steps` stops at, in order."""
        return ("gen_z", *(f"layer{index}" for index in range(len(self.layers))))

    def readers(self) -> Tensor:
        """The linear map that reads z first: (rows, z_dim)."""
        return self.first[:, : self.z_dim]
