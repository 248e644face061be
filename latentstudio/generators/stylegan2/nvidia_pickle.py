"""StyleGAN2 from the network pickles of stylegan2-ada-pytorch and stylegan3."""

from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.generators.module_tree import Module
from latentstudio.generators.nvidia import network_of, part_of
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


def separable_taps(filters: list[Tensor]) -> list[float]:
    """Taps of the filters, which are all the same outer product (or its single row).

    Raises:
        CheckpointError: They differ, or can't be separated into rows and columns.
    """
    if not filters:
        return [1.0, 3.0, 3.0, 1.0]
    first = filters[0].double()
    taps = first if first.ndim == 1 else first.sum(dim=-1)
    outer = taps if first.ndim == 1 else taps.outer(taps) / taps.sum()
    same = all(f.shape == first.shape and f.double().allclose(first) for f in filters)
    if first.ndim > 2 or not same or not outer.allclose(first, atol=1e-6):
        raise CheckpointError("This StyleGAN2 uses a resampling filter we can't take apart.")
    return [round(float(tap), 9) for tap in taps / taps.sum()]


def _attributes(module: Module | None) -> dict[str, Any]:
    return {} if module is None else module.attributes
