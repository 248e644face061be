"""StyleGAN2 in plain tensor operations.

Activations are scaled by the styles, not the weights: the same result without a grouped
convolution per picture, and faster under differentiation. What is written in place was made a
line above and holds every batch dimension by then, so that forward-mode derivatives under `vmap`
and reverse mode work throughout.

Source: Karras et al. 2020, section 2.2; modulation and demodulation are equations 1 and 3.
"""

import math
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.engine.generator import Noise, Window
from latentstudio.generators import winograd
from latentstudio.generators.filters import (
    Filter,
    Padding,
    double_padding,
    down_kernels,
    normalised,
    resample_down,
    resample_up,
    up_kernels,
)
from latentstudio.generators.layer_steps import IMAGE, LayerSteps
from latentstudio.generators.layers import ACTIVATIONS, Dense, frozen
from latentstudio.generators.stylegan2.settings import BANDS, Extras, Settings
from latentstudio.generators.stylegan2.wavelet import bands_of, of_bands
from latentstudio.generators.weights import TensorBag


class StyledConv(nn.Module):
    """Modulated 3×3 convolution, noise, bias, activation; optionally doubles the size."""

    energy: Tensor

    def __init__(
        self, bag: TensorBag, inputs: int, size: tuple[int, int], w_dim: int, up: bool, e: Extras
    ) -> None:
        super().__init__()
        # For a transposed convolution, kernels are (inputs, outputs, 3, 3).
        self.weight = frozen(bag.kernel("weight", -1, inputs, 3, 3, transposed=up))
        self.channels = int(self.weight.shape[1 if up else 0])
        self.bias = frozen(bag.take("bias", self.channels))
        self.affine = Dense(bag.under("affine"), w_dim, inputs)
        self.size, self.up, self.clamp = size, up, e.conv_clamp
        self.slope, self.gain = ACTIVATIONS[e.activation]
        self.filter = Filter(down_kernels(normalised(e.resample_filter), gain=4.0))
        self.noisy = e.use_noise
        if e.use_noise:
            self.noise_const = frozen(bag.take("noise_const", *size))
            self.noise_strength = frozen(bag.take("noise_strength"))
        energy = self.weight.square().sum(dim=(2, 3))  # (outputs, inputs)
        self.register_buffer("energy", energy.T if up else energy, persistent=False)
        self._kernel: Tensor | None = None

    def forward(
        self,
        x: Tensor,
        w: Tensor,
        noise: Noise,
        gain: float = 1.0,
        window: Window | None = None,
    ) -> Tensor:
        """Features (N, inputs, h, w) and codes (N, w_dim) to features.

        `window` says which part of the layer's output comes from `x`, where that is a part.
        """
        style = self.affine(w)  # (N, inputs)
        # The gain after a leaky ReLU commutes with it: small tensors take it along.
        gain = self.gain * gain
        scale = (F.linear(style.square(), self.energy) + 1e-8).rsqrt() * gain
        bias = self.bias * gain
        if len(x) == 1 and torch.is_inference_mode_enabled():
            x = self._alone(x, style[0], scale[0], bias)
        else:
            x = self._convolve(x * style[:, :, None, None], self.weight)
            x = torch.addcmul(bias[:, None, None], x, scale[:, :, None, None])
        image = self._noise(noise)
        if image is not None:
            x = x.add_((image if window is None else window.of(image)) * gain)
        x = F.leaky_relu_(x, self.slope)
        limit = None if self.clamp is None else self.clamp * gain / self.gain
        return x if limit is None else x.clamp(-limit, limit)

    def _alone(self, x: Tensor, style: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
        """One picture without derivatives: its styles go into the weight, as in the paper.

        Two passes over the features fewer; several pictures would need a weight each. Where there
        are more weights than features, or products can be saved, the features are scaled.
        """
        if not self.up and winograd.is_faster(x, self.weight):
            x = winograd.convolve(x * style[:, None, None], self._products())
            return torch.addcmul(bias[:, None, None], x, scale[:, None, None])
        if 2 * x.numel() < self.weight.numel():
            x = self._convolve(x * style[:, None, None], self.weight)
            return torch.addcmul(bias[:, None, None], x, scale[:, None, None])
        if self.up:
            weight = self.weight * (style[:, None] * scale)[:, :, None, None]
            return self._convolve(x, weight).add_(bias[:, None, None])
        weight = self.weight * (scale[:, None] * style)[:, :, None, None]
        return F.conv2d(x, weight, bias, padding=1)

    def _products(self) -> Tensor:
        """The weight as `winograd` takes it, made when first needed."""
        if self._kernel is None:
            self._kernel = winograd.transformed(self.weight)
        return self._kernel

    def _convolve(self, x: Tensor, weight: Tensor) -> Tensor:
        if not self.up:
            return F.conv2d(x, weight, padding=1)
        x = F.conv_transpose2d(x, weight, stride=2)
        return resample_down(x, self.filter.kernels, padding=self._padding())

    def _noise(self, noise: Noise) -> Tensor | None:
        """The noise image (height, width) that is added to every channel."""
        if not self.noisy or noise == "none":
            return None
        if noise == "const":
            return self.noise_const * self.noise_strength
        rng = np.random.RandomState([int(noise), max(self.size), int(self.up)])
        drawn = torch.from_numpy(rng.standard_normal(self.size))
        return drawn.to(self.noise_const) * self.noise_strength

    def _padding(self) -> Padding:
        # The transposed convolution gives size + 1; the blur must leave size.
        extra = self.filter.size - 2
        return (extra + 1) // 2, extra // 2, (extra + 1) // 2, extra // 2


class ToColours(nn.Module):
    """Modulated 1×1 convolution to image channels, without demodulation."""

    def __init__(self, bag: TensorBag, inputs: int, channels: int, w_dim: int, e: Extras) -> None:
        super().__init__()
        self.weight = frozen(bag.kernel("weight", channels, inputs, 1, 1))
        self.bias = frozen(bag.take("bias", channels))
        self.affine = Dense(bag.under("affine"), w_dim, inputs)
        self.gain, self.clamp = 1 / math.sqrt(inputs), e.conv_clamp

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """(N, inputs, H, W), w (N, w_dim) -> (N, C, H, W)."""
        style = self.affine(w) * self.gain
        y = F.conv2d(x * style[:, :, None, None], self.weight, self.bias)
        return y if self.clamp is None else y.clamp(-self.clamp, self.clamp)


class Block(nn.Module):
    """The layers of one resolution."""

    def __init__(self, bag: TensorBag, inputs: int, name: int, settings: Settings) -> None:
        super().__init__()
        extras, w_dim = settings.extras, settings.w_dim
        size = settings.size(name)
        self.name, self.resnet = name, settings.architecture == "resnet" and inputs > 0
        self.wavelet = extras.wavelet
        self.filter = Filter(up_kernels(normalised(extras.resample_filter), gain=4.0))
        if inputs:
            self.conv0 = StyledConv(bag.under("conv0"), inputs, size, w_dim, True, extras)
            middle = self.conv0.channels
        else:
            self.const = frozen(bag.take("const", -1, *size))
            middle = int(self.const.shape[0])
        self.conv1 = StyledConv(bag.under("conv1"), middle, size, w_dim, False, extras)
        self.channels = self.conv1.channels
        if self.resnet:
            self.skip = frozen(bag.kernel("skip.weight", self.channels, inputs, 1, 1))
        last = name == settings.resolutions[-1]
        self.colours: ToColours | None = None
        if last or settings.architecture == "skip":
            bag = bag.under("torgb")
            channels = settings.img_channels * (BANDS if extras.wavelet else 1)
            self.colours = ToColours(bag, self.channels, channels, w_dim, extras)

    def last(self, x: Tensor, w: Tensor, noise: Noise, residual: Tensor | None) -> Tensor:
        """The second convolution, and the residual branch where there is one.

        (N, middle, H, W), w (N, w_dim), residual (N, channels, H, W) -> (N, channels, H, W).
        """
        made: Tensor = self.conv1(x, w, noise, 1.0 if residual is None else math.sqrt(0.5))
        return made if residual is None else residual + made

    def coloured(self, image: Tensor | None, x: Tensor, w: Tensor) -> Tensor:
        """The image of the blocks before, doubled, and this one's colours.

        (N, C, H/2, W/2), (N, channels, H, W), w (N, w_dim) -> (N, C, H, W).
        """
        assert self.colours is not None
        colours: Tensor = self.colours(x, w)
        return colours if image is None else self.enlarged(image) + colours

    def enlarged(self, image: Tensor) -> Tensor:
        """An image, or its bands, at twice the size; linear. (N, C, H, W) -> (N, C, 2 H, 2 W)."""
        return bands_of(self.doubled(of_bands(image))) if self.wavelet else self.doubled(image)

    def shortcut(self, x: Tensor) -> Tensor:
        """The residual branch: a 1×1 convolution, then twice the size.

        (N, inputs, H, W) -> (N, channels, 2 H, 2 W).
        """
        weight = self.skip * (math.sqrt(0.5) / math.sqrt(x.shape[1]))
        return self.doubled(F.conv2d(x, weight))

    def doubled(self, x: Tensor) -> Tensor:
        """Twice the size, filtered. (N, C, H, W) -> (N, C, 2 H, 2 W)."""
        return resample_up(x, self.filter.kernels, 2, double_padding(self.filter.size))


class Synthesis(nn.Module):
    """Codes of every layer to an image."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        self.blocks, self.wavelet = nn.ModuleList(), settings.extras.wavelet
        channels = 0
        for name in settings.resolutions:
            block = Block(bag.under(f"b{name}"), channels, name, settings)
            self.blocks.append(block)
            channels = block.channels

    def layer_steps(self, ws: Tensor, noise: Noise) -> LayerSteps:
        """Layer by layer: see `LayerSteps`. Nothing runs after the last layer asked for.

        Args:
            ws: (N, layers, w_dim).
            noise: See `Noise`.
        """
        image: Tensor | None = None
        x, layer = ws.new_empty(0), 0
        for block in self._blocks():
            residual = None
            if layer == 0:
                x = block.const.expand(ws.shape[0], -1, -1, -1)
            else:
                if block.resnet:
                    residual = yield "shortcut", partial(block.shortcut, x)
                x = yield f"b{block.name}.conv0", partial(block.conv0, x, ws[:, layer], noise)
                layer += 1
            last = partial(block.last, x, ws[:, layer], noise, residual)
            x = yield f"b{block.name}.conv1", last
            layer += 1
            if block.colours is not None:
                image = yield IMAGE, partial(block.coloured, image, x, ws[:, layer])
        assert image is not None  # the last block always has a colour layer
        return of_bands(image) if self.wavelet else image

    def names(self) -> tuple[str, ...]:
        """Names of the layers `layer_steps` stops at, in order."""
        first, *others = [block.name for block in self._blocks()]
        return (f"b{first}.conv1", *(f"b{name}.conv{i}" for name in others for i in (0, 1)))

    def affines(self) -> list[Dense]:
        """The affine map of each layer of W+: convolutions, then the last colour layer."""
        found: list[Dense] = []
        for block in self._blocks():
            found += [block.conv0.affine] if hasattr(block, "conv0") else []
            found.append(block.conv1.affine)
        return [*found, self._blocks()[-1].colours.affine]

    def _blocks(self) -> list[Any]:
        return list(self.blocks)
