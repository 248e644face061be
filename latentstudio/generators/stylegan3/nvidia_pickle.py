"""StyleGAN3 from its network pickles."""

from typing import Any

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.engine.records import as_tensor, printable
from latentstudio.generators.module_tree import Module
from latentstudio.generators.nvidia import network_of, part_of
from latentstudio.generators.stylegan3.settings import read_settings
from latentstudio.generators.weights import Weights


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether the pickle's generator begins with Fourier features."""
    start = part_of(checkpoint, "synthesis.input")
    return start is not None and "freqs" in start.own_tensors()


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: its own names, filters included; settings from the attributes."""
    network, synthesis = network_of(checkpoint), part_of(checkpoint, "synthesis")
    start, dense = part_of(checkpoint, "synthesis.input"), part_of(checkpoint, "mapping.fc0")
    if network is None or synthesis is None or start is None or dense is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no whole StyleGAN3.")
    layers = synthesis.children()
    names = synthesis.attributes.get("layer_names")
    names = names if isinstance(names, list) else [name for name in layers if name != "input"]
    record = {
        "size": _numbers(start.attributes.get("size")),
        "sampling_rate": start.attributes.get("sampling_rate"),
        "bandwidth": start.attributes.get("bandwidth"),
        "output_scale": synthesis.attributes.get("output_scale", 0.25),
        "lr_multiplier": dense.attributes.get("bias_gain", 0.01),
        "layers": [_layer(name, layers.get(name)) for name in names],
    }
    return Weights(network.tensors(), read_settings(record).record())


def _layer(name: Any, module: Module | None) -> dict[str, Any]:
    if module is None:
        raise CheckpointError(f"This model file is incomplete: layer {printable(name)} is missing.")
    values = module.attributes
    return {
        "name": name,
        "up": values.get("up_factor"),
        "down": values.get("down_factor"),
        "padding": values.get("padding"),
        "clamp": values.get("conv_clamp"),
        "colours": values.get("is_torgb"),
    }


def _numbers(value: Any) -> list[float]:
    tensor = as_tensor(value)
    if tensor is None:
        return list(value) if isinstance(value, list | tuple) else []
    return [float(number) for number in tensor.reshape(-1)[:2]]
