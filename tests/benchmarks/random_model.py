"""A StyleGAN2 of any size with random weights, as our own file, and under others' names."""

from latentstudio.benchmark.random_model import random_generator
from latentstudio.generators.save import save_generator


def random_stylegan2(path, resolution, base=16384, most=512):
    """Write a network of `resolution`² pixels with min(most, base / size) channels per block."""
    save_generator(random_generator(resolution, base, most), path)


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
