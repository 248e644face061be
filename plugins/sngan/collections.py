"""Residual generators of pytorch-gan-collections: SNGAN, WGAN-GP and relatives."""

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Weights,
    find_state,
    plain_weights,
)

from .residual import MAX_BLOCKS, renamed

MARKS = (
    "blocks.0.residual.0.running_mean",
    "blocks.0.residual.3.weight",
    "blocks.0.residual.6.weight",
    "linear.weight",
    "output.2.weight",
)
BLOCK = {
    "residual.0": "norm1",
    "residual.3": "conv1",
    "residual.4": "norm2",
    "residual.6": "conv2",
    "shortcut.1": "shortcut",
}


def recognise(checkpoint: Checkpoint) -> bool:
    return find_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    state = find_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no such network.")
    names = {"linear": "linear", "output.0": "norm", "output.2": "colours"}
    for index in range(MAX_BLOCKS):
        names |= {f"blocks.{index}.{k}": f"blocks.{index}.{ours}" for k, ours in BLOCK.items()}
    return Weights(renamed(plain_weights(state), names))
