"""A StyleGAN2 of any size with random weights: as much work as a trained one."""

import torch
from torch import Tensor

from latentstudio.generators.stylegan2.generator import StyleGAN2, build
from latentstudio.generators.weights import Weights

W = 512

Tensors = dict[str, Tensor]


def random_generator(resolution: int, base: int = 32768, most: int = 512) -> StyleGAN2:
    """A network of `resolution`² pixels with min(most, base / size) channels in each block.

    32,768 is StyleGAN2's config F; a half of it its config E.
    """
    torch.manual_seed(0)
    tensors: Tensors = {"mapping.w_avg": torch.zeros(W)}
    for layer in range(8):
        tensors |= dense(f"mapping.fc{layer}", W, W, 100.0)
    size, inputs = 4, 0
    while size <= resolution:
        channels = min(most, base // size)
        tensors |= block(f"synthesis.b{size}", size, inputs, channels)
        size, inputs = size * 2, channels
    return build(Weights(tensors), f"random {resolution}", f"{resolution:064d}")


def dense(name: str, inputs: int, outputs: int, scale: float = 1.0, bias: float = 0.0) -> Tensors:
    """A dense layer by its canonical names."""
    weight = torch.randn(outputs, inputs) * scale
    return {f"{name}.weight": weight, f"{name}.bias": torch.full((outputs,), bias)}


def block(name: str, size: int, inputs: int, channels: int) -> Tensors:
    """The layers of one resolution by their canonical names; the first one has no inputs."""
    made: Tensors = {}
    if inputs:
        made |= conv(f"{name}.conv0", size, inputs, channels)
    else:
        made[f"{name}.const"] = torch.randn(channels, size, size)
    made |= conv(f"{name}.conv1", size, channels, channels)
    made |= dense(f"{name}.torgb.affine", W, channels, bias=1.0)
    made[f"{name}.torgb.weight"] = torch.randn(3, channels, 1, 1) * 0.2
    made[f"{name}.torgb.bias"] = torch.zeros(3)
    return made


def conv(name: str, size: int, inputs: int, channels: int) -> Tensors:
    """A modulated convolution by its canonical names."""
    return {
        f"{name}.weight": torch.randn(channels, inputs, 3, 3),
        f"{name}.bias": torch.zeros(channels),
        f"{name}.noise_const": torch.randn(size, size),
        f"{name}.noise_strength": torch.tensor(0.1),
    } | dense(f"{name}.affine", W, inputs, bias=1.0)
