"""The state dictionary of GANLatentDiscovery and WarpedGANSpace: a chain of blocks.

Each block divides by the pixel norm, convolves without a bias, multiplies by one number and
adds a bias; the product of weight and number is what we keep.
"""

from torch import Tensor

from latentstudio.plugin_host.api import Checkpoint, CheckpointError, TensorBag, Weights, find_state

PLACES = ("G", "netG")
MARKS = ("features.0.conv.weight", "features.0.wscale.scale", "output.wscale.b")


def recognise(checkpoint: Checkpoint) -> bool:
    return find_state(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    state = find_state(checkpoint, MARKS)
    if state is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no ProgGAN.")
    bag, index = TensorBag(state), 0
    tensors: dict[str, Tensor] = {}
    while f"features.{index}.conv.weight" in bag:
        tensors |= _block(bag.under(f"features.{index}"), f"layer{index}")
        index += 1
    return Weights(tensors | _block(bag.under("output"), "output"))


def _block(bag: TensorBag, name: str) -> dict[str, Tensor]:
    weight = bag.take("conv.weight", -1, -1, -1, -1) * bag.take("wscale.scale", 1)
    return {f"{name}.weight": weight, f"{name}.bias": bag.take("wscale.b", weight.shape[0])}
