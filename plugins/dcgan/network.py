"""A stack as a network: layers, batch norms at their running statistics, activations."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, LayerSteps, OptionError, TensorBag, frozen

from .choices import FILE, Choices
from .geometry import Geometry, LayerGeometry, candidates
from .modules import RecordedLayer
from .reading import Layer, Stack, picture_of

EPS = 1e-5
"""PyTorch's default of batch norm."""
MAX_EPS = 10.0
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "leaky-relu": partial(F.leaky_relu, negative_slope=0.2),
    "leaky-relu-0.1": partial(F.leaky_relu, negative_slope=0.1),
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

    def __init__(self, bag: TensorBag, width: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.mean = frozen(bag.take("running_mean", width))
        self.variance = frozen(bag.take("running_var", width))
        ones = torch.ones(width)
        self.weight = frozen(bag.take("weight", width) if "weight" in bag else ones)
        self.bias = frozen(bag.take("bias", width) if "bias" in bag else torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight * (self.variance + self.eps).rsqrt()
        shift = self.bias - self.mean * scale
        shape = (-1,) + (1,) * (x.ndim - 2)
        return x * scale.view(shape) + shift.view(shape)


class StackStage(nn.Module):
    """One layer with its stride and padding, and the norm behind it."""

    def __init__(
        self, bag: TensorBag, layer: Layer, way: LayerGeometry, channels: int, eps: float
    ) -> None:
        super().__init__()
        self.kind, self.described, self.way, self.channels = layer.kind, layer, way, channels
        part, size = bag.under(layer.kind), layer.size
        ends = (layer.inputs, layer.outputs)
        shape = ends if layer.kind == "deconv" else ends[::-1]
        self.weight = frozen(
            part.take("weight", *shape, *([] if layer.kind == "linear" else [size, size]))
        )
        self.bias = frozen(part.take("bias", layer.outputs)) if "bias" in part else None
        self.norm = Norm(bag.under("norm"), layer.norm, eps) if layer.norm else None

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
        self.choices, self.geometry, self.said = choices, geometry, stack.said
        self.bare = _numbers(choices.bare)
        if FILE in (choices.activation, choices.output) and not _says_functions(stack):
            raise OptionError("This file does not say which functions stand between its layers.")
        epsilons = iter(epsilons_of(choices.eps, sum(layer.norm > 0 for layer in stack.layers)))
        self.stages = nn.ModuleList()
        for index, layer in enumerate(stack.layers):
            channels = _channels(stack.layers, index)
            eps = next(epsilons) if layer.norm else EPS
            stage = StackStage(
                bag.under(f"{index:03d}"), layer, geometry.ways[index], channels, eps
            )
            self.stages.append(stage)
        self.embed = None if stack.embed is None else frozen(bag.take("embed.weight", -1, -1))
        self.z_dim, self.classes = _inputs(stack, choices)
        self.resolution = geometry.size
        last = stack.layers[-1]
        picture = picture_of(last.outputs) if last.kind == "linear" else None
        self.channels = picture[0] if picture else last.outputs

    def layer_steps(self, z: Tensor, one_hot: Tensor | None) -> LayerSteps:
        """Layer by layer; z is (N, z_dim)."""
        x = self.input(z, one_hot)
        for index, name in enumerate(self.names()):
            x = yield name, partial(self.inner, index, x)
        return self.output(self.stages[-1].layer(x))

    def inner(self, index: int, x: Tensor) -> Tensor:
        """A layer that is not the last, its norm and its activation."""
        return self.behind(index, self.before_norm(index, self.stages[index].layer(x)))

    def before_norm(self, index: int, x: Tensor) -> Tensor:
        """What a layer's norm is given: the function comes first where the file has it so."""
        return self.function(index)(x) if self.stages[index].described.early else x

    def behind(self, index: int, x: Tensor) -> Tensor:
        """The norm of a layer that is not the last, and its function."""
        stage = self.stages[index]
        x = stage.normed(x)
        return x if stage.described.early else self.function(index)(x)

    def function(self, index: int) -> Callable[[Tensor], Tensor]:
        """What comes behind a layer that is not the last."""
        if index in self.bare:
            return FUNCTIONS["none"]
        chosen = self.choices.activation
        return said_function(self.said[index]) if chosen == FILE else FUNCTIONS[chosen]

    @property
    def output(self) -> Callable[[Tensor], Tensor]:
        """What comes behind the last layer."""
        chosen = self.choices.output
        return said_function(self.said[-1]) if chosen == FILE else FUNCTIONS[chosen]

    def norms(self) -> list[Norm]:
        """The batch norms, in order."""
        return [stage.norm for stage in self.stages if stage.norm is not None]

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
    fitting = candidates(stack, choices.size, 10)
    if not fitting:
        raise (OptionError if choices.size else CheckpointError)(
            f"No usual strides lead these layers to {choices.size or 'a known'} pixels."
        )
    geometry = fitting[min(choices.layout, len(fitting) - 1)]
    return Network(bag, stack, choices, geometry)


def said_function(said: RecordedLayer) -> Callable[[Tensor], Tensor]:
    """The function that a whole module says to stand behind a layer."""
    name, _, slope = said.function.partition(" ")
    if slope:
        return partial(F.leaky_relu, negative_slope=float(slope))
    return FUNCTIONS[name or "none"]


def _says_functions(stack: Stack) -> bool:
    return any(one.function for one in stack.said)


def epsilons_of(text: str, count: int) -> list[float]:
    """The epsilon of each batch norm.

    Raises:
        OptionError: It is no list of so many numbers.
    """
    try:
        found = [float(part) for part in text.split(",") if part.strip()] or [EPS]
    except ValueError:
        found = []
    found = found * count if len(found) == 1 else found
    if len(found) != count or not all(0 <= eps <= MAX_EPS for eps in found):
        raise OptionError(
            f"'{text}' isn't an epsilon. Write one number such as 0.8, or {count}, one for each "
            "batch norm."
        )
    return found


def _numbers(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise OptionError(f"'{text}' isn't a list of layers. Write numbers such as 0,2.")
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
