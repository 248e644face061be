"""StyleGAN2 in plain tensor operations.

Activations are scaled by the styles, not the weights: the same result without a grouped
convolution per picture, and faster under differentiation. Nothing is written in place, so
that forward-mode derivatives under `vmap` and reverse mode work throughout.

Source: Karras et al. 2020, section 2.2; modulation and demodulation are equations 1 and 3.
"""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.engine.generator import Noise
from latentstudio.generators.common import Walk
from latentstudio.generators.filters import blur, normalised, upsample
from latentstudio.generators.stylegan2.settings import ACTIVATIONS, Extras, Settings
from latentstudio.generators.weights import TensorBag


def frozen(tensor: Tensor) -> nn.Parameter:
    """A weight that moves with the network and is not trained."""
    return nn.Parameter(tensor, requires_grad=False)


def unit_rms(x: Tensor) -> Tensor:
    """Divide each row by its root mean square."""
    return x * (x.square().mean(dim=-1, keepdim=True) + 1e-8).rsqrt()


class Dense(nn.Module):
    """Fully connected layer with the equalised learning rate of Karras et al. 2018."""

    def __init__(self, bag: TensorBag, inputs: int, outputs: int = -1, lr: float = 1.0) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", outputs, inputs))
        self.bias = frozen(bag.take("bias", self.weight.shape[0]))
        self.gain, self.bias_gain = lr / math.sqrt(inputs), lr

    def forward(self, x: Tensor) -> Tensor:
        # Scaling the few inputs is cheaper than scaling the weights.
        return F.linear(x * self.gain, self.weight, self.bias * self.bias_gain)


class Mapping(nn.Module):
    """z, and a class where there is one, to w."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        extras, width = settings.extras, settings.z_dim + settings.embed_dim
        self.slope, self.gain = ACTIVATIONS[extras.mapping_activation]
        self.embed = Dense(bag.under("embed"), settings.c_dim) if settings.c_dim else None
        self.layers = nn.ModuleList()
        for index in range(settings.mapping_layers):
            layer = Dense(bag.under(f"fc{index}"), width, lr=extras.lr_multiplier)
            self.layers.append(layer)
            width = layer.weight.shape[0]
        self.w_avg = frozen(bag.take("w_avg", settings.w_dim))

    def forward(self, z: Tensor, one_hot: Tensor | None) -> Tensor:
        x = unit_rms(z)  # (N, z_dim)
        if self.embed is not None and one_hot is not None:
            x = torch.cat([x, unit_rms(self.embed(one_hot))], dim=1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), self.slope) * self.gain
        return x  # (N, w_dim)


class StyledConv(nn.Module):
    """Modulated 3×3 convolution, noise, bias, activation; optionally doubles the size."""

    def __init__(self, bag: TensorBag, inputs: int, size: int, w_dim: int, up: bool, e: Extras):
        super().__init__()
        self.weight = frozen(bag.take("weight", -1, inputs, 3, 3))
        self.bias = frozen(bag.take("bias", self.weight.shape[0]))
        self.affine = Dense(bag.under("affine"), w_dim, inputs)
        self.size, self.up, self.clamp = size, up, e.conv_clamp
        self.slope, self.gain = ACTIVATIONS[e.activation]
        self.taps = normalised(e.resample_filter, 2.0)
        self.noisy = e.use_noise
        if e.use_noise:
            self.noise_const = frozen(bag.take("noise_const", size, size))
            self.noise_strength = frozen(bag.take("noise_strength"))
        self.register_buffer("energy", self.weight.square().sum(dim=(2, 3)), persistent=False)

    @property
    def channels(self) -> int:
        return int(self.weight.shape[0])

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None, gain: float = 1.0) -> Tensor:
        style = self.affine(w)  # (N, inputs)
        energy: Tensor = self.energy  # type: ignore[assignment]
        demodulation = (F.linear(style.square(), energy) + 1e-8).rsqrt()
        x = x * style[:, :, None, None]
        if self.up:
            x = F.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
            x = blur(F.pad(x, self._padding()), self.taps)
        else:
            x = F.conv2d(x, self.weight, padding=1)
        x = x * demodulation[:, :, None, None] + self.bias[:, None, None]
        if noise is not None:
            x = x + noise
        # The gain after a leaky ReLU commutes with it, the limit does not.
        x = F.leaky_relu(x, self.slope) * (self.gain * gain)
        return x if self.clamp is None else x.clamp(-self.clamp * gain, self.clamp * gain)

    def noise(self, noise: Noise) -> Tensor | None:
        """The noise image (size, size) that is added to every channel."""
        if not self.noisy or noise == "none":
            return None
        if noise == "const":
            return self.noise_const * self.noise_strength
        rng = np.random.RandomState([int(noise), self.size, int(self.up)])
        drawn = torch.from_numpy(rng.standard_normal((self.size, self.size)))
        return drawn.to(self.noise_const) * self.noise_strength

    def _padding(self) -> list[int]:
        # The transposed convolution gives 2 size + 1; the blur must leave 2 size.
        extra = len(self.taps) - 2
        return [(extra + 1) // 2, extra // 2] * 2


class ToColours(nn.Module):
    """Modulated 1×1 convolution to image channels, without demodulation."""

    def __init__(self, bag: TensorBag, inputs: int, channels: int, w_dim: int, e: Extras) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", channels, inputs, 1, 1))
        self.bias = frozen(bag.take("bias", channels))
        self.affine = Dense(bag.under("affine"), w_dim, inputs)
        self.gain, self.clamp = 1 / math.sqrt(inputs), e.conv_clamp

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) * self.gain
        y = F.conv2d(x * style[:, :, None, None], self.weight, self.bias)
        return y if self.clamp is None else y.clamp(-self.clamp, self.clamp)


class Block(nn.Module):
    """The layers of one resolution."""

    def __init__(self, bag: TensorBag, inputs: int, size: int, settings: Settings) -> None:
        super().__init__()
        extras, w_dim = settings.extras, settings.w_dim
        self.size, self.resnet = size, settings.architecture == "resnet" and inputs > 0
        self.taps = normalised(extras.resample_filter, 2.0)
        if inputs:
            self.conv0 = StyledConv(bag.under("conv0"), inputs, size, w_dim, True, extras)
            middle = self.conv0.channels
        else:
            self.const = frozen(bag.take("const", -1, size, size))
            middle = int(self.const.shape[0])
        self.conv1 = StyledConv(bag.under("conv1"), middle, size, w_dim, False, extras)
        self.channels = self.conv1.channels
        if self.resnet:
            self.skip = frozen(bag.take("skip.weight", self.channels, inputs, 1, 1))
        last = size == settings.resolutions[-1]
        self.colours: ToColours | None = None
        if last or settings.architecture == "skip":
            bag = bag.under("torgb")
            self.colours = ToColours(bag, self.channels, settings.img_channels, w_dim, extras)

    def shortcut(self, x: Tensor) -> Tensor:
        """The residual branch: a 1×1 convolution, then twice the size."""
        weight = self.skip * (math.sqrt(0.5) / math.sqrt(x.shape[1]))
        return upsample(F.conv2d(x, weight), self.taps)


class Synthesis(nn.Module):
    """Codes of every layer to an image."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        channels = 0
        for size in settings.resolutions:
            block = Block(bag.under(f"b{size}"), channels, size, settings)
            self.blocks.append(block)
            channels = block.channels

    def walk(self, ws: Tensor, noise: Noise) -> Walk:
        """Layer by layer: see `Walk`. Nothing runs after the last layer asked for.

        Args:
            ws: (N, layers, w_dim).
            noise: See `Noise`.
        """
        image: Tensor | None = None
        x, layer = ws.new_empty(0), 0
        for block in self._blocks():
            residual, gain = None, 1.0
            if layer == 0:
                x = block.const.expand(ws.shape[0], -1, -1, -1)
            else:
                if block.resnet:
                    residual, gain = block.shortcut(x), math.sqrt(0.5)
                x = block.conv0(x, ws[:, layer], block.conv0.noise(noise))
                x = yield f"b{block.size}.conv0", x
                layer += 1
            x = block.conv1(x, ws[:, layer], block.conv1.noise(noise), gain)
            x = x if residual is None else residual + x
            x = yield f"b{block.size}.conv1", x
            layer += 1
            if image is not None:
                image = upsample(image, block.taps)
            if block.colours is not None:
                colours = block.colours(x, ws[:, layer])
                image = colours if image is None else image + colours
        assert image is not None  # the last block always has a colour layer
        return image

    def names(self) -> tuple[str, ...]:
        """Names of the layers `walk` stops at, in order."""
        first, *others = [block.size for block in self._blocks()]
        return (f"b{first}.conv1", *(f"b{size}.conv{i}" for size in others for i in (0, 1)))

    def affines(self) -> list[Dense]:
        """The affine map of each layer of W+: convolutions, then the last colour layer."""
        found: list[Dense] = []
        for block in self._blocks():
            found += [block.conv0.affine] if hasattr(block, "conv0") else []
            found.append(block.conv1.affine)
        return [*found, self._blocks()[-1].colours.affine]

    def _blocks(self) -> list[Any]:
        return list(self.blocks)
