"""StyleGAN3 and StyleGAN-XL from network pickles, whole modules and state dictionaries."""

from collections.abc import Mapping
from typing import Any

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint
from latentstudio.engine.contents import StoredNetwork
from latentstudio.engine.records import as_tensor, printable
from latentstudio.generators.nvidia import attributes, network_of
from latentstudio.generators.state_dict import only
from latentstudio.generators.stylegan3.derived import derived_record
from latentstudio.generators.stylegan3.settings import SQUARE, read_settings
from latentstudio.generators.weights import Weights

MARKS = ("synthesis.input.freqs", "synthesis.input.weight")


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether there is a generator that begins with Fourier features."""
    return network_of(checkpoint, MARKS) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights: its own names, filters included.

    Settings come from the attributes of modules; where there are only tensors, from the names
    of layers and the lengths of filters.
    """
    network = network_of(checkpoint, MARKS)
    if network is None or "mapping.fc0.weight" not in network.tensors:
        raise CheckpointError(f"{checkpoint.path.name} holds no whole StyleGAN3.")
    start = attributes(network, "synthesis.input")
    tensors = only(network.tensors, "synthesis.", "mapping.")
    if "size" in start:
        return Weights(tensors, read_settings(_record(network, start)).record())
    return Weights(tensors, read_settings(derived_record(tensors)).record() | {SQUARE: True})


def _record(network: StoredNetwork, start: Mapping[str, Any]) -> dict[str, Any]:
    synthesis = attributes(network, "synthesis")
    names = synthesis.get("layer_names")
    if not isinstance(names, list):
        beginning = "synthesis.L"
        inside = [name.removeprefix("synthesis.") for name in network.modules]
        names = [n for n in inside if f"synthesis.{n}".startswith(beginning) and "." not in n]
    return {
        "size": _numbers(start.get("size")),
        "sampling_rate": start.get("sampling_rate"),
        "bandwidth": start.get("bandwidth"),
        "output_scale": synthesis.get("output_scale", 0.25),
        "lr_multiplier": attributes(network, "mapping.fc0").get("bias_gain", 0.01),
        "layers": [_layer(network, name) for name in names],
    }


def _layer(network: StoredNetwork, name: Any) -> dict[str, Any]:
    values = attributes(network, f"synthesis.{name}")
    if not values:
        raise CheckpointError(f"This model file is incomplete: layer {printable(name)} is missing.")
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
    numbers = [float(number) for number in tensor.reshape(-1)[:2]]
    return numbers * 2 if len(numbers) == 1 else numbers
