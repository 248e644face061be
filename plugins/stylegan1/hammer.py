"""Checkpoints of GenForce and Hammer."""

import math

from torch import Tensor

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    TensorBag,
    Weights,
    find_hammer_state,
)

MARKS = ("mapping.dense0.weight", "synthesis.layer0.const", "synthesis.layer0.style.weight")
CONV_GAIN = math.sqrt(2)


def recognise(checkpoint: Checkpoint) -> bool:
    return find_hammer_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    state = find_hammer_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no StyleGAN.")
    bag = TensorBag(state)
    tensors, count = _mapping(bag), 0
    while f"synthesis.layer{count}.bias" in bag:
        name = f"synthesis.layer{count}"
        tensors |= {f"{name}.{key}": t for key, t in _layer(bag.under(name)).items()}
        count += 1
    last = bag.under(f"synthesis.output{count // 2 - 1}")
    colours = last.take("weight", -1, -1, 1, 1)
    tensors["synthesis.output.weight"] = _scaled(colours, 1.0)
    tensors["synthesis.output.bias"] = last.take("bias", colours.shape[0])
    return Weights(tensors)


def _mapping(bag: TensorBag) -> dict[str, Tensor]:
    """Ours multiplies the activation by √2, theirs the weights: biases differ by that."""
    found, index = {}, 0
    while f"mapping.dense{index}.weight" in bag:
        dense = bag.under(f"mapping.dense{index}")
        found[f"mapping.fc{index}.weight"] = dense.take("weight", -1, -1)
        found[f"mapping.fc{index}.bias"] = dense.take("bias", -1) / math.sqrt(2)
        index += 1
    for name in ("w_avg", "truncation.w_avg"):
        if name in bag:
            found["mapping.w_avg"] = bag.any(name).reshape(-1)
    return found


def _layer(bag: TensorBag) -> dict[str, Tensor]:
    """One layer, with its weights as they are used."""
    noise = bag.take("noise", 1, 1, -1, -1)
    found = {
        "bias": bag.take("bias", -1),
        "noise_strength": bag.take("noise_strength", 1, -1, 1, 1).reshape(-1),
        "noise_const": noise[0, 0],
        "style.weight": bag.take("style.weight", -1, -1),
        "style.bias": bag.take("style.bias", -1),
    }
    if "const" in bag:
        found["const"] = bag.take("const", 1, -1, -1, -1)[0]
    else:
        found["weight"] = _scaled(bag.take("weight", -1, -1, 3, 3), CONV_GAIN)
    return found


def _scaled(weight: Tensor, gain: float) -> Tensor:
    """The equalised learning rate (Karras et al. 2018, section 4.1), multiplied in."""
    return weight * (gain / math.sqrt(max(1, weight[0].numel())))
