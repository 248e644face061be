"""What BigGAN and BigGAN-deep share: spectral norm, conditional batch norm, attention."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.errors import CheckpointError
from latentstudio.generators.layers import frozen
from latentstudio.generators.weights import TensorBag


def folded(bag: TensorBag, name: str, *shape: int, eps: float = 1e-6) -> Tensor:
    """A weight divided by its largest singular value as the file's vectors estimate it.

    Args:
        bag: Holds ``name.weight`` with the left vector ``name.u0`` (BigGAN-PyTorch: one power
            iteration from it), or ``name.weight_orig`` with both vectors (torch's own
            spectral norm), or a plain ``name.weight``.
        name: Of the layer.
        shape: Of the weight, (outputs, inputs, ...) with -1 for any size.
        eps: Least length of a vector.
    """
    if f"{name}.weight_orig" in bag:
        weight = bag.take(f"{name}.weight_orig", *shape)
        matrix = weight.flatten(1)
        u = bag.take(f"{name}.weight_u", matrix.shape[0])
        v = bag.take(f"{name}.weight_v", matrix.shape[1])
        return weight / (u @ matrix @ v)
    weight = bag.take(f"{name}.weight", *shape)
    if f"{name}.u0" not in bag:
        return weight
    matrix = weight.flatten(1)
    u = bag.take(f"{name}.u0", 1, matrix.shape[0])[0]
    v = F.normalize(u @ matrix, dim=0, eps=eps)
    u = F.normalize(matrix @ v, dim=0, eps=eps)
    return weight / (u @ matrix @ v)


class Conv(nn.Module):
    """Convolution that keeps the size, spectral norm folded in."""

    def __init__(self, bag: TensorBag, name: str, inputs: int, bias: bool = True) -> None:
        super().__init__()
        weight = folded(bag, name, -1, inputs, -1, -1)
        # Channels last make convolutions on a CPU faster, here and for the layers after it.
        self.weight = frozen(weight.contiguous(memory_format=torch.channels_last))
        self.bias = frozen(bag.take(f"{name}.bias", self.weight.shape[0])) if bias else None
        if self.weight.shape[2] != self.weight.shape[3] or self.weight.shape[2] not in (1, 3):
            raise CheckpointError("This BigGAN has a kernel of a size we don't know.")

    @property
    def channels(self) -> int:
        return int(self.weight.shape[0])

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, channels, H, W)."""
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[2] // 2)


class Attention(nn.Module):
    """Self-attention over positions (Zhang et al. 2019), keys and values at half the size."""

    def __init__(self, bag: TensorBag, names: tuple[str, str, str, str], channels: int) -> None:
        super().__init__()
        theta, phi, g, o = names
        self.theta, self.phi = (Conv(bag, name, channels, bias=False) for name in (theta, phi))
        self.g = Conv(bag, g, channels, bias=False)
        self.o = Conv(bag, o, self.g.channels, bias=False)
        self.gamma = frozen(bag.any("gamma").detach().float().reshape(-1)[:1])
        if self.theta.channels != self.phi.channels or self.o.channels != channels:
            raise CheckpointError("The attention layer of this BigGAN doesn't fit together.")

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, H, W), same shape; H and W are even."""
        query = self.theta(x).flatten(2)  # (N, C/8, HW)
        key = F.max_pool2d(self.phi(x), 2).flatten(2)  # (N, C/8, HW/4)
        value = F.max_pool2d(self.g(x), 2).flatten(2)  # (N, C/2, HW/4)
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=-1)  # (N, HW, HW/4)
        found = (value @ weights.transpose(1, 2)).reshape(len(x), -1, *x.shape[2:])
        mixed: Tensor = self.o(found)
        return x + self.gamma * mixed


def affine(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Scale and shift each channel: (N, C, H, W) by (N, C) or (1, C)."""
    return x * scale[:, :, None, None] + shift[:, :, None, None]


def twice(x: Tensor) -> Tensor:
    """Twice the size, each pixel repeated. (N, C, H, W) -> (N, C, 2 H, 2 W)."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
