"""Checkpoints of GenForce and Hammer: layers with an equalised learning rate."""

import math

from torch import Tensor

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    TensorBag,
    Weights,
    find_hammer_state,
)

PLACES = ("generator_smooth", "generator")
MARKS = ("layer0.weight", "layer0.bias", "output0.weight", "lod")
GAIN = math.sqrt(2)
"""Of every layer but the last (He et al. 2015)."""


def recognise(checkpoint: Checkpoint) -> bool:
    return find_hammer_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    state = find_hammer_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no ProgGAN.")
    bag, count = TensorBag(state), 0
    tensors: dict[str, Tensor] = {}
    while f"layer{count}.weight" in bag:
        tensors |= _layer(bag.under(f"layer{count}"), f"layer{count}", GAIN)
        count += 1
    last = bag.under(f"output{count // 2 - 1}")
    return Weights(tensors | _layer(last, "output", 1.0))


def _layer(bag: TensorBag, name: str, gain: float) -> dict[str, Tensor]:
    weight = bag.take("weight", -1, -1, -1, -1)
    scale = gain / math.sqrt(max(1, weight[0].numel()))
    return {f"{name}.weight": weight * scale, f"{name}.bias": bag.take("bias", weight.shape[0])}
