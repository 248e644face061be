"""Weights that are stored in two or three parts: spectral norm and weight norm of torch."""

from torch import Tensor


def plain_weight(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    """A layer's tensors, with the weight as its layer uses it.

    The weight is (outputs, inputs, ...), or (inputs, outputs, ...) where a layer is transposed.
    """
    if {"weight_orig", "weight_u", "weight_v"} <= set(parts):
        weight = _spectral(parts["weight_orig"], parts["weight_u"], parts["weight_v"])
        gone = {"weight_orig", "weight_u", "weight_v"}
    elif {"weight_g", "weight_v"} <= set(parts):
        weight = _scaled(parts["weight_g"], parts["weight_v"])
        gone = {"weight_g", "weight_v"}
    else:
        return parts
    rest = {name: tensor for name, tensor in parts.items() if name not in gone}
    return rest if weight is None else {"weight": weight, **rest}


def plain_weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a network, with each layer's weight as the layer uses it.

    Weights are (outputs, inputs, ...), or (inputs, outputs, ...) where a layer is transposed.
    """
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        owner, dot, part = name.rpartition(".")
        groups.setdefault(owner + dot, {})[part] = tensor
    return {
        owner + part: tensor
        for owner, parts in groups.items()
        for part, tensor in plain_weight(parts).items()
    }


def _spectral(weight: Tensor, u: Tensor, v: Tensor) -> Tensor | None:
    """Divided by the singular value that the vectors estimate (Miyato et al. 2018)."""
    ways = (weight.flatten(1), weight.transpose(0, 1).flatten(1))  # the second: transposed layers
    fitting = [matrix.float() for matrix in ways if matrix.shape == (u.numel(), v.numel())]
    # Where both fit, the vectors are those of the matrix that they stretch most.
    values = [u.float() @ matrix @ v.float() for matrix in fitting]
    return weight / max(values, key=abs) if values else None


def _scaled(length: Tensor, direction: Tensor) -> Tensor | None:
    """Length times direction (Salimans and Kingma 2016)."""
    if length.ndim != direction.ndim:
        return None
    axes = [axis for axis in range(direction.ndim) if length.shape[axis] == 1]
    made: Tensor = length * direction / direction.square().sum(dim=axes, keepdim=True).sqrt()
    return made
