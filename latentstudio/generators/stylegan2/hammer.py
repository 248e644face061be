"""StyleGAN2 from checkpoints of GenForce and Hammer."""

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

MARKS = (
    "mapping.dense0.weight",
    "synthesis.early_layer.const",
    "synthesis.layer0.style.weight",
    "synthesis.output0.style.weight",
)
PLACES = ("generator_smooth", "generator")


def hammer_state(checkpoint: Checkpoint, marks: tuple[str, ...]) -> dict[str, Tensor] | None:
    """The averaged generator of a GenForce or Hammer checkpoint, if it has these names.

    Each tensor of the shape (...) it was stored with.
    """
    return find_state(checkpoint, marks, PLACES)


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether a state dictionary has these projects' names of a StyleGAN2."""
    return hammer_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: other names for the same numbers."""
    state = hammer_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    bag = TensorBag(state)
    tensors = _mapping(bag)
    tensors["synthesis.b4.const"] = flat(bag.any("synthesis.early_layer.const"), 3)
    index = 0
    while f"synthesis.layer{index}.weight" in bag:
        tensors |= _conv(bag.under(f"synthesis.layer{index}"), index)
        index += 1
    for block in range((index + 1) // 2):
        tensors |= _colours(bag.under(f"synthesis.output{block}"), block)
    filters = [tensor for name, tensor in state.items() if name.endswith("filter")]
    return Weights(tensors, {"resample_filter": separable_taps(filters)})


def _mapping(bag: TensorBag) -> Tensors:
    found: Tensors = {}
    names = {"mapping.embedding": "mapping.embed"}
    while f"mapping.dense{len(names) - 1}.weight" in bag:
        names[f"mapping.dense{len(names) - 1}"] = f"mapping.fc{len(names) - 1}"
    for theirs, ours in names.items():
        if f"{theirs}.weight" in bag:
            layer = bag.under(theirs)
            found |= named(ours, weight=layer.any("weight"), bias=layer.any("bias"))
    for name in ("w_avg", "truncation.w_avg"):
        if name in bag:
            found["mapping.w_avg"] = flat(bag.any(name), 1)
    return found


def _conv(layer: TensorBag, index: int) -> Tensors:
    return named(
        conv_name(index),
        weight=layer.any("weight"),
        bias=layer.any("bias"),
        affine_weight=layer.any("style.weight"),
        affine_bias=layer.any("style.bias"),
        noise_strength=flat(layer.any("noise_strength"), 0),
        noise_const=flat(layer.any("noise"), 2),
    )


def _colours(layer: TensorBag, block: int) -> Tensors:
    return named(
        colour_name(block),
        weight=layer.any("weight"),
        bias=layer.any("bias"),
        affine_weight=layer.any("style.weight"),
        affine_bias=layer.any("style.bias"),
    )
