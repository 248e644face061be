"""A StyleGAN2 of any size with random weights, as our own file."""

import torch

from latentstudio.generators.save import save_generator
from latentstudio.generators.stylegan2.generator import build
from latentstudio.generators.weights import Weights

W = 512


def random_stylegan2(path, resolution, base=16384, most=512):
    """Write a network of `resolution`² pixels with min(most, base / size) channels per block."""
    torch.manual_seed(0)
    tensors = {"mapping.w_avg": torch.zeros(W)}
    for layer in range(8):
        tensors |= dense(f"mapping.fc{layer}", W, W, 100.0)
    size, inputs = 4, 0
    while size <= resolution:
        channels = min(most, base // size)
        tensors |= block(f"synthesis.b{size}", size, inputs, channels, size == resolution)
        size, inputs = size * 2, channels
    save_generator(build(Weights(tensors), "random", "0" * 64), path)


def dense(name, inputs, outputs, scale=1.0, bias=0.0):
    weight = torch.randn(outputs, inputs) * scale
    return {f"{name}.weight": weight, f"{name}.bias": torch.full((outputs,), bias)}


def block(name, size, inputs, channels, last):
    made = {}
    if inputs:
        made |= conv(f"{name}.conv0", size, inputs, channels)
    else:
        made[f"{name}.const"] = torch.randn(channels, size, size)
    made |= conv(f"{name}.conv1", size, channels, channels)
    made |= dense(f"{name}.torgb.affine", W, channels, bias=1.0)
    made[f"{name}.torgb.weight"] = torch.randn(3, channels, 1, 1) * 0.2
    made[f"{name}.torgb.bias"] = torch.zeros(3)
    return made


def conv(name, size, inputs, channels):
    return {
        f"{name}.weight": torch.randn(channels, inputs, 3, 3),
        f"{name}.bias": torch.zeros(channels),
        f"{name}.noise_const": torch.randn(size, size),
        f"{name}.noise_strength": torch.tensor(0.1),
    } | dense(f"{name}.affine", W, inputs, bias=1.0)


def as_rosinality(tensors):
    """Canonical weights under the names, and in the shapes, of rosinality's checkpoints."""
    blocks = sorted({int(n.split(".")[1][1:]) for n in tensors if n.startswith("synthesis.b")})
    g = {"input.input": tensors["synthesis.b4.const"][None]}
    for layer in range(8):
        for part in ("weight", "bias"):
            g[f"style.{layer + 1}.{part}"] = tensors[f"mapping.fc{layer}.{part}"]
    names = [f"synthesis.b{s}.conv{i}" for s in blocks for i in (0, 1) if (s, i) != (4, 0)]
    for index, name in enumerate(names):
        place = f"convs.{index - 1}" if index else "conv1"
        g[f"{place}.conv.weight"] = tensors[f"{name}.weight"][None]
        g[f"{place}.noise.weight"] = tensors[f"{name}.noise_strength"].reshape(1)
        g[f"{place}.activate.bias"] = tensors[f"{name}.bias"]
        g[f"noises.noise_{index}"] = tensors[f"{name}.noise_const"][None, None]
        for part in ("weight", "bias"):
            g[f"{place}.conv.modulation.{part}"] = tensors[f"{name}.affine.{part}"]
    for index, size in enumerate(blocks):
        name, place = f"synthesis.b{size}.torgb", f"to_rgbs.{index - 1}" if index else "to_rgb1"
        g[f"{place}.conv.weight"] = tensors[f"{name}.weight"][None]
        g[f"{place}.bias"] = tensors[f"{name}.bias"].reshape(1, 3, 1, 1)
        for part in ("weight", "bias"):
            g[f"{place}.conv.modulation.{part}"] = tensors[f"{name}.affine.{part}"]
    return {"g_ema": {k: t.clone() for k, t in g.items()}, "latent_avg": tensors["mapping.w_avg"]}
