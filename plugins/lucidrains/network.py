"""The synthesis network in plain tensor operations.

Activations are scaled by the styles instead of the weights: the same result without a grouped
convolution for each picture. Pictures of 0…1 are brought to -1…1: the image grows from -1, and
colours count twice.

Source: Karras et al. 2020, section 2.2; modulation and demodulation are equations 1 and 3.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, LayerSteps, Noise, TensorBag, frozen

from .attention import attention_in

SLOPE = 0.2
FIRST = 4
IMAGE = "image"


class Reader(nn.Module):
    """The dense layers with which a block reads its code, as one.

    Args:
        bag: Of the block.
        w_dim: Length of the code.
    """

    gain = 1.0

    def __init__(self, bag: TensorBag, w_dim: int) -> None:
        super().__init__()
        parts = [bag.under(name) for name in ("to_style1", "to_style2", "to_rgb.to_style")]
        weights = [part.take("weight", -1, w_dim) for part in parts]
        self.sizes = [len(weight) for weight in weights]
        biases = [part.take("bias", size) for part, size in zip(parts, self.sizes, strict=True)]
        self.weight, self.bias = frozen(torch.cat(weights)), frozen(torch.cat(biases))

    def forward(self, w: Tensor) -> tuple[Tensor, ...]:
        """What multiplies the inputs of both convolutions and of the colours: (N, inputs) each."""
        return torch.split(F.linear(w, self.weight, self.bias) + 1, self.sizes, dim=1)


class Conv(nn.Module):
    """Modulated 3×3 convolution, noise, activation."""

    energy: Tensor

    def __init__(self, bag: TensorBag, name: str, inputs: int) -> None:
        super().__init__()
        self.weight = frozen(bag.kernel(f"conv{name}.weight", -1, inputs, 3, 3))
        self.channels = len(self.weight)
        noise = bag.under(f"to_noise{name}")
        self.strength = frozen(noise.take("weight", self.channels, 1).reshape(-1))
        self.bias = frozen(noise.take("bias", self.channels))
        energy = self.weight.square().sum(dim=(2, 3))  # (outputs, inputs)
        self.register_buffer("energy", energy, persistent=False)

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """(N, inputs, H, W), (N, inputs), noise (H, W) -> (N, channels, H, W)."""
        scale = (F.linear(style.square(), self.energy) + 1e-8).rsqrt()
        x = F.conv2d(x * style[:, :, None, None], self.weight, padding=1)
        shift = noise * self.strength[:, None, None] + self.bias[:, None, None]
        return F.leaky_relu(x * scale[:, :, None, None] + shift, SLOPE)


class Block(nn.Module):
    """One size: attention where the file has it, two convolutions, colours."""

    def __init__(self, bag: TensorBag, index: int, inputs: int, w_dim: int, blurred: bool) -> None:
        super().__init__()
        self.side, self.up, self.blurred = FIRST * 2**index, index > 0, blurred
        self.attention = attention_in(bag.under(f"attns.{index}"), inputs)
        bag = bag.under(f"blocks.{index}")
        self.reader = Reader(bag, w_dim)
        self.conv1 = Conv(bag, "1", inputs)
        self.conv2 = Conv(bag, "2", self.conv1.channels)
        self.colours = frozen(bag.take("to_rgb.conv.weight", -1, self.conv2.channels, 1, 1))
        if self.reader.sizes != [inputs, self.conv1.channels, self.conv2.channels]:
            raise CheckpointError("This model file contradicts itself: styles don't fit channels.")

    def first(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Features of the block before, (N, inputs, h, w), at this one's size."""
        x = x if self.attention is None else self.attention(x)
        made: Tensor = self.conv1(doubled(x) if self.up else x, self.reader(w)[0], noise)
        return made

    def second(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """(N, channels, H, W), codes (N, w_dim) -> (N, channels, H, W)."""
        made: Tensor = self.conv2(x, self.reader(w)[1], noise)
        return made

    def coloured(self, image: Tensor | None, x: Tensor, w: Tensor) -> Tensor:
        """The image so far, doubled, and this block's colours: (N, C, H, W)."""
        colours = 2 * F.conv2d(x * self.reader(w)[2][:, :, None, None], self.colours)
        if image is None:
            return colours - 1
        image = doubled(image)
        return colours + (blur(image) if self.blurred else image)


class Synthesis(nn.Module):
    """Codes of every block to an image.

    Args:
        bag: Tensors by their project's names.
        w_dim: Length of a code.
        blurred: The image is blurred after it is doubled, as since version 1.1.
    """

    blocks: Any

    def __init__(self, bag: TensorBag, w_dim: int, blurred: object) -> None:
        super().__init__()
        self.starts_from_codes = "to_initial_block.weight" in bag
        if self.starts_from_codes:
            self.start = frozen(bag.take("to_initial_block.weight", w_dim, -1, FIRST, FIRST))
            width = int(self.start.shape[1])
        else:
            shape = [1] * (bag.ndim("initial_block") - 3) if "initial_block" in bag else []
            self.start = frozen(bag.take("initial_block", *shape, -1, FIRST, FIRST))
            width = int(self.start.shape[-3])
        self.initial = None
        if "initial_conv.weight" in bag:
            self.initial = frozen(bag.kernel("initial_conv.weight", width, width, 3, 3))
            self.initial_bias = frozen(bag.take("initial_conv.bias", width))
        self.blocks = nn.ModuleList()
        while f"blocks.{len(self.blocks)}.conv1.weight" in bag:
            block = Block(bag, len(self.blocks), width, w_dim, blurred is not False)
            self.blocks.append(block)
            width = block.conv2.channels
        self.channels = len(self.blocks[-1].colours)
        self.resolution = self.blocks[-1].side

    @property
    def noisy(self) -> bool:
        """Whether noise has any effect: its strengths begin with zero."""
        convs = [conv for block in self.blocks for conv in (block.conv1, block.conv2)]
        return any(bool(conv.strength.any()) for conv in convs)

    def layer_steps(self, ws: Tensor, noise: Noise) -> LayerSteps:
        """Layer by layer; ws is (N, layers, w_dim)."""
        image: Tensor | None = None
        x, drawn = ws.new_empty(0), self._noise(noise)
        for index, block in enumerate(self.blocks):
            w, part = ws[:, index], drawn[: block.side, : block.side]
            first = partial(block.first, x, w, part) if index else partial(self._first, ws, part)
            x = yield f"b{block.side}.conv1", first
            x = yield f"b{block.side}.conv2", partial(block.second, x, w, part)
            image = yield IMAGE, partial(block.coloured, image, x, w)
        assert image is not None
        return image

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return tuple(f"b{block.side}.conv{i}" for block in self.blocks for i in (1, 2))

    def affines(self) -> list[Reader]:
        """What reads each layer of W+."""
        return [block.reader for block in self.blocks]

    def _first(self, ws: Tensor, noise: Tensor) -> Tensor:
        """The first convolution, from the constant or from the mean of all codes."""
        if self.starts_from_codes:
            x = F.conv_transpose2d(ws.mean(dim=1)[:, :, None, None], self.start)
        else:
            x = self.start.reshape(1, -1, FIRST, FIRST).expand(len(ws), -1, -1, -1)
        if self.initial is not None:
            x = F.conv2d(x, self.initial, self.initial_bias, padding=1)
        made: Tensor = self.blocks[0].first(x, ws[:, 0], noise)
        return made

    def _noise(self, noise: Noise) -> Tensor:
        """The noise image that all layers read the corner of: (side, side), uniform on 0…1.

        The file keeps none, so "const" is one drawing of it; without noise it is its mean. Layers
        see it mirrored at its diagonal.
        """
        if noise == "none":
            return self.start.new_full((self.resolution, self.resolution), 0.5)
        return noise_image(noise, self.resolution).to(self.start).T


def noise_image(noise: Noise, side: int) -> Tensor:
    """The noise input that stands for "const" or a seed: (side, side)."""
    seed = 0 if noise == "const" else 1 + int(noise)
    drawn = np.random.RandomState([seed, side]).random_sample((side, side))
    return torch.from_numpy(drawn.astype(np.float32))


def doubled(x: Tensor) -> Tensor:
    """Twice the size, bilinear: (N, C, H, W) -> (N, C, 2 H, 2 W)."""
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def blur(x: Tensor) -> Tensor:
    """Taps 1, 2, 1 both ways, with mirrored borders: (N, C, H, W), same shape."""
    taps = torch.tensor([1.0, 2.0, 1.0], device=x.device, dtype=x.dtype) / 4
    kernel = taps.outer(taps).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, [1, 1, 1, 1], mode="reflect"), kernel, groups=x.shape[1])
