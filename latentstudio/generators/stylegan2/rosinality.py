"""StyleGAN2 with the names of rosinality/stylegan2-pytorch, and SWAGAN by the same project.

Many projects keep these names: e4e, pSp and other inversions (``decoder.…``), StyleGAN-NADA,
StyleGAN-Human's rectangular pictures.
"""

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

MARKS = ("style.1.weight", "input.input", "conv1.conv.modulation.weight")
PLACES = ("g_ema", "g")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a network with this project's names."""
    return find_network(checkpoint, MARKS, PLACES) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers."""
    network = find_network(checkpoint, MARKS, PLACES)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    state = network.tensors
    bag = TensorBag(state)
    start = flat(bag.any("input.input"), 3)
    mean = state.get("mean_latent", network.beside("latent_avg"))
    tensors = _mapping(bag) | mean_code(mean)
    tensors["synthesis.b4.const"] = start
    tensors |= _conv(bag, "conv1", 0, start) | _colours(bag, "to_rgb1", 0)
    index = 0
    while f"convs.{index}.conv.weight" in bag:
        tensors |= _conv(bag, f"convs.{index}", index + 1, start)
        index += 1
    for block in range(index // 2):
        tensors |= _colours(bag, f"to_rgbs.{block}", block + 1)
    kernels = [tensor for name, tensor in state.items() if name.endswith(".kernel")]
    settings: dict[str, object] = {"resample_filter": separable_taps(kernels)}
    return Weights(tensors, settings | ({"wavelet": True} if "iwt.ll" in bag else {}))


def _mapping(bag: TensorBag) -> Tensors:
    found: Tensors = {}
    index = 0
    # style.0 is the normalisation, which has no weights.
    while f"style.{index + 1}.weight" in bag:
        layer = bag.under(f"style.{index + 1}")
        found |= named(f"mapping.fc{index}", weight=layer.any("weight"), bias=layer.any("bias"))
        index += 1
    return found


def _conv(bag: TensorBag, name: str, index: int, start: Tensor) -> Tensors:
    layer, noise = bag.under(name), f"noises.noise_{index}"
    sides = [side * 2 ** ((index + 1) // 2) for side in start.shape[1:]]
    # Old files keep no noise images; without them the constant noise is none.
    image = flat(bag.any(noise), 2) if noise in bag else layer.any("noise.weight").new_zeros(*sides)
    return named(
        conv_name(index),
        weight=flat(layer.any("conv.weight"), 4),
        bias=layer.any("activate.bias"),
        affine_weight=layer.any("conv.modulation.weight"),
        affine_bias=layer.any("conv.modulation.bias"),
        noise_strength=flat(layer.any("noise.weight"), 0),
        noise_const=image,
    )


def _colours(bag: TensorBag, name: str, block: int) -> Tensors:
    layer = bag.under(name)
    return named(
        colour_name(block),
        weight=flat(layer.any("conv.weight"), 4),
        bias=layer.any("bias").reshape(-1),
        affine_weight=layer.any("conv.modulation.weight"),
        affine_bias=layer.any("conv.modulation.bias"),
    )
