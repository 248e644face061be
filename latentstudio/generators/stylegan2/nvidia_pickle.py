"""StyleGAN2 from the network pickles of stylegan2-ada-pytorch and stylegan3."""

from typing import Any

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.module_tree import Module
from latentstudio.generators.nvidia import network_of, part_of
from latentstudio.generators.state_dict import separable_taps
from latentstudio.generators.weights import Weights

FILTER = "resample_filter"


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether the pickle's generator is built of StyleGAN2's blocks."""
    block = part_of(checkpoint, "synthesis.b4")
    return block is not None and "const" in block.own_tensors()


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: its own names without filters, which become a setting."""
    network = network_of(checkpoint)
    if network is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no generator.")
    everything = network.tensors()
    filters = [tensor for name, tensor in everything.items() if name.endswith(FILTER)]
    tensors = {name: t for name, t in everything.items() if not name.endswith(FILTER)}
    layer = _attributes(part_of(checkpoint, "synthesis.b4.conv1"))
    dense = _attributes(part_of(checkpoint, "mapping.fc0"))
    settings = {
        "activation": layer.get("activation", "lrelu"),
        "mapping_activation": dense.get("activation", "lrelu"),
        "lr_multiplier": dense.get("bias_gain", 0.01),
        "conv_clamp": layer.get("conv_clamp"),
        "use_noise": layer.get("use_noise", True) is not False,
        "resample_filter": separable_taps(filters),
    }
    return Weights(tensors, settings)


def _attributes(module: Module | None) -> dict[str, Any]:
    return {} if module is None else module.attributes
