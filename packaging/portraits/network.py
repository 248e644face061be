"""Compact StyleGAN2: skip generator and residual discriminator, sized for small pictures.

Styles scale the activations rather than one copy of the weights a picture, and the resampling
filter is applied as shifted sums, both of which are faster on a processor and compute the same.
Tensors are named as in the usual ``G_ema`` state dicts; noise inputs exist in them with strength 0.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TAPS = (1 / 8, 3 / 8, 3 / 8, 1 / 8)
CHANNELS = {4: 128, 8: 128, 16: 96, 32: 64, 64: 32}
D_CHANNELS = {4: 128, 8: 128, 16: 96, 32: 48, 64: 24}


def channels_for(size: int, table: dict[int, int] | None = None) -> dict[int, int]:
    """Channels a resolution up to ``size``; above 64 each step halves them (16 at least)."""
    channels = dict(table or CHANNELS)
    last = max(channels)
    while last < size:
        channels[last * 2] = max(channels[last] // 2, 16)
        last *= 2
    return {s: c for s, c in channels.items() if s <= size}


def lrelu(x: Tensor, gain: float = math.sqrt(2)) -> Tensor:
    """Leaky ReLU that keeps the variance."""
    return F.leaky_relu(x, 0.2) * gain


def fir(x: Tensor, gain: float, pad: int) -> Tensor:
    """Filter with [1, 3, 3, 1] along both axes after padding ``pad`` zeros on every side."""
    a, b = TAPS[0] * math.sqrt(gain), TAPS[1] * math.sqrt(gain)
    x = F.pad(x, (pad, pad, pad, pad))
    x = (x[..., :-3] + x[..., 3:]) * a + (x[..., 1:-2] + x[..., 2:-1]) * b
    return (x[..., :-3, :] + x[..., 3:, :]) * a + (x[..., 1:-2, :] + x[..., 2:-1, :]) * b


def _double(x: Tensor, axis: int) -> Tensor:
    """Zero-insertion by 2 and [1, 3, 3, 1] / 4 along ``axis``, in polyphase form."""
    n = x.shape[axis]
    wide = F.pad(x, (1, 1, 0, 0) if axis == 3 else (0, 0, 1, 1))
    before, after = wide.narrow(axis, 0, n), wide.narrow(axis, 2, n)
    both = torch.stack([0.25 * before + 0.75 * x, 0.75 * x + 0.25 * after], dim=axis + 1)
    return both.flatten(axis, axis + 1)


def upsample(image: Tensor) -> Tensor:
    """Double the picture's size with the [1, 3, 3, 1] filter and zeros beyond the border."""
    return _double(_double(image, 3), 2)


class Dense(nn.Module):
    """Linear layer with equalised learning rate."""

    def __init__(self, n_in: int, n_out: int, *, act: bool = False, lr: float = 1, bias: float = 0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / lr)
        self.bias = nn.Parameter(torch.full((n_out,), float(bias) / lr))
        self.gain, self.lr, self.act = lr / math.sqrt(n_in), lr, act

    def forward(self, x: Tensor) -> Tensor:
        x = self.before_activation(x)
        return lrelu(x) if self.act else x

    def before_activation(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.to(x.dtype) * self.gain, self.bias.to(x.dtype) * self.lr)


class Mapping(nn.Module):
    """From ``z`` to ``w``: normalisation and a stack of dense layers."""

    w_avg: Tensor

    def __init__(self, z_dim: int, w_dim: int, layers: int):
        super().__init__()
        self.layers = layers
        self.register_buffer("w_avg", torch.zeros(w_dim))
        for i in range(layers):
            layer = Dense(z_dim if i == 0 else w_dim, w_dim, act=True, lr=0.01)
            setattr(self, f"fc{i}", layer)

    def forward(self, z: Tensor) -> Tensor:
        return lrelu(self.before_activation(z))

    def before_activation(self, z: Tensor) -> Tensor:
        """Values of the last layer before its activation."""
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for i in range(self.layers - 1):
            x = getattr(self, f"fc{i}")(x)
        return getattr(self, f"fc{self.layers - 1}").before_activation(x)


class StyledConv(nn.Module):
    """Modulated, demodulated 3 × 3 convolution; with ``up`` it doubles the size."""

    noise_const: Tensor

    def __init__(self, n_in: int, n_out: int, w_dim: int, size: int, *, up: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in, 3, 3))
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.affine = Dense(w_dim, n_in, bias=1)
        self.register_buffer("noise_const", torch.zeros(size, size))
        self.register_buffer("noise_strength", torch.zeros([]))
        self.up = up

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w)
        power = self.weight.float().square().sum((2, 3))
        demodulation = (style.float().square() @ power.t() + 1e-8).rsqrt()
        x = x * style.to(x.dtype)[:, :, None, None]
        weight = self.weight.to(x.dtype)
        if self.up:
            x = fir(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 4, 1)
        else:
            x = F.conv2d(x, weight, padding=1)
        x = x * demodulation.to(x.dtype)[:, :, None, None]
        return lrelu(x + self.bias.to(x.dtype)[None, :, None, None])


class ToRGB(nn.Module):
    """Modulated 1 × 1 convolution to three colours, without demodulation."""

    def __init__(self, n_in: int, w_dim: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, n_in, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))
        self.affine = Dense(w_dim, n_in, bias=1)
        self.gain = 1 / math.sqrt(n_in)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = (self.affine(w) * self.gain).to(x.dtype)
        x = F.conv2d(x * style[:, :, None, None], self.weight.to(x.dtype))
        return x.float() + self.bias[None, :, None, None]


class Block(nn.Module):
    """One resolution of the generator."""

    def __init__(self, n_in: int, n_out: int, w_dim: int, size: int):
        super().__init__()
        if n_in:
            self.conv0 = StyledConv(n_in, n_out, w_dim, size, up=True)
        else:
            self.const = nn.Parameter(torch.randn(n_out, size, size))
        self.conv1 = StyledConv(n_out, n_out, w_dim, size, up=False)
        self.torgb = ToRGB(n_out, w_dim)

    def forward(
        self, x: Tensor | None, image: Tensor | None, ws: Tensor, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor]:
        if x is None:
            x = self.const.to(dtype).expand(len(ws), -1, -1, -1)
            x = x.contiguous(memory_format=torch.channels_last)
        else:
            x = self.conv0(x.to(dtype), ws[:, 0])
        x = self.conv1(x, ws[:, -2])
        rgb = self.torgb(x, ws[:, -1])
        return x, rgb if image is None else upsample(image) + rgb


class Synthesis(nn.Module):
    """From one ``w`` a layer to the picture."""

    def __init__(self, w_dim: int, channels: dict[int, int]):
        super().__init__()
        self.sizes = list(channels)
        self.num_ws = 2 * len(channels)
        before = 0
        for size, count in channels.items():
            setattr(self, f"b{size}", Block(before, count, w_dim, size))
            before = count

    def forward(
        self, ws: Tensor, dtype: torch.dtype = torch.float32, size: int | None = None
    ) -> Tensor:
        """Pictures; with ``size`` the smaller ones on the way to them."""
        sizes = self.sizes if size is None else self.sizes[: self.sizes.index(size) + 1]
        return self.through(sizes, ws, None, dtype)[1]

    def through(
        self,
        sizes: Sequence[int],
        ws: Tensor,
        begun: tuple[Tensor, Tensor] | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> tuple[Tensor, Tensor]:
        """Features and pictures after the blocks ``sizes``, from those of the blocks before."""
        x, image = begun or (None, None)
        for size in sizes:
            at = max(2 * self.sizes.index(size) - 1, 0)
            until = at + 3 if at else 2
            # single precision is the faster one for small blocks on processors
            low = dtype if size > 8 or ws.is_cuda else torch.float32
            x, image = getattr(self, f"b{size}")(x, image, ws[:, at:until], low)
        assert x is not None
        assert image is not None
        return x, image


class Generator(nn.Module):
    """Mapping and synthesis."""

    def __init__(
        self,
        z_dim: int = 128,
        w_dim: int = 128,
        channels: dict[int, int] | None = None,
        mapping_layers: int = 2,
    ):
        super().__init__()
        channels = dict(channels or CHANNELS)
        self.settings: dict[str, Any] = {
            "z_dim": z_dim,
            "w_dim": w_dim,
            "channels": channels,
            "mapping_layers": mapping_layers,
        }
        self.mapping = Mapping(z_dim, w_dim, mapping_layers)
        self.synthesis = Synthesis(w_dim, channels)

    def forward(self, z: Tensor, psi: float = 1, dtype: torch.dtype = torch.float32) -> Tensor:
        w = self.mapping(z)
        if psi != 1:
            w = self.mapping.w_avg.lerp(w, psi)
        return self.synthesis(w[:, None].expand(-1, self.synthesis.num_ws, -1), dtype)


@torch.no_grad()
def grown(small: Generator, channels: int) -> Generator:
    """``small`` with one more block of ``channels`` at twice its size; it draws the same portraits.

    The new block adds nothing to the enlarged picture yet (its colours start at zero weight), and
    its styles start alike for every code, so that what it draws follows the features it is given.
    """
    settings = copy.deepcopy(small.settings)
    size = 2 * max(settings["channels"])
    settings["channels"][size] = channels
    large = Generator(**settings)
    large.load_state_dict(small.state_dict(), strict=False)
    block = getattr(large.synthesis, f"b{size}")
    block.torgb.weight.zero_()
    for layer in (block.conv0, block.conv1, block.torgb):
        layer.affine.weight.zero_()
    return large


class Conv(nn.Module):
    """Plain convolution with equalised learning rate; with ``down`` it halves the size."""

    def __init__(
        self,
        n_in: int,
        n_out: int,
        k: int,
        *,
        down: bool = False,
        act: bool = True,
        gain: float = 1,
    ):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in, k, k))
        self.bias = nn.Parameter(torch.zeros(n_out)) if act else None
        self.scale, self.down, self.act, self.k = 1 / math.sqrt(n_in * k * k), down, act, k
        self.gain = gain

    def forward(self, x: Tensor) -> Tensor:
        weight = (self.weight * self.scale).to(x.dtype)
        if self.down and self.k == 1:
            x = F.conv2d(F.avg_pool2d(x, 2), weight)
        elif self.down:
            x = F.conv2d(fir(x, 1, 2), weight, stride=2)
        else:
            x = F.conv2d(x, weight, padding=self.k // 2)
        if self.bias is None:
            return x * self.gain
        return lrelu(x + self.bias.to(x.dtype)[None, :, None, None]) * self.gain


class DBlock(nn.Module):
    """One resolution of the discriminator."""

    def __init__(self, n_in: int, n_out: int):
        super().__init__()
        half = math.sqrt(0.5)
        self.conv0 = Conv(n_in, n_in, 3)
        self.conv1 = Conv(n_in, n_out, 3, down=True, gain=half)
        self.skip = Conv(n_in, n_out, 1, down=True, act=False, gain=half)

    def forward(self, x: Tensor) -> Tensor:
        return self.skip(x) + self.conv1(self.conv0(x))


class Discriminator(nn.Module):
    """Residual discriminator; the last stage sees the deviation within the minibatch."""

    def __init__(self, channels: dict[int, int] | None = None):
        super().__init__()
        channels = dict(channels or D_CHANNELS)
        sizes = sorted(channels, reverse=True)
        self.settings: dict[str, Any] = {"channels": channels}
        self.fromrgb = Conv(3, channels[sizes[0]], 1)
        self.blocks = nn.ModuleList(DBlock(channels[a], channels[b]) for a, b in pairwise(sizes))
        last = channels[4]
        self.conv = Conv(last + 1, last, 3)
        self.fc = Dense(last * 16, last, act=True)
        self.out = Dense(last, 1)

    def forward(self, image: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        x = self.fromrgb(image.to(dtype).contiguous(memory_format=torch.channels_last))
        for block in self.blocks:
            x = block(x)
        x = x.float()
        n, c, h, w = x.shape
        groups = 4 if n % 4 == 0 else n
        y = x.reshape(groups, -1, c, h, w)
        y = (y - y.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3))
        y = y.reshape(-1, 1, 1, 1).repeat(groups, 1, h, w)
        return self.out(self.fc(self.conv(torch.cat([x, y], 1)).flatten(1)))
