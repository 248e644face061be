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


def frozen(tensor: Tensor) -> nn.Parameter:
    """A weight that moves with the network and is not trained."""
    return nn.Parameter(tensor, requires_grad=False)


def unit_rms(x: Tensor) -> Tensor:
    """Divide each row by its root mean square."""
    return x * (x.square().mean(dim=-1, keepdim=True) + 1e-8).rsqrt()


def count_names(bag: TensorBag, pattern: str) -> int:
    """How many of ``pattern.format(0)``, ``pattern.format(1)`` … there are in a row."""
    index = 0
    while pattern.format(index) in bag:
        index += 1
    return index


class Dense(nn.Module):
    """Fully connected layer with the equalised learning rate of Karras et al. 2018."""

    def __init__(self, bag: TensorBag, inputs: int, outputs: int = -1, lr: float = 1.0) -> None:
        super().__init__()
        self.weight = frozen(bag.take("weight", outputs, inputs))
        self.bias = frozen(bag.take("bias", self.weight.shape[0]))
        self.gain, self.bias_gain = lr / math.sqrt(max(1, inputs)), lr

    def forward(self, x: Tensor) -> Tensor:
        # Scaling the few inputs is cheaper than scaling the weights.
        return F.linear(x * self.gain, self.weight, self.bias * self.bias_gain)


class Mapping(nn.Module):
    """z, and a class where there is one, to w.

    Args:
        bag: Tensors `fc0.weight` … as stylegan2-ada-pytorch names them, `w_avg` if it
            is known, and `embed.weight` for a conditional network.
        activation: Key of `ACTIVATIONS`.
        lr: Stored weights are this much too large.
    """

    def __init__(self, bag: TensorBag, activation: str, lr: float) -> None:
        super().__init__()
        count = count_names(bag, "fc{}.weight")
        if not count:
            raise CheckpointError("This model file is incomplete: its mapping network is missing.")
        self.slope, self.gain = ACTIVATIONS[activation]
        embed_dim, self.c_dim = bag.shape("embed.weight", 2) if "embed.weight" in bag else (0, 0)
        self.embed = Dense(bag.under("embed"), self.c_dim) if embed_dim else None
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
        self.w_avg = frozen(bag.take("w_avg", self.w_dim) if known else self._measured_mean())

    @torch.no_grad()
    def _measured_mean(self) -> Tensor:
        """Mean of w over many z and all classes in turn, for files that don't store it."""
        z = np.random.RandomState(0).randn(MEAN_SAMPLES, self.z_dim).astype(np.float32)
        one_hot = F.one_hot(torch.arange(MEAN_SAMPLES) % max(1, self.c_dim), max(1, self.c_dim))
        mean: Tensor = self(torch.from_numpy(z), one_hot.float()).mean(dim=0)
        return mean

    def forward(self, z: Tensor, one_hot: Tensor | None) -> Tensor:
        x = unit_rms(z)  # (N, z_dim)
        if self.embed is not None and one_hot is not None:
            x = torch.cat([x, unit_rms(self.embed(one_hot))], dim=1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), self.slope) * self.gain
        return x  # (N, w_dim)
