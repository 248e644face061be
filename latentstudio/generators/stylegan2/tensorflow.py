"""StyleGAN2 from the TensorFlow network pickles: a tuple of three networks, the last averaged.

TensorFlow keeps kernels as (height, width, in, out) and dense weights as (in, out); the
up-sampling convolutions are stored turned by 180°, and the 1 that style biases start from is
added by the code.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint, Container
from latentstudio.engine.records import Record, as_tensor
from latentstudio.generators.stylegan2.naming import Tensors, flat, named
from latentstudio.generators.weights import TensorBag, Weights

MARK = "synthesis/4x4/Const/const"
SETTINGS = {
    "nonlinearity": "activation",
    "mapping_nonlinearity": "mapping_activation",
    "mapping_lrmul": "lr_multiplier",
    "resample_kernel": "resample_filter",
    "conv_clamp": "conv_clamp",
    "use_noise": "use_noise",
}


def recognise(checkpoint: Checkpoint) -> bool:
    """Whether a pickle's last network is TensorFlow's StyleGAN2."""
    variables = _variables(_network(checkpoint))
    return MARK in variables and "synthesis/4x4/Conv/mod_weight" in variables


def convert(checkpoint: Checkpoint) -> Weights:
    """Canonical weights, turned into torch's order."""
    network = _network(checkpoint)
    variables = _variables(network)
    if any("LabelConcat" in name for name in variables):
        raise CheckpointError(
            f"{checkpoint.path.name} is a StyleGAN2 with classes as its first release made "
            "them, which we can't read."
        )
    bag = TensorBag(variables)
    tensors = _mapping(bag.under_path("mapping"))
    tensors["mapping.w_avg"] = bag.any("dlatent_avg")
    synthesis = bag.under_path("synthesis")
    tensors["synthesis.b4.const"] = flat(synthesis.any("4x4/Const/const"), 3)
    tensors |= _conv(synthesis, "4x4/Conv", "synthesis.b4.conv1", 0)
    size, index = 4, 1
    while f"{2 * size}x{2 * size}/Conv0_up/weight" in synthesis:
        size *= 2
        place, name = f"{size}x{size}", f"synthesis.b{size}"
        tensors |= _conv(synthesis, f"{place}/Conv0_up", f"{name}.conv0", index, _turned)
        tensors |= _conv(synthesis, f"{place}/Conv1", f"{name}.conv1", index + 1)
        index += 2
    for side in (4 * 2**block for block in range(index // 2 + 1)):
        tensors |= _colours(synthesis, side)
    return Weights(tensors, _settings(network))


def _colours(bag: TensorBag, side: int) -> Tensors:
    """The colour layer and the residual branch of a block, where there are."""
    place, name = f"{side}x{side}", f"synthesis.b{side}"
    found: Tensors = {}
    if f"{place}/ToRGB/weight" in bag:
        layer = bag.under_path(f"{place}/ToRGB")
        found |= named(
            f"{name}.torgb",
            weight=_kernel(layer.any("weight")),
            bias=layer.any("bias"),
            affine_weight=layer.any("mod_weight").T,
            affine_bias=layer.any("mod_bias") + 1,
        )
    if f"{place}/Skip/weight" in bag:
        found[f"{name}.skip.weight"] = _turned(_kernel(bag.any(f"{place}/Skip/weight")))
    return found


def _conv(
    bag: TensorBag,
    place: str,
    name: str,
    index: int,
    turn: Callable[[Tensor], Tensor] = lambda kernel: kernel,
) -> Tensors:
    layer = bag.under_path(place)
    return named(
        name,
        weight=turn(_kernel(layer.any("weight"))),
        bias=layer.any("bias"),
        affine_weight=layer.any("mod_weight").T,
        affine_bias=layer.any("mod_bias") + 1,
        noise_strength=layer.any("noise_strength"),
        noise_const=flat(bag.any(f"noise{index}"), 2),
    )


def _mapping(bag: TensorBag) -> Tensors:
    found: Tensors = {}
    names = {"LabelEmbed": "mapping.embed"}
    while f"Dense{len(names) - 1}/weight" in bag:
        names[f"Dense{len(names) - 1}"] = f"mapping.fc{len(names) - 1}"
    for theirs, ours in names.items():
        if f"{theirs}/weight" in bag:
            layer = bag.under_path(theirs)
            found |= named(ours, weight=layer.any("weight").T, bias=layer.any("bias"))
    return found


def _kernel(kernel: Tensor) -> Tensor:
    if kernel.ndim != 4:
        raise CheckpointError("This StyleGAN2 has a kernel of a shape we can't use.")
    return kernel.permute(3, 2, 0, 1)


def _turned(kernel: Tensor) -> Tensor:
    return kernel.flip([2, 3])


def _network(checkpoint: Checkpoint) -> Record | None:
    """The averaged generator: the last of three networks, or the only one."""
    content = checkpoint.content
    if checkpoint.container is not Container.PICKLE:
        return None
    if isinstance(content, tuple | list) and content:
        content = content[-1]
    return content if isinstance(content, Record) and content.name.name == "Network" else None


def _variables(network: Record | None) -> dict[str, Tensor]:
    """Variables of the network and, one level below, of its components."""
    found: dict[str, Tensor] = {}
    components = _state(network).get("components")
    parts: list[tuple[str, Any]] = [("", network)]
    if isinstance(components, dict):
        parts += [(f"{name}/", part) for name, part in components.items()]
    for prefix, part in parts:
        variables = _state(part).get("variables")
        for entry in variables if isinstance(variables, list | tuple) else ():
            if isinstance(entry, tuple | list) and len(entry) == 2:
                tensor = as_tensor(entry[1])
                if tensor is not None:
                    found[f"{prefix}{entry[0]}"] = tensor
    return found


def _settings(network: Record | None) -> dict[str, Any]:
    given = _state(network).get("static_kwargs")
    given = given if isinstance(given, dict) else {}
    return {ours: given[theirs] for theirs, ours in SETTINGS.items() if theirs in given}


def _state(network: Any) -> dict[str, Any]:
    state = network.state if isinstance(network, Record) else None
    return state if isinstance(state, dict) else {}
