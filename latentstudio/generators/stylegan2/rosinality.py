"""StyleGAN2 from checkpoints of rosinality/stylegan2-pytorch."""

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.state_dict import find_state, separable_taps
from latentstudio.generators.stylegan2.naming import (
    Tensors,
    colour_name,
    conv_name,
    flat,
    named,
)
from latentstudio.generators.weights import TensorBag, Weights

MARKS = ("style.1.weight", "input.input", "conv1.conv.modulation.weight")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether a state dictionary has this project's names."""
    return find_state(checkpoint.content, MARKS, ("g_ema", "g")) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers."""
    state = find_state(checkpoint.content, MARKS, ("g_ema", "g"))
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    bag = TensorBag(state)
    tensors = _mapping(bag, checkpoint.content.get("latent_avg"))
    tensors["synthesis.b4.const"] = flat(bag.any("input.input"), 3)
    tensors |= _conv(bag, "conv1", 0) | _colours(bag, "to_rgb1", 0)
    index = 0
    while f"convs.{index}.conv.weight" in bag:
        tensors |= _conv(bag, f"convs.{index}", index + 1)
        index += 1
    for block in range(index // 2):
        tensors |= _colours(bag, f"to_rgbs.{block}", block + 1)
    kernels = [tensor for name, tensor in state.items() if name.endswith(".kernel")]
    return Weights(tensors, {"resample_filter": separable_taps(kernels)})


def _mapping(bag: TensorBag, mean: object) -> Tensors:
    found: Tensors = {}
    index = 0
    # style.0 is the normalisation, which has no weights.
    while f"style.{index + 1}.weight" in bag:
        layer = bag.under(f"style.{index + 1}")
        found |= named(f"mapping.fc{index}", weight=layer.any("weight"), bias=layer.any("bias"))
        index += 1
    if isinstance(mean, Tensor):
        found["mapping.w_avg"] = flat(mean, 1)
    return found


def _conv(bag: TensorBag, name: str, index: int) -> Tensors:
    layer, noise = bag.under(name), f"noises.noise_{index}"
    size = 4 * 2 ** ((index + 1) // 2)
    # Old files keep no noise images; without them the constant noise is none.
    image = (
        flat(bag.any(noise), 2) if noise in bag else layer.any("noise.weight").new_zeros(size, size)
    )
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
