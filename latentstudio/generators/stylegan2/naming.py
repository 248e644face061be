"""Canonical names of StyleGAN2's layers, counted as other projects count them."""

from torch import Tensor

from latentstudio.core.errors import CheckpointError

Tensors = dict[str, Tensor]


def conv_name(index: int) -> str:
    """The convolution that reads the code of layer `index`: 0 is ``synthesis.b4.conv1``."""
    if not index:
        return "synthesis.b4.conv1"
    block, first = divmod(index + 1, 2)
    return f"synthesis.b{4 * 2**block}.conv{first}"


def colour_name(index: int) -> str:
    """The colour layer of block `index`."""
    return f"synthesis.b{4 * 2**index}.torgb"


def named(prefix: str, **tensors: Tensor) -> Tensors:
    """Tensors below a canonical name; ``affine_weight`` becomes ``affine.weight``."""
    return {f"{prefix}.{name.replace('affine_', 'affine.')}": t for name, t in tensors.items()}


def flat(tensor: Tensor, ndim: int) -> Tensor:
    """Drop leading axes of size 1 until `ndim` are left. (1, ..., 1, *sizes) -> `ndim` sizes (...).

    Raises:
        CheckpointError: There is more in them.
    """
    while tensor.ndim > ndim and tensor.shape[0] == 1:
        tensor = tensor[0]
    if tensor.ndim != ndim:
        raise CheckpointError("This StyleGAN2 has a tensor of a shape we can't use.")
    return tensor


def mean_code(mean: Tensor | None) -> Tensors:
    """The mean code as it is stored beside a network: (dim,), or equal rows (layers, dim)."""
    if mean is None:
        return {}
    if mean.ndim > 1:
        mean = mean.reshape(-1, mean.shape[-1])
        mean = mean[0] if bool((mean == mean[0]).all()) else mean.float().mean(dim=0)
    return {"mapping.w_avg": mean}
