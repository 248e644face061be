"""Checkpoints of pytorch_GAN_zoo: a dense first layer, layers with an equalised learning rate.

There the bias is multiplied by the learning rate's factor, too.
"""

import math

from torch import Tensor

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    TensorBag,
    Weights,
    find_state,
    places_of,
)

MARKS = ("formatLayer.module.weight", "groupScale0.0.module.weight", "toRGBLayers.0.module.weight")
OLD_MARKS = tuple(mark.replace(".module", "") for mark in MARKS)
"""Some versions leave the inner module's name out."""
PLACES = ("avgG", "netG")
FIRST = 4


def recognise(checkpoint: Checkpoint) -> bool:
    return _state(checkpoint) is not None


def networks(checkpoint: Checkpoint) -> list[str]:
    return places_of(MARKS, PLACES)(checkpoint) or places_of(OLD_MARKS, PLACES)(checkpoint)


def convert(checkpoint: Checkpoint) -> Weights:
    state = _state(checkpoint)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no ProgGAN.")
    bag, count = TensorBag(state), 2
    tensors = _first(bag.under("formatLayer"))
    tensors |= _layer(bag.under("groupScale0.0"), "layer1")
    while f"scaleLayers.{count // 2 - 1}.0.weight" in bag:
        for place in (0, 1):
            part = bag.under(f"scaleLayers.{count // 2 - 1}.{place}")
            tensors |= _layer(part, f"layer{count + place}")
        count += 2
    if f"toRGBLayers.{count // 2}.weight" in bag:
        raise CheckpointError("This ProgGAN is incomplete: it has more colour layers than sizes.")
    return Weights(tensors | _layer(bag.under(f"toRGBLayers.{count // 2 - 1}"), "output"))


def _state(checkpoint: Checkpoint) -> dict[str, Tensor] | None:
    """The generator's tensors, without the name of the inner modules."""
    found = find_state(checkpoint, MARKS, PLACES) or find_state(checkpoint, OLD_MARKS, PLACES)
    return found and {name.replace(".module.", "."): tensor for name, tensor in found.items()}


def _first(bag: TensorBag) -> dict[str, Tensor]:
    """The dense layer as a convolution over one pixel: to 4×4 pixels."""
    weight = bag.take("weight", -1, -1)
    scale = math.sqrt(2 / max(1, weight.shape[1]))
    channels, left = divmod(len(weight), FIRST * FIRST)
    if left:
        raise CheckpointError("This ProgGAN does not begin with 4×4 pixels.")
    kernel = weight.view(channels, FIRST, FIRST, -1).permute(0, 3, 1, 2).flip([2, 3])
    bias = bag.take("bias", len(weight)).view(channels, FIRST, FIRST)
    return {"layer0.weight": kernel * scale, "layer0.bias": bias * scale}


def _layer(bag: TensorBag, name: str) -> dict[str, Tensor]:
    weight = bag.take("weight", -1, -1, -1, -1)
    scale = math.sqrt(2 / max(1, weight[0].numel()))
    return {f"{name}.weight": weight * scale, f"{name}.bias": bag.take("bias", len(weight)) * scale}
