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

from .norms import ClassNorm, Norm

FIRST = 4
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024)
GATED = {64: 4, 128: 8, 256: 16, 512: 32}
"""Blocks whose channels are weighed, and the block that weighs them."""
FIRST_LAYERS = ("1", "conv", "conv1")
"""Names of a block's first convolution: without classes, with them and one layer, with two."""
SQUASHED = 1024
"""FastGAN's pictures go through tanh from this size on, and only they."""


def glu(x: Tensor) -> Tensor:
    """Half of the channels, each times the sigmoid of one of the other half."""
    kept, gate = x.chunk(2, dim=1)  # torch's own has no forward derivative of a batch
    return kept * torch.sigmoid(gate)


class Layer(nn.Module):
    """Convolution without a bias, noise where the file has it, batch norm, gated linear unit."""

    def __init__(
        self, weight: Tensor, strength: Tensor | None, norm: Norm | ClassNorm, index: int
    ) -> None:
        super().__init__()
        self.weight, self.norm, self.index = frozen(weight), norm, index
        self.strength = None if strength is None else frozen(strength)
        self.channels = len(weight) // 2

    def forward(self, x: Tensor, noise: Noise, y: Tensor | None) -> Tensor:
        """(N, inputs, H, W), class (N, K) where there are classes -> (N, channels, H, W)."""
        x = F.conv2d(x, self.weight, padding=1)
        if self.strength is not None and noise != "none":
            x = x + self.strength * self._noise(x, noise)
        return glu(self.norm(x, y))

    def _noise(self, x: Tensor, noise: Noise) -> Tensor:
        """The noise image; the file keeps none, so "const" is one drawing of it."""
        seed = 0 if noise == "const" else 1 + int(noise)
        rng = np.random.RandomState([seed, x.shape[2], self.index])
        return torch.from_numpy(rng.standard_normal(tuple(x.shape[2:]))).to(x)


def layers_in(bag: TensorBag, inputs: int) -> list[Layer]:
    """The layers of a block without classes: counted, with the doubling first."""
    found: list[Layer] = []
    place = 1
    while f"{place}.weight" in bag and bag.ndim(f"{place}.weight") == 4:
        weight = bag.take(f"{place}.weight", -1, inputs, 3, 3)
        noisy = f"{place + 1}.weight" in bag and f"{place + 2}.running_mean" in bag
        strength = bag.take(f"{place + 1}.weight", 1) if noisy else None
        norm = Norm(bag.under(str(place + 1 + noisy)), len(weight))
        found.append(Layer(weight, strength, norm, len(found)))
        inputs, place = found[-1].channels, place + 3 + noisy
    return found


def class_layers_in(bag: TensorBag, inputs: int, condition: int) -> list[Layer]:
    """The layers of a block with classes: named; both share the strength of their noise."""
    found: list[Layer] = []
    strength = bag.take("noise.weight", 1) if "noise.weight" in bag else None
    for end in ("", "1", "2"):
        if f"conv{end}.weight" in bag:
            weight = bag.take(f"conv{end}.weight", -1, inputs, 3, 3)
            norm = ClassNorm(bag.under(f"bn{end}"), len(weight), condition)
            found.append(Layer(weight, strength, norm, len(found)))
            inputs = found[-1].channels
    return found


class Block(nn.Module):
    """Doubles the size, then one or two layers.

    Args:
        bag: Of the block.
        inputs: Channels of the one before.
        condition: Numbers that stand for a class, 0 without classes.
    """

    layers: Any

    def __init__(self, bag: TensorBag, inputs: int, condition: int) -> None:
        super().__init__()
        found = class_layers_in(bag, inputs, condition) if condition else layers_in(bag, inputs)
        if not found:
            raise CheckpointError("This FastGAN has a block without layers.")
        self.layers, self.channels = nn.ModuleList(found), found[-1].channels

    def forward(self, x: Tensor, noise: Noise, gate: Tensor | None, y: Tensor | None) -> Tensor:
        x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        for layer in self.layers:
            x = layer(x, noise, y)
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
        self.norm = Norm(bag.under("init.init.1"), rows)
        embedded = "embed.weight" in bag
        self.embed = frozen(bag.take("embed.weight", -1, -1)) if embedded else None
        self.classes = 0 if self.embed is None else len(self.embed)
        condition = 0 if self.embed is None else int(self.embed.shape[1])
        last = bag.take("to_big.weight", -1, -1, -1, -1)
        self.colours = frozen(last)
        self.bias = frozen(bag.take("to_big.bias", len(last))) if "to_big.bias" in bag else None
        self.channels, self.blocks = len(last), nn.ModuleDict()
        widths = {FIRST: rows // 2}
        for side in SIDES:
            if not any(f"feat_{side}.{first}.weight" in bag for first in FIRST_LAYERS):
                break
            block = Block(bag.under(f"feat_{side}"), widths[side // 2], condition)
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

    def layer_steps(self, z: Tensor, one_hot: Tensor | None, noise: Noise = "const") -> LayerSteps:
        """Block by block; z is (N, z_dim), classes (N, classes) where there are any."""
        gates: dict[int, Tensor] = {}
        y = None if self.embed is None or one_hot is None else one_hot @ self.embed
        x = yield "feat_4", partial(self._start, z)
        yield from self._weigh(FIRST, x, gates)
        for name, block in self.blocks.items():
            side = int(name)
            x = yield f"feat_{side}", partial(block, x, noise, gates.get(side), y)
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
        return glu(self.norm(x, None))

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return ("feat_4", *(f"feat_{side}" for side in self.blocks))

    def readers(self) -> Tensor:
        """Rows that read z: (features, z_dim)."""
        return self.first.flatten(1).T
