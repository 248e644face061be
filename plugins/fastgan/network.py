"""FastGAN's generator in plain tensor operations.

Blocks double the size; from 64 pixels on, features of a block four steps before weigh the
channels ("skip-layer excitation", section 3.1 of the paper).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, LayerSteps, Noise, TensorBag, frozen

FIRST = 4
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024)
GATED = {64: 4, 128: 8, 256: 16, 512: 32}
"""Blocks whose channels are weighed, and the block that weighs them."""
SQUASHED = 1024
"""FastGAN's pictures go through tanh from this size on, and only they."""
EPS = 1e-5
"""PyTorch's default of batch norm."""


def glu(x: Tensor) -> Tensor:
    """Half of the channels, each times the sigmoid of one of the other half."""
    kept, gate = x.chunk(2, dim=1)  # torch's own has no forward derivative of a batch
    return kept * torch.sigmoid(gate)


class Layer(nn.Module):
    """Convolution without a bias, noise where the file has it, batch norm, gated linear unit."""

    def __init__(self, bag: TensorBag, first: int, inputs: int, index: int) -> None:
        super().__init__()
        self.index = index
        self.weight = frozen(bag.take(f"{first}.weight", -1, inputs, 3, 3))
        noisy = bag.ndim(f"{first + 1}.weight") == 1 and f"{first + 2}.running_mean" in bag
        self.strength = frozen(bag.take(f"{first + 1}.weight", 1)) if noisy else None
        norm = bag.under(str(first + 1 + noisy))
        self.scale, self.shift = _folded(norm, len(self.weight))
        self.channels, self.after = len(self.weight) // 2, first + 3 + noisy

    def forward(self, x: Tensor, noise: Noise) -> Tensor:
        x = F.conv2d(x, self.weight, padding=1)
        if self.strength is not None and noise != "none":
            x = x + self.strength * self._noise(x, noise)
        return glu(x * self.scale[:, None, None] + self.shift[:, None, None])

    def _noise(self, x: Tensor, noise: Noise) -> Tensor:
        """The noise image; the file keeps none, so "const" is one drawing of it."""
        seed = 0 if noise == "const" else 1 + int(noise)
        rng = np.random.RandomState([seed, x.shape[2], self.index])
        return torch.from_numpy(rng.standard_normal(tuple(x.shape[2:]))).to(x)


class Block(nn.Module):
    """Doubles the size, then one or two layers."""

    def __init__(self, bag: TensorBag, inputs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        place = 1
        while f"{place}.weight" in bag and bag.ndim(f"{place}.weight") == 4:
            layer = Layer(bag, place, inputs, len(self.layers))
            self.layers.append(layer)
            inputs, place = layer.channels, layer.after
        if not len(self.layers):
            raise CheckpointError("This FastGAN has a block without layers.")
        self.channels = inputs

    def forward(self, x: Tensor, noise: Noise, gate: Tensor | None) -> Tensor:
        x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        for layer in self.layers:
            x = layer(x, noise)
        return x if gate is None else x * gate


class Gate(nn.Module):
    """What weighs the channels of a later block: (N, C, 1, 1)."""

    def __init__(self, bag: TensorBag, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = frozen(bag.take("main.1.weight", outputs, inputs, 4, 4))
        self.second = frozen(bag.take("main.3.weight", outputs, outputs, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = F.silu(F.conv2d(F.adaptive_avg_pool2d(x, 4), self.first))
        return torch.sigmoid(F.conv2d(x, self.second))


class Network(nn.Module):
    """z to an image.

    Args:
        bag: Tensors by FastGAN's names.
        squashed: Large pictures go through tanh.
    """

    blocks: Any
    gates: Any

    def __init__(self, bag: TensorBag, squashed: bool) -> None:
        super().__init__()
        first = bag.take("init.init.0.weight", -1, -1, FIRST, FIRST)
        self.first = frozen(first)
        self.z_dim, rows = int(first.shape[0]), int(first.shape[1])
        self.scale, self.shift = _folded(bag.under("init.init.1"), rows)
        last = bag.take("to_big.weight", -1, -1, -1, -1)
        self.colours = frozen(last)
        self.bias = frozen(bag.take("to_big.bias", len(last))) if "to_big.bias" in bag else None
        self.channels, self.blocks = len(last), nn.ModuleDict()
        widths = {FIRST: rows // 2}
        for side in SIDES:
            if f"feat_{side}.1.weight" not in bag:
                break
            block = Block(bag.under(f"feat_{side}"), widths[side // 2])
            self.blocks[str(side)], widths[side] = block, block.channels
        # Smaller versions keep blocks that they do not use.
        ends = [side for side, width in widths.items() if width == last.shape[1]]
        if not ends or last.shape[2] % 2 == 0:
            raise CheckpointError("The blocks of this FastGAN don't fit its last layer.")
        self.resolution = max(ends)
        for side in [int(name) for name in self.blocks if int(name) > self.resolution]:
            del self.blocks[str(side)]
        self.gates = nn.ModuleDict(
            {
                str(side): Gate(bag.under(f"se_{side}"), widths[source], widths[side])
                for side, source in GATED.items()
                if side <= self.resolution
            }
        )
        self.squashed = squashed and self.resolution >= SQUASHED

    @property
    def noisy(self) -> bool:
        """Whether noise has any effect: its strengths may be zero."""
        layers = [layer for block in self.blocks.values() for layer in block.layers]
        return any(layer.strength is not None and bool(layer.strength.any()) for layer in layers)

    def layer_steps(self, z: Tensor, _: Tensor | None, noise: Noise = "const") -> LayerSteps:
        """Block by block; z is (N, z_dim)."""
        gates: dict[int, Tensor] = {}
        x = yield "feat_4", partial(self._start, z)
        yield from self._weigh(FIRST, x, gates)
        for name, block in self.blocks.items():
            side = int(name)
            x = yield f"feat_{side}", partial(block, x, noise, gates.get(side))
            yield from self._weigh(side, x, gates)
        image = F.conv2d(x, self.colours, self.bias, padding=self.colours.shape[2] // 2)
        return torch.tanh(image) if self.squashed else image

    def _weigh(self, source: int, x: Tensor, gates: dict[int, Tensor]) -> LayerSteps:
        """Notes what a block says about a later one."""
        for side, from_ in GATED.items():
            if from_ == source and str(side) in self.gates:
                step: Callable[[], Tensor] = partial(self.gates[str(side)], x)
                gates[side] = yield f"gate_{side}", step
        return x

    def _start(self, z: Tensor) -> Tensor:
        x = F.conv_transpose2d(z[:, :, None, None], self.first)
        return glu(x * self.scale[:, None, None] + self.shift[:, None, None])

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return ("feat_4", *(f"feat_{side}" for side in self.blocks))

    def readers(self) -> Tensor:
        """Rows that read z: (features, z_dim)."""
        return self.first.flatten(1).T


def _folded(bag: TensorBag, width: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Batch norm at its running statistics, as one factor and one shift."""
    mean, variance = bag.take("running_mean", width), bag.take("running_var", width)
    scale = bag.take("weight", width) * (variance + EPS).rsqrt()
    return frozen(scale), frozen(bag.take("bias", width) - mean * scale)
