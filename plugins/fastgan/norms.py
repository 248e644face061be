"""Batch norm at its running statistics, with and without classes."""

import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import TensorBag, frozen

EPS = 1e-5
"""PyTorch's default of batch norm."""


class Norm(nn.Module):
    """As one factor and one shift for each channel."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        mean, variance = bag.take("running_mean", width), bag.take("running_var", width)
        scale = bag.take("weight", width) * (variance + EPS).rsqrt()
        self.scale, self.shift = frozen(scale), frozen(bag.take("bias", width) - mean * scale)

    def forward(self, x: Tensor, _: Tensor | None) -> Tensor:
        """(N, C, H, W), same shape."""
        return x * self.scale[:, None, None] + self.shift[:, None, None]


class ClassNorm(nn.Module):
    """Gain and bias are read from the class (Projected GAN)."""

    def __init__(self, bag: TensorBag, width: int, condition: int) -> None:
        super().__init__()
        gain, bias = bag.under("gain"), bag.under("bias")
        self.gain = frozen(gain.take("weight", width, condition))
        self.bias = frozen(bias.take("weight", width, condition))
        self.gain_bias = frozen(gain.take("bias", width))
        self.bias_bias = frozen(bias.take("bias", width))
        self.mean = frozen(bag.take("stored_mean", width))
        self.inverse = frozen((bag.take("stored_var", width) + EPS).rsqrt())

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(N, C, H, W), classes (N, K) -> (N, C, H, W)."""
        scale = (1 + F.linear(y, self.gain, self.gain_bias)) * self.inverse
        shift = F.linear(y, self.bias, self.bias_bias) - self.mean * scale
        return x * scale[:, :, None, None] + shift[:, :, None, None]
