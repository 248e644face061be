"""Checkpoints of ``stylegan2_pytorch``: ``{"GAN": …, "version": …}``, or the state alone.

``S`` maps latents and ``G`` draws; ``SE`` and ``GE`` are their running averages. What versions
changed is told by the names that a file has or lacks, not by the version it mentions.
"""

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Contents,
    StoredNetwork,
    TensorBag,
    Weights,
)

MARKS = (
    "blocks.0.to_style1.weight",
    "blocks.0.to_noise1.weight",
    "blocks.0.to_rgb.to_style.weight",
)
PLACES = ("GE", "G")
MAPPINGS = {"GE": ("SE", "S"), "G": ("S", "SE")}
"""Names of mapping networks that belong to a generator's, likeliest first."""
EQUALISED_DEVIATION = 0.4
"""Mapping weights begin with a deviation of 1 where they are multiplied by ``lr_mlp`` when used;
before version 0.18 they were those of plain layers, with a deviation of 0.06."""
LR_MLP = 0.1
"""Default of the trainer; checkpoints do not hold it."""


def networks(checkpoint: Checkpoint) -> list[str]:
    """Places of generators, the averaged one first."""
    return checkpoint.contents.places(MARKS, PLACES)


def recognise(checkpoint: Checkpoint) -> bool:
    return bool(networks(checkpoint))


def convert(checkpoint: Checkpoint) -> Weights:
    """Their own names below ``mapping`` and ``synthesis``; the blur's taps become a setting."""
    found = checkpoint.contents.find(MARKS, PLACES)
    if found is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    blur = [name for name in found.tensors if name.endswith("upsample.1.f")]
    tensors = _mapping(checkpoint, found) | _synthesis(found.tensors)
    settings = {"blurred": bool(blur)} | _learning_rate(tensors, checkpoint.beside)
    return Weights(tensors, settings)


def _mapping(checkpoint: Checkpoint, generator: StoredNetwork) -> dict[str, Tensor]:
    """Dense layers in order; the activations between them have no weights."""
    bag = TensorBag(_mapping_of(checkpoint.contents, generator).tensors)
    found: dict[str, Tensor] = {}
    index = 0
    while f"net.{2 * index}.weight" in bag:
        layer = bag.under(f"net.{2 * index}")
        found |= {f"mapping.{index}.{part}": layer.any(part) for part in ("weight", "bias")}
        index += 1
    if not found:
        raise CheckpointError(
            f"{checkpoint.path.name} holds the generator of stylegan2_pytorch without its mapping "
            "network (S or SE). Open the whole model_N.pt."
        )
    return found


def _mapping_of(contents: Contents, generator: StoredNetwork) -> StoredNetwork:
    owner, dot, name = generator.place.rpartition(".")
    known = MAPPINGS.get(name, ("SE", "S"))
    places = [owner + dot + one for one in known]
    for place in places:
        if f"{place}.net.0.weight" in contents.tensors:
            return contents.network(place)
    return contents.network(places[0])


def _synthesis(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    own = ("initial_block", "initial_conv.", "to_initial_block.", "blocks.", "attns.")
    return {
        f"synthesis.{name}": tensor
        for name, tensor in tensors.items()
        if name.startswith(own) and not name.endswith("upsample.1.f")
    }


def _learning_rate(tensors: Mapping[str, Tensor], beside: Mapping[str, Any]) -> dict[str, Any]:
    """How mapping weights are used, and where that is said: in settings beside, or nowhere."""
    first = tensors["mapping.0.weight"]
    if not bool(first.float().std(correction=0) > EQUALISED_DEVIATION):
        return {"lr_mlp": 1.0, "normalised": False, "said": "plain"}
    said = beside.get("lr_mlp")
    if isinstance(said, int | float) and 0 < said < math.inf:
        known: dict[str, Any] = {"lr_mlp": float(said), "said": "file"}
    else:
        known = {"lr_mlp": LR_MLP, "said": ""}
    return {"normalised": True, **known}
