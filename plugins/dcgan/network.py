"""A stack as a network: layers, batch norms at their running statistics, activations."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, OptionError, TensorBag, Walk, frozen

from .choices import Choices
from .geometry import Geometry, Way, candidates
from .reading import Layer, Stack, picture_of

EPS = 1e-5
"""PyTorch's default of batch norm."""
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "leaky-relu": partial(F.leaky_relu, negative_slope=0.2),
    "leaky-relu-0.01": partial(F.leaky_relu, negative_slope=0.01),
    "silu": F.silu,
    "gelu": F.gelu,
    "elu": F.elu,
    "selu": F.selu,
    "tanh": torch.tanh,
    "sigmoid": lambda x: 2 * torch.sigmoid(x) - 1,
    "none": lambda x: x,
}
"""By the names in `choices`. A sigmoid's picture is brought to our range, -1 to 1."""


class Norm(nn.Module):
    """Batch norm at its running statistics, which are kept to compare with."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        self.mean = frozen(bag.take("running_mean", width))
        self.variance = frozen(bag.take("running_var", width))
        ones = torch.ones(width)
        self.weight = frozen(bag.take("weight", width) if "weight" in bag else ones)
        self.bias = frozen(bag.take("bias", width) if "bias" in bag else torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight * (self.variance + EPS).rsqrt()
        shift = self.bias - self.mean * scale
        shape = (-1,) + (1,) * (x.ndim - 2)
        return x * scale.view(shape) + shift.view(shape)


class Stage(nn.Module):
    """One layer with its way, and the norm behind it."""

    def __init__(self, bag: TensorBag, layer: Layer, way: Way, channels: int) -> None:
        super().__init__()
        self.kind, self.described, self.way, self.channels = layer.kind, layer, way, channels
        part, size = bag.under(layer.kind), layer.size
        ends = (layer.inputs, layer.outputs)
        shape = ends if layer.kind == "deconv" else ends[::-1]
        self.weight = frozen(
            part.take("weight", *shape, *([] if layer.kind == "linear" else [size, size]))
        )
        self.bias = frozen(part.take("bias", layer.outputs)) if "bias" in part else None
        self.norm = Norm(bag.under("norm"), layer.norm) if layer.norm else None

    @property
    def side(self) -> int:
        """Side of the square that a dense layer's numbers become; 1 where they stay flat."""
        pixels = self.described.outputs // self.channels if self.channels else 1
        return math.isqrt(pixels)

    def layer(self, x: Tensor) -> Tensor:
        """Without the norm."""
        way = self.way
        if self.kind == "linear":
            x = F.linear(x, self.weight, self.bias)
            return x if self._flat_norm else self._reshaped(x)
        if way.up:
            x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        if self.kind == "conv":
            return F.conv2d(x, self.weight, self.bias, padding=way.padding)
        return F.conv_transpose2d(
            x, self.weight, self.bias, way.stride, way.padding, output_padding=way.extra
        )

    def normed(self, x: Tensor) -> Tensor:
        """The norm, where there is one."""
        x = x if self.norm is None else self.norm(x)
        return self._reshaped(x) if self._flat_norm else x

    def _reshaped(self, x: Tensor) -> Tensor:
        """A dense layer's numbers as a picture, where the next layer needs one."""
        return x.view(-1, self.channels, self.side, self.side) if self.channels else x

    @property
    def _flat_norm(self) -> bool:
        """Whether the norm is over numbers rather than over the channels of a picture."""
        return self.kind == "linear" and self.described.norm == self.described.outputs


class Network(nn.Module):
    """z, and a class where there is one, to an image.

    Raises:
        CheckpointError: No usual geometry fits the layers.
        OptionError: The choices don't fit them.
    """

    stages: Any

    def __init__(self, bag: TensorBag, stack: Stack, choices: Choices, geometry: Geometry) -> None:
        super().__init__()
        self.choices, self.geometry = choices, geometry
        self.bare = _numbers(choices.bare)
        self.stages = nn.ModuleList()
        for index, layer in enumerate(stack.layers):
            channels = _channels(stack.layers, index)
            stage = Stage(bag.under(f"{index:03d}"), layer, geometry.ways[index], channels)
            self.stages.append(stage)
        self.embed = None if stack.embed is None else frozen(bag.take("embed.weight", -1, -1))
        self.z_dim, self.classes = _inputs(stack, choices)
        self.resolution = geometry.size
        last = stack.layers[-1]
        picture = picture_of(last.outputs) if last.kind == "linear" else None
        self.channels = picture[0] if picture else last.outputs

    def walk(self, z: Tensor, one_hot: Tensor | None) -> Walk:
        """Layer by layer; z is (N, z_dim)."""
        x = self.input(z, one_hot)
        for index, name in enumerate(self.names()):
            x = yield name, partial(self.inner, index, x)
        return FUNCTIONS[self.choices.output](self.stages[-1].layer(x))

    def inner(self, index: int, x: Tensor) -> Tensor:
        """A layer that is not the last, its norm and its activation."""
        stage = self.stages[index]
        return self.function(index)(stage.normed(stage.layer(x)))

    def function(self, index: int) -> Callable[[Tensor], Tensor]:
        """What comes behind a layer that is not the last."""
        return FUNCTIONS["none" if index in self.bare else self.choices.activation]

    def names(self) -> tuple[str, ...]:
        """Names of the layers, in order."""
        return tuple(f"layer{index}" for index in range(len(self.stages) - 1))

    def readers(self) -> Tensor:
        """Rows that read z: (features, z_dim)."""
        first = self.stages[0]
        weight: Tensor = first.weight
        rows = weight.flatten(1).T if first.kind == "deconv" else weight
        # A convolution reads its input as (inputs, outputs · pixels); only z's part is asked for.
        start = rows.shape[1] - self.z_dim if self.choices.condition == "before" else 0
        return rows[:, start : start + self.z_dim]

    def input(self, z: Tensor, one_hot: Tensor | None) -> Tensor:
        """What the first layer is given."""
        if one_hot is not None:
            label = one_hot if self.embed is None else one_hot @ self.embed
            if self.choices.condition == "product":
                z = z * label
            else:
                parts = [z, label] if self.choices.condition == "after" else [label, z]
                z = torch.cat(parts, dim=1)
        return z if self.stages[0].kind == "linear" else z[:, :, None, None]


def make(bag: TensorBag, stack: Stack, choices: Choices) -> Network:
    """The network that the choices mean.

    Raises:
        CheckpointError: No usual geometry fits the layers.
        OptionError: The choices don't fit them.
    """
    fitting = candidates(stack.layers, choices.size, 10)
    if not fitting:
        raise (OptionError if choices.size else CheckpointError)(
            f"No usual strides lead these layers to {choices.size or 'a known'} pixels."
        )
    geometry = fitting[min(choices.layout, len(fitting) - 1)]
    return Network(bag, stack, choices, geometry)


def _numbers(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise OptionError(f"'{text}' is no list of layers. Write numbers such as 0,2.")
    return frozenset(map(int, parts))


def _channels(layers: list[Layer], index: int) -> int:
    """Channels of the picture that a dense layer's numbers become, 0 where they stay flat."""
    if layers[index].kind != "linear":
        return 0
    if index + 1 < len(layers):
        following = layers[index + 1]
        return 0 if following.kind == "linear" else following.inputs
    picture = picture_of(layers[index].outputs)
    return picture[0] if picture else 0


def _inputs(stack: Stack, choices: Choices) -> tuple[int, int]:
    """Length of z, and number of classes."""
    width = stack.layers[0].inputs
    if stack.embed is not None:
        classes, embedded = map(int, stack.embed.shape)
        z_dim = width if choices.condition == "product" else width - embedded
    else:
        classes, z_dim = choices.classes, width - choices.classes
    if z_dim < 1 or (choices.condition == "product" and stack.embed is None):
        raise OptionError(f"This model reads {width} numbers; that leaves none for the noise.")
    return z_dim, classes
