"""Batch norm at its running statistics, with and without classes."""

import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import NORM_EPS, BatchNorm, TensorBag, frozen


class Norm(BatchNorm):
    """Batch norm without classes, called as the one with classes is."""

    def forward(self, x: Tensor, _: Tensor | None = None) -> Tensor:
        """(N, C, H, W), same shape."""
        return super().forward(x)


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
        self.inverse = frozen((bag.take("stored_var", width) + NORM_EPS).rsqrt())

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(N, C, H, W), classes (N, K) -> (N, C, H, W)."""
        scale = (1 + F.linear(y, self.gain, self.gain_bias)) * self.inverse
        shift = F.linear(y, self.bias, self.bias_bias) - self.mean * scale
        return x * scale[:, :, None, None] + shift[:, :, None, None]
