"""StyleGAN2 with the names of BasicSR (and GFPGAN's decoder, which is one)."""

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.state_dict import find_network, separable_taps
from latentstudio.generators.stylegan2.naming import (
    Tensors,
    colour_name,
    conv_name,
    flat,
    mean_code,
    named,
)
from latentstudio.generators.weights import TensorBag, Weights

MARKS = (
    "style_mlp.1.weight",
    "constant_input.weight",
    "style_conv1.modulated_conv.modulation.weight",
)
PLACES = ("params_ema", "params")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a network with this project's names."""
    return find_network(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers; filters are no part of the file."""
    network = find_network(checkpoint, MARKS, PLACES)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    bag = TensorBag(network.tensors)
    start = flat(bag.any("constant_input.weight"), 3)
    tensors = _mapping(bag) | mean_code(network.beside("latent_avg"))
    tensors["synthesis.b4.const"] = start
    tensors |= _conv(bag, "style_conv1", 0, start) | _colours(bag, "to_rgb1", 0)
    index = 0
    while f"style_convs.{index}.modulated_conv.weight" in bag:
        tensors |= _conv(bag, f"style_convs.{index}", index + 1, start)
        index += 1
    for block in range(index // 2):
        tensors |= _colours(bag, f"to_rgbs.{block}", block + 1)
    return Weights(tensors, {"resample_filter": separable_taps([])})


def _mapping(bag: TensorBag) -> Tensors:
    found: Tensors = {}
    index = 0
    while f"style_mlp.{index + 1}.weight" in bag:
        layer = bag.under(f"style_mlp.{index + 1}")
        found |= named(f"mapping.fc{index}", weight=layer.any("weight"), bias=layer.any("bias"))
        index += 1
    return found


def _conv(bag: TensorBag, name: str, index: int, start: Tensor) -> Tensors:
    layer, noise = bag.under(name), f"noises.noise{index}"
    sides = [side * 2 ** ((index + 1) // 2) for side in start.shape[1:]]
    strength = flat(layer.any("weight"), 0)
    return named(
        conv_name(index),
        weight=flat(layer.any("modulated_conv.weight"), 4),
        bias=layer.any("activate.bias" if "activate.bias" in layer else "bias").reshape(-1),
        affine_weight=layer.any("modulated_conv.modulation.weight"),
        affine_bias=layer.any("modulated_conv.modulation.bias"),
        noise_strength=strength,
        noise_const=flat(bag.any(noise), 2) if noise in bag else strength.new_zeros(*sides),
    )


def _colours(bag: TensorBag, name: str, block: int) -> Tensors:
    layer = bag.under(name)
    return named(
        colour_name(block),
        weight=flat(layer.any("modulated_conv.weight"), 4),
        bias=layer.any("bias").reshape(-1),
        affine_weight=layer.any("modulated_conv.modulation.weight"),
        affine_bias=layer.any("modulated_conv.modulation.bias"),
    )
