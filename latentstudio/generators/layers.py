"""Layers that several families share."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import CheckpointError
from latentstudio.generators.weights import TensorBag

ACTIVATIONS = {"lrelu": (0.2, 2**0.5), "relu": (0.0, 2**0.5), "linear": (1.0, 1.0)}
"""Slope below zero, and gain that keeps the variance."""
MEAN_SAMPLES = 4096
NORM_EPS = 1e-5
"""PyTorch's default of batch norm."""


def frozen(tensor: Tensor) -> nn.Parameter:
    """A weight that moves with the network and is not trained; same shape."""
    return nn.Parameter(tensor, requires_grad=False)


def unit_rms(x: Tensor) -> Tensor:
    """Divide each row by its root mean square: (..., dim), same shape."""
    return x * (x.square().mean(dim=-1, keepdim=True) + 1e-8).rsqrt()


def count_names(bag: TensorBag, pattern: str) -> int:
    """How many of ``pattern.format(0)``, ``pattern.format(1)`` … there are in a row."""
    index = 0
    while pattern.format(index) in bag:
        index += 1
    return index


class BatchNorm(nn.Module):
    """Batch norm at its running statistics, folded into one factor and one shift a channel."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        mean, variance = bag.take("running_mean", width), bag.take("running_var", width)
        scale = bag.take("weight", width) * (variance + NORM_EPS).rsqrt()
        self.scale, self.shift = frozen(scale), frozen(bag.take("bias", width) - mean * scale)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        return x * self.scale[:, None, None] + self.shift[:, None, None]


class Dense(nn.Module):
    """Fully connected layer with the equalised learning rate of Karras et al. 2018."""

    def __init__(self, bag: TensorBag, inputs: int, outputs: int = -1, lr: float = 1.0) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", outputs, inputs))
        self.bias = frozen(bag.take("bias", self.weight.shape[0]))
        self.gain, self.bias_gain = lr / math.sqrt(max(1, inputs)), lr

    def forward(self, x: Tensor) -> Tensor:
        # Scaling the few inputs is cheaper than scaling the weights.
        """(..., inputs) -> (..., outputs)."""
        return F.linear(x * self.gain, self.weight, self.bias * self.bias_gain)


class DenseEmbedding(Dense):
    """A class as a vector, by a dense layer."""

    def __init__(self, bag: TensorBag) -> None:
        self.width, self.classes = bag.shape("weight", 2)
        super().__init__(bag, self.classes)


class TableEmbedding(nn.Module):
    """A class as a vector: a row of a table, and a dense layer behind it (StyleGAN-XL).

    The table may have more rows than the model has classes: then those that there are means of
    w for.
    """

    def __init__(self, bag: TensorBag, slope: float, gain: float) -> None:
        super().__init__()
        table = bag.take("embed.weight", -1, -1)
        self.classes = bag.shape("w_avg", 2)[0] if _has_class_means(bag) else len(table)
        if not 1 <= self.classes <= len(table):
            raise CheckpointError("This model file contradicts itself: its classes have no rows.")
        self.table = frozen(table[: self.classes])
        self.projection = Dense(bag.under("embed_proj"), table.shape[1])
        self.width, self.slope, self.gain = len(self.projection.weight), slope, gain

    def forward(self, one_hot: Tensor) -> Tensor:
        """One-hot classes (N, classes) to (N, width)."""
        return F.leaky_relu(self.projection(one_hot @ self.table), self.slope) * self.gain


def _has_class_means(bag: TensorBag) -> bool:
    return "w_avg" in bag and bag.ndim("w_avg") == 2


def _embedding(bag: TensorBag, slope: float, gain: float) -> DenseEmbedding | TableEmbedding | None:
    """How classes come in, None for models without."""
    if "embed_proj.weight" in bag:
        return TableEmbedding(bag, slope, gain)
    return DenseEmbedding(bag.under("embed")) if "embed.weight" in bag else None


class Mapping(nn.Module):
    """z, and a class where there is one, to w.

    Args:
        bag: Tensors `fc0.weight` … as stylegan2-ada-pytorch names them, `w_avg` if it
            is known (for each class, where they have their own), and `embed.weight` for a
            conditional network, with `embed_proj` where that is a table.
        activation: Key of `ACTIVATIONS`.
        lr: Stored weights are this much too large.
    """

    def __init__(self, bag: TensorBag, activation: str, lr: float) -> None:
        super().__init__()
        count = count_names(bag, "fc{}.weight")
        if not count:
            raise CheckpointError("This model file is incomplete: its mapping network is missing.")
        self.slope, self.gain = ACTIVATIONS[activation]
        self.embed = _embedding(bag, *ACTIVATIONS["lrelu"])
        embed_dim, self.c_dim = (self.embed.width, self.embed.classes) if self.embed else (0, 0)
        width = bag.shape("fc0.weight", 2)[1]
        self.z_dim = width - embed_dim
        self.layers = nn.ModuleList()
        for index in range(count):
            layer = Dense(bag.under(f"fc{index}"), width, lr=lr)
            self.layers.append(layer)
            width = layer.weight.shape[0]
        self.w_dim = int(width)
        if min(self.z_dim, self.w_dim) < 1:
            raise CheckpointError("This model file contradicts itself: its latent has no size.")
        known = "w_avg" in bag
        shape = [-1, self.w_dim] if known and bag.ndim("w_avg") == 2 else [self.w_dim]
        self.w_avg = frozen(bag.take("w_avg", *shape) if known else self._measured_mean())

    def mean(self, one_hot: Tensor | None) -> Tensor:
        """Mean of w, of each class where classes have means of their own: (1 or N, w_dim)."""
        if self.w_avg.ndim == 1:
            return self.w_avg[None]
        return self.w_avg.mean(dim=0, keepdim=True) if one_hot is None else one_hot @ self.w_avg

    @torch.no_grad()
    def _measured_mean(self) -> Tensor:
        """Mean of w over many z and all classes in turn, for files that don't store it."""
        z = np.random.RandomState(0).randn(MEAN_SAMPLES, self.z_dim).astype(np.float32)
        one_hot = F.one_hot(torch.arange(MEAN_SAMPLES) % max(1, self.c_dim), max(1, self.c_dim))
        mean: Tensor = self(torch.from_numpy(z), one_hot.float()).mean(dim=0)
        return mean

    def forward(self, z: Tensor, one_hot: Tensor | None) -> Tensor:
        """Latents (N, z_dim) and one-hot classes (N, classes) to w, (N, w_dim)."""
        x = unit_rms(z)  # (N, z_dim)
        if self.embed is not None and one_hot is not None:
            x = torch.cat([x, unit_rms(self.embed(one_hot))], dim=1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), self.slope) * self.gain
        return x  # (N, w_dim)
