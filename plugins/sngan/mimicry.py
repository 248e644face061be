"""Residual generators of Mimicry (torch_mimicry): SNGAN, WGAN-GP, SSGAN, InfoMax-GAN.

Layers are numbered through: ``l1``, ``block2`` …, then a norm and a convolution with the next
number. Sizes are doubled by bilinear interpolation.
"""

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Weights,
    find_state,
    plain_weights,
)

from .residual import BILINEAR, renamed

MARKS = ("block2.b1.running_mean", "block2.c1.weight", "block2.c2.weight", "l1.weight")
BLOCK = {"b1": "norm1", "c1": "conv1", "b2": "norm2", "c2": "conv2", "c_sc": "shortcut"}


def recognise(checkpoint: Checkpoint) -> bool:
    return find_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    state = find_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no such network.")
    names, number = {"l1": "linear"}, 2
    while f"block{number}.c1.weight" in state:
        ours = f"blocks.{number - 2}"
        names |= {f"block{number}.{k}": f"{ours}.{name}" for k, name in BLOCK.items()}
        number += 1
    names |= {f"b{number}": "norm", f"c{number}": "colours"}
    return Weights(renamed(plain_weights(state), names), {BILINEAR: True})
