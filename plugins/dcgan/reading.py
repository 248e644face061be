"""From any state dictionary to a stack of layers under canonical names.

A stack is a chain in the order of the file: each layer reads what the one before it made. A
network that is no chain, or does not end in a picture, is none of ours.

Canonical names: ``000.linear.weight``, ``001.deconv.weight``, ``001.norm.running_var`` …, and
``embed.weight`` for a table of classes.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor

from latentstudio.plugin_host.api import (
    CheckpointError,
    Contents,
    StoredNetwork,
    TensorBag,
    is_other,
    plain_weight,
)

from .modules import RecordedLayer, read_said, what_modules_say

Kind = Literal["linear", "conv", "deconv"]
NORM = ("weight", "bias", "running_mean", "running_var")
MAX_LAYERS = 64
MAX_DEPTH = 4
CHANNELS = (1, 3, 4)
"""Of a picture: grey, RGB, RGBA."""
_STRAY = re.compile(
    r"((fixed|test|sample|static|eval|val|vis)_)?(noise|z|latents?|labels?|seeds?)(_fixed)?"
    r"|losses|loss_[gd]|[gd]_loss(es)?|steps?|epochs?",
    re.IGNORECASE,
)
"""What scripts keep beside a network's layers, under no module's name."""
_LIKELY = re.compile(
    r"ema|gen|(^|[._])g($|[._])|netg|decoder|^(model|net|network|online_model|state_dict)$",
    re.IGNORECASE,
)
_BRANCHES = re.compile(
    r"(^|[._])(shortcuts?|skips?|bypass|residuals?|res|res_?(block|net|layer)s?|downsample"
    r"|identity|c_sc|conv_sc|conv_res|attn|attention|self_att\w*|gamma|se)\d*([._]|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(\d{3})\.(linear|conv|deconv|norm)\.(\w+)")


@dataclass(slots=True)
class Layer:
    """A layer with weights, and the norm behind it.

    Attributes:
        kind: Dense, convolution, or transposed convolution.
        inputs: Channels, or numbers.
        outputs: Channels, or numbers.
        size: Of the kernel; 1 for dense layers.
        norm: Width of the batch norm behind it, 0 for none.
        slots: Modules without weights before it, by the numbers in the names; -1: unknown.
        early: The function comes before the norm: a module stands between layer and norm.
        owner: Module that holds it, where the names tell.
        tensors: Canonical parts (``weight``, ``bias``) and those of the norm (``norm.…``).
    """

    kind: Kind
    inputs: int
    outputs: int
    size: int
    norm: int = 0
    slots: int = -1
    early: bool = False
    owner: str = ""
    tensors: dict[str, Tensor] = field(default_factory=dict)


@dataclass(slots=True)
class Stack:
    """A chain of layers.

    Attributes:
        layers: In order.
        embed: The table of classes, where there is one.
        said: What a whole module says about each layer; empty for state dictionaries.
    """

    layers: list[Layer]
    embed: Tensor | None = None
    said: list[RecordedLayer] = field(default_factory=list)

    def tensors(self) -> dict[str, Tensor]:
        """All tensors under their canonical names."""
        found: dict[str, Tensor] = {} if self.embed is None else {"embed.weight": self.embed}
        for index, layer in enumerate(self.layers):
            for name, tensor in layer.tensors.items():
                kind = "" if name.startswith("norm.") else f"{layer.kind}."
                found[f"{index:03d}.{kind}{name}"] = tensor
        return found


def find_stacks(contents: Contents) -> list[str]:
    """Places of all stacks in a file, likeliest first."""
    found: list[str] = []
    for place in dict.fromkeys(["", *contents.states]):
        if not any(is_within(place, other) for other in found):
            found += _stacks_in(contents, place, 0)
    wanted = [place for place in found if not is_other(place)]
    likely = sorted(wanted, key=lambda place: _LIKELY.search(place) is None)
    return contents.ranked(list(dict.fromkeys(likely)))


def find_stack(contents: Contents) -> Stack | None:
    """The likeliest generator in what a file held."""
    found = find_stacks(contents)
    return stack_at(contents, found[0]) if found else None


def stack_at(contents: Contents, place: str) -> Stack | None:
    """The stack at a place, or None where there is none."""
    network = contents.network(place)
    state = {
        name: t
        for name, t in network.tensors.items()
        if t.is_floating_point() and t.ndim and not _STRAY.fullmatch(name)
    }
    return read_stack(state, network)


def _stacks_in(contents: Contents, place: str, depth: int) -> list[str]:
    """The place itself, or the networks in it: their names tell them from parts of one network."""
    if stack_at(contents, place) is not None:
        return [place]
    prefix = f"{place}." if place else ""
    names = (name.removeprefix(prefix) for name in contents.tensors if name.startswith(prefix))
    parts = list(dict.fromkeys(name.partition(".")[0] for name in names if "." in name))
    pair = len(parts) == 2 and all(part.isdecimal() for part in parts)  # Sequential(G, D)
    separate = pair or any(is_other(part) for part in parts)
    inner = [part for part in parts if separate or len(parts) == 1 or _LIKELY.search(part)]
    if depth >= MAX_DEPTH:
        return []
    return [one for part in inner for one in _stacks_in(contents, prefix + part, depth + 1)]


def is_within(place: str, other: str) -> bool:
    """Whether a place is another one or inside it."""
    return place == other or not other or place.startswith(f"{other}.")


def read_stack(state: Mapping[str, Tensor], network: StoredNetwork | None = None) -> Stack | None:
    """The stack of a state dictionary, or None where it is no chain that makes pictures.

    Residual branches are no chain: where names tell of one, it is left to families that know
    such networks.

    Args:
        state: Tensors by name.
        network: Where they come from; a whole module says more about its layers.
    """
    stack = Stack([])
    groups = _groups(state)
    if not groups or any(_BRANCHES.search(name) for name in groups):
        return None
    sizes = [len(t["running_mean"]) if "running_mean" in t else 0 for t in groups.values()]
    before = ""
    for (name, parts), following in zip(groups.items(), [*sizes[1:], 0], strict=True):
        count = len(stack.layers)
        if not _add(stack, name, parts, following):
            return None
        if len(stack.layers) > count:
            stack.layers[-1].slots = _between(before, name)
            stack.layers[-1].owner = name.rpartition(".")[0]
        elif stack.layers and "running_mean" in parts:
            last = stack.layers[-1]
            # What stands between a dense layer and a norm over channels makes a picture of it.
            last.early = last.outputs == last.norm and _between(before, name) > 0
        before = name
    if not _makes_pictures(stack):
        return None
    if network is not None and network.modules:
        stack.said = what_modules_say(network, list(groups), len(stack.layers))
    return stack


def stack_of(
    tensors: dict[str, Tensor], slots: Any = None, said: Any = None, early: Any = None
) -> Stack:
    """The stack of canonical tensors; checked by taking each where it is used.

    Args:
        tensors: Under canonical names.
        slots: Those of the layers, where they were recorded.
        said: What a whole module said about them, where it was recorded.
        early: Numbers of layers whose function comes before their norm.
    """
    bag, layers = TensorBag(tensors), {}
    for name in sorted(tensors):
        match = _NAME.fullmatch(name)
        if match and match[3] == "weight" and match[2] != "norm":
            norm = f"{match[1]}.norm.running_mean"
            width = int(bag.any(norm).numel()) if norm in bag else 0
            layers[int(match[1])] = _described(match[2], bag.any(name).shape, width)
    if isinstance(slots, list) and len(slots) == len(layers):
        for index, known in zip(sorted(layers), slots, strict=True):
            layers[index].slots = known if type(known) is int else -1
    for index in early if isinstance(early, list) else ():
        if type(index) is int and index in layers:
            layers[index].early = layers[index].norm > 0
    chain = [layers[index] for index in sorted(layers)]
    return Stack(chain, tensors.get("embed.weight"), read_said(said, len(chain)))


def _described(kind: str, shape: Sequence[int], norm: int) -> Layer:
    """A layer by the shape of its weight."""
    if len(shape) not in (2, 4):
        raise CheckpointError("This model file contradicts itself: a layer has an odd shape.")
    if kind == "deconv":
        return Layer("deconv", shape[0], shape[1], shape[-1], norm)
    if kind == "conv":
        return Layer("conv", shape[1], shape[0], shape[-1], norm)
    return Layer("linear", shape[1], shape[0], 1, norm)


def _groups(state: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Tensors by the module that owns them, in the order of the file."""
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in state.items():
        owner, _, part = name.rpartition(".")
        if part != "num_batches_tracked":
            groups.setdefault(owner, {})[part] = tensor
    return {owner: plain_weight(parts) for owner, parts in groups.items()}


def _between(before: str, after: str) -> int:
    """Numbers left out between ``net.3`` and ``net.6``: activations, doublings, dropout."""
    (place, _, first), (other, _, second) = before.rpartition("."), after.rpartition(".")
    if place != other or not (first.isdecimal() and second.isdecimal()):
        return -1
    return int(second) - int(first) - 1


def _add(stack: Stack, name: str, parts: dict[str, Tensor], following: int) -> bool:
    """Add a module to the chain; False where it does not fit."""
    weight = parts.get("weight")
    if "running_mean" in parts:
        return _add_norm(stack, parts)
    if weight is None or not set(parts) <= {"weight", "bias"} or len(stack.layers) >= MAX_LAYERS:
        return False
    if weight.ndim == 2 and "emb" in name.lower() and not stack.layers and stack.embed is None:
        stack.embed = weight
        return True
    layer = _layer(stack, weight, parts.get("bias"), following)
    if layer is None:
        return False
    layer.tensors = parts
    stack.layers.append(layer)
    return True


def _layer(stack: Stack, weight: Tensor, bias: Tensor | None, following: int) -> Layer | None:
    before = stack.layers[-1] if stack.layers else None
    if weight.ndim == 2:
        outputs, inputs = weight.shape
        if not weight.numel():
            return None
        fits = before is None or (before.kind == "linear" and before.outputs == inputs)
        return Layer("linear", inputs, outputs, 1) if fits else None
    if weight.ndim != 4 or weight.shape[2] != weight.shape[3] or not weight.numel():
        return None
    first, second, size, _ = weight.shape
    outputs = len(bias) if bias is not None else following
    as_deconv = _reads(before, first) and outputs in (0, second)
    as_conv = before is not None and _reads(before, second) and outputs in (0, first)
    if as_deconv and as_conv:  # square, or the last: even kernels double, odd ones keep
        as_deconv = size % 2 == 0 or second in CHANNELS
    if as_deconv:
        return Layer("deconv", first, second, size)
    return Layer("conv", second, first, size) if as_conv else None


def _reads(before: Layer | None, channels: int) -> bool:
    """Whether a convolution of so many channels can follow."""
    if before is None:
        return True
    if before.kind != "linear":
        return before.outputs == channels
    return channels > 0 and before.outputs % channels == 0 and _side(before.outputs // channels) > 0


def _add_norm(stack: Stack, parts: dict[str, Tensor]) -> bool:
    if not stack.layers or stack.layers[-1].norm or not set(parts) <= set(NORM):
        return False
    layer, width = stack.layers[-1], int(parts["running_mean"].numel())
    over_pixels = layer.kind == "linear" and width and _side(layer.outputs // width)
    if layer.outputs != width and not over_pixels:
        return False
    layer.norm = width
    layer.tensors = layer.tensors | {f"norm.{name}": tensor for name, tensor in parts.items()}
    return True


def _makes_pictures(stack: Stack) -> bool:
    """Whether a chain begins with a code and ends in one or three channels."""
    if len(stack.layers) < 2 or stack.layers[0].kind == "conv" or stack.layers[-1].norm:
        return False
    last = stack.layers[-1]
    if last.kind == "linear":
        return picture_of(last.outputs) is not None
    return last.outputs in CHANNELS and not _passes_a_picture(stack.layers)


def may_branch(layers: Sequence[Layer]) -> bool:
    """Whether a module of two convolutions or more leaves the width as it is.

    So do residual blocks, whose sum no file of tensors shows.
    """
    owners: dict[str, list[Layer]] = {}
    for layer in layers:
        owners.setdefault(layer.owner, []).append(layer)
    return any(
        owner
        and len(inside) > 1
        and all(layer.kind == "conv" for layer in inside)
        and inside[0].inputs == inside[-1].outputs
        for owner, inside in owners.items()
    )


def _passes_a_picture(layers: Sequence[Layer]) -> bool:
    """Whether a chain narrows to a picture and widens again: another network begins there."""
    shown = [layer.kind != "linear" and layer.outputs in CHANNELS for layer in layers]
    first = shown.index(True)
    return any(layer.outputs > max(CHANNELS) for layer in layers[first:])


def picture_of(numbers: int) -> tuple[int, int] | None:
    """Channels and side of a picture of so many numbers, if it is one of at least 8 pixels."""
    for channels in (1, 3):
        side = _side(numbers // channels)
        if numbers % channels == 0 and side >= 8:
            return channels, side
    return None


def _side(pixels: int) -> int:
    """Side of a square of so many pixels, 0 where it is no square."""
    side = math.isqrt(pixels)
    return side if side * side == pixels else 0
