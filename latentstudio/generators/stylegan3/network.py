"""StyleGAN3 in plain tensor operations.

As for StyleGAN2, activations are scaled instead of weights and nothing is written in place.
Source: Karras et al. 2021, sections 3 and 4, and appendix F.
"""

import math
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.generator import Noise
from latentstudio.generators.filters import (
    Filter,
    down_kernels,
    resample_down,
    resample_up,
    up_kernels,
)
from latentstudio.generators.layer_steps import LayerSteps
from latentstudio.generators.layers import Dense, frozen
from latentstudio.generators.stylegan3.settings import MAX_SIZE, LayerSettings, Settings
from latentstudio.generators.weights import TensorBag

MAX_TAPS = 128
SLOPE, GAIN = 0.2, math.sqrt(2.0)


class FourierInput(nn.Module):
    """Fourier features on a grid that the code turns and shifts (appendix F)."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", -1, -1))
        channels = self.weight.shape[1]
        self.freqs = frozen(bag.take("freqs", channels, 2))
        self.phases = frozen(bag.take("phases", channels))
        self.transform = frozen(bag.take("transform", 3, 3))
        self.affine = Dense(bag.under("affine"), bag.shape("affine.weight", 2)[1], 4)
        self.size, self.rate, self.band = settings.size, settings.sampling_rate, settings.bandwidth

    @property
    def channels(self) -> int:
        return int(self.weight.shape[0])

    def forward(self, w: Tensor) -> Tensor:
        """Features of w, (N, w_dim) -> (N, channels, size, size)."""
        turn = self._transform(w)  # (N, 3, 3)
        phases = self.phases + (self.freqs @ turn[:, :2, 2:]).squeeze(2)  # (N, C)
        freqs = self.freqs @ turn[:, :2, :2]  # (N, C, 2)
        # What the turn pushes beyond the band would alias: fade it out.
        edge = self.rate / 2 - self.band
        fade = (1 - (freqs.norm(dim=2) - self.band) / edge).clamp(0, 1)
        waves = torch.einsum("hwk,nck->nhwc", self._grid(w), freqs) + phases[:, None, None]
        x = (waves * (2 * math.pi)).sin() * fade[:, None, None]  # (N, H, W, C)
        x = F.linear(x, self.weight / math.sqrt(self.weight.shape[1]))
        return x.permute(0, 3, 1, 2).contiguous()

    def _transform(self, w: Tensor) -> Tensor:
        cos, sin, right, down = self.affine(w).unbind(dim=1)
        length = (cos.square() + sin.square()).sqrt()
        cos, sin, right, down = cos / length, sin / length, right / length, down / length
        zero, one = torch.zeros_like(cos), torch.ones_like(cos)
        rotate = _matrix([[cos, -sin, zero], [sin, cos, zero], [zero, zero, one]])
        shift = _matrix([[one, zero, -right], [zero, one, -down], [zero, zero, one]])
        return rotate @ shift @ self.transform

    def _grid(self, like: Tensor) -> Tensor:
        """Positions (H, W, 2) of the samples, x first, with 0 in the middle."""
        width, height = self.size
        x, y = (
            (torch.arange(side, dtype=like.dtype, device=like.device) + 0.5 - side / 2) / self.rate
            for side in (width, height)
        )
        return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


class Layer(nn.Module):
    """Modulated convolution, then the activation at a higher sampling rate."""

    scaled: Tensor
    energy: Tensor

    def __init__(self, bag: TensorBag, inputs: int, w_dim: int, settings: LayerSettings) -> None:
        super().__init__()
        self.weight = frozen(bag.kernel("weight", -1, inputs, -1, -1))
        self.margin = self.weight.shape[2] - 1
        if self.weight.shape[3] != self.margin + 1 or not 0 <= self.margin <= 8:
            raise CheckpointError("The kernels of this StyleGAN3 are not square.")
        self.bias = frozen(bag.take("bias", self.channels))
        self.magnitude = frozen(bag.take("magnitude_ema"))
        self.affine = Dense(bag.under("affine"), w_dim, inputs)
        self.settings = settings
        up, down = (_filter(bag, f"{way}_filter") for way in ("up", "down"))
        self.up, self.down = Filter(up_kernels(up, settings.up**2)), Filter(down_kernels(down))
        # Weights of mean square 1 per output, as the demodulation wants them.
        energy = self.weight.square().mean(dim=(1, 2, 3), keepdim=True)
        scaled = self.weight if settings.colours else self.weight * energy.rsqrt()
        self.register_buffer("scaled", scaled, persistent=False)
        energies = scaled.square().sum(dim=(2, 3))
        self.register_buffer("energy", energies, persistent=False)

    @property
    def channels(self) -> int:
        return int(self.weight.shape[0])

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """(N, inputs, H, W), w (N, w_dim) -> (N, channels, H', W'); see `size_after`."""
        s = self.settings
        style, out = self._styles(w)
        x = F.conv2d(x * style[:, :, None, None], self.scaled, padding=self.margin)
        if out is not None:
            x = x * out[:, :, None, None]
        x = x + self.bias[:, None, None]
        x = resample_up(x, self.up.kernels, s.up, s.padding)
        x = x if s.colours else F.leaky_relu(x, SLOPE) * GAIN
        x = x if s.clamp is None else x.clamp(-s.clamp, s.clamp)
        return resample_down(x, self.down.kernels, s.down)

    def _styles(self, w: Tensor) -> tuple[Tensor, Tensor | None]:
        """Scale of each input channel, and of each output channel."""
        style, gain = self.affine(w), self.magnitude.rsqrt()
        if self.settings.colours:
            return style * (gain / math.sqrt(self.weight[0].numel())), None
        style = style * style.square().mean(dim=1, keepdim=True).rsqrt()
        return style * gain, (F.linear(style.square(), self.energy) + 1e-8).rsqrt()

    def size_after(self, size: int, before: int, after: int) -> int:
        """Side of the output for an input of this side and its padding."""
        s = self.settings
        grown = (size + self.margin) * s.up + before + after - self.up.size + 1
        return (grown - self.down.size) // s.down + 1


class Synthesis(nn.Module):
    """Codes of every layer to an image."""

    def __init__(self, bag: TensorBag, settings: Settings) -> None:
        super().__init__()
        self.input = FourierInput(bag.under("input"), settings)
        self.w_dim = self.input.affine.weight.shape[1]
        self.layers = nn.ModuleList()
        channels = self.input.channels
        for layer in settings.layers:
            made = Layer(bag.under(layer.name), channels, self.w_dim, layer)
            self.layers.append(made)
            channels = made.channels
        self.scale, self.channels = settings.output_scale, channels
        self.size = self._trace(settings.size)

    def layer_steps(self, ws: Tensor, noise: Noise) -> LayerSteps:
        """Layer by layer; `noise` has no effect, the network has no noise inputs.

        (N, layers, w_dim) -> image (N, C, H, W).
        """
        x = yield "input", partial(self.input, ws[:, 0])
        for index, layer in enumerate(self._list(), start=1):
            step = partial(layer, x, ws[:, index])
            colours, name = layer.settings.colours, layer.settings.name.split("_")[0]
            x = step() if colours else (yield name, step)
        return x * self.scale

    def names(self) -> tuple[str, ...]:
        """Names of the layers `layer_steps` stops at, in order."""
        inner = [layer.settings for layer in self._list() if not layer.settings.colours]
        return ("input", *(layer.name.split("_")[0] for layer in inner))

    def margins(self) -> dict[str, int]:
        """Samples that each layer makes beyond the picture, on each side, by its name.

        Followed back from the last layer, whose samples are the picture's pixels.
        """
        rate, margins = float(self.sizes[-1]), [0]
        for layer, size in zip(reversed(self._list()), reversed(self.sizes[:-1]), strict=True):
            rate *= layer.settings.down / layer.settings.up
            margins.append(max(0, round((size - rate) / 2)))
        return dict(zip(self.names(), reversed(margins), strict=False))

    def affines(self) -> list[Dense]:
        """The affine map of each layer of W+."""
        return [self.input.affine, *(layer.affine for layer in self._list())]

    def _list(self) -> list[Layer]:
        return list(self.layers)  # type: ignore[arg-type]

    def _trace(self, size: tuple[int, int]) -> tuple[int, int]:
        """Height and width of the image; no layer may lose or bloat its picture."""
        width, height = size
        self.sizes = [width]
        for layer in self._list():
            left, right, top, bottom = layer.settings.padding
            width = layer.size_after(width, left, right)
            height = layer.size_after(height, top, bottom)
            self.sizes.append(width)
            if not 1 <= min(width, height) <= max(width, height) <= MAX_SIZE:
                raise CheckpointError("The layers of this StyleGAN3 don't fit together.")
        return height, width


def _filter(bag: TensorBag, name: str) -> Tensor:
    """Taps (K,), or (K, K) for a filter that can't be separated; one tap where none is stored."""
    if name not in bag:
        return torch.ones(1)
    found = bag.take(name, *[-1] * bag.ndim(name))
    if found.ndim not in (1, 2) or not 1 <= min(found.shape) == max(found.shape) <= MAX_TAPS:
        raise CheckpointError("This StyleGAN3 has a filter we can't use.")
    return found


def _matrix(rows: list[list[Tensor]]) -> Tensor:
    """(N, 3, 3) from nine columns of (N,)."""
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
