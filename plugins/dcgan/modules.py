"""What a whole pickled module says about its layers, and a state dictionary does not.

Modules are taken in the order in which they were made: that is the order in which plain stacks
run. Strides, paddings and epsilons are attributes; the functions between layers are modules of
their own, unless the network calls them by itself.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from latentstudio.plugin_host.api import StoredNetwork

NAMES = {
    "ReLU": "relu",
    "SiLU": "silu",
    "GELU": "gelu",
    "ELU": "elu",
    "SELU": "selu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
}
PLAIN = frozenset({"Identity", "Dropout", "Dropout2d", "Flatten", "Unflatten", "Sequential"})
"""Modules that change nothing of what a trained network computes, or only shapes."""
UNKNOWN = "?"
UPS = ("Upsample", "UpsamplingNearest2d")


@dataclass(frozen=True, slots=True)
class RecordedLayer:
    """About one layer.

    Attributes:
        stride: Of a convolution, 0 where it isn't said.
        padding: Of a convolution.
        extra: Output padding of a transposed one.
        up: A nearest doubling comes before it.
        eps: Of the batch norm behind it, 0 where it isn't said.
        function: Behind it and its norm, by the names in `choices`; a leaky ReLU with its slope
            behind a space; empty where no module says it.
    """

    stride: int = 0
    padding: int = 0
    extra: int = 0
    up: bool = False
    eps: float = 0.0
    function: str = ""


def what_modules_say(network: StoredNetwork, owners: list[str], count: int) -> list[RecordedLayer]:
    """What is said about each layer; empty where modules and layers don't match.

    Args:
        network: A whole module.
        owners: Modules that own tensors, in order.
        count: How many layers there are.
    """
    found: list[dict[str, Any]] = []
    up = False
    for name, attributes in network.modules.items():
        kind = network.classes.get(name, "")
        if kind in UPS:
            if attributes.get("mode", "nearest") != "nearest" or attributes.get("size"):
                return []
            up = True
        elif "running_mean" in _tensors(attributes) or "num_features" in attributes:
            if found:
                found[-1]["eps"] = _number(attributes.get("eps"))
        elif name in owners and "num_embeddings" not in attributes:
            found.append(_layer(attributes) | {"up": up})
            up = False
        elif found and (function := _function(kind, attributes)):
            found[-1]["function"] = found[-1].get("function") or function
    if any(values.get("function") == UNKNOWN for values in found):
        found = [values | {"function": ""} for values in found]
    return [RecordedLayer(**values) for values in found] if len(found) == count else []


def read_said(record: Any, count: int) -> list[RecordedLayer]:
    """Inverse of `as_record`; empty where it is not of that kind."""
    if not isinstance(record, list) or len(record) != count:
        return []
    kinds = {"stride": int, "padding": int, "extra": int, "up": bool, "eps": float, "function": str}
    found = []
    for values in record:
        if not isinstance(values, dict) or any(
            type(values.get(n)) is not k for n, k in kinds.items()
        ):
            return []
        found.append(RecordedLayer(**{name: values[name] for name in kinds}))
    return found


def as_record(said: list[RecordedLayer]) -> list[dict[str, Any]]:
    """As plain JSON values."""
    return [asdict(one) for one in said]


def _layer(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Stride, padding and output padding; nothing where they are not the same both ways."""
    values = {}
    for ours, theirs in (("stride", "stride"), ("padding", "padding"), ("extra", "output_padding")):
        pair = attributes.get(theirs)
        if isinstance(pair, tuple | list) and len(pair) == 2 and pair[0] == pair[1]:
            values[ours] = int(pair[0]) if type(pair[0]) is int else 0
    return values if "stride" in values else {}


def _function(kind: str, attributes: Mapping[str, Any]) -> str:
    if "negative_slope" in attributes:
        return f"leaky-relu {_number(attributes.get('negative_slope'))}"
    harmless = kind in PLAIN or attributes.get("_modules")
    return NAMES.get(kind, "" if harmless else UNKNOWN)


def _tensors(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    buffers = attributes.get("_buffers")
    return buffers if isinstance(buffers, dict) else {}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
