"""A network as plain values: what every file format is converted to, and what is saved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import stop_point
from latentstudio.engine.records import printable


@dataclass(frozen=True, slots=True)
class Weights:
    """Tensors under their canonical names, and the settings that shapes don't tell.

    Attributes:
        tensors: Canonical names to tensors. StyleGAN2 is named as the `G_ema` of
            stylegan2-ada-pytorch, without its filter buffers.
        settings: Plain JSON values.
    """

    tensors: dict[str, Tensor]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def count(self) -> int:
        """Number of weights."""
        return sum(tensor.numel() for tensor in self.tensors.values())


class TensorBag:
    """Hands tensors to the layers that need them, checking that they are there and fit."""

    def __init__(self, tensors: dict[str, Tensor], prefix: str = "") -> None:
        self._tensors = tensors
        self._prefix = prefix

    def under(self, prefix: str) -> "TensorBag":
        """The same tensors, seen from one layer."""
        return TensorBag(self._tensors, f"{self._prefix}{prefix}.")

    def under_path(self, prefix: str) -> "TensorBag":
        """The same, where names are joined by slashes."""
        return TensorBag(self._tensors, f"{self._prefix}{prefix}/")

    def any(self, name: str) -> Tensor:
        """A tensor of any shape and kind, as it is. Its shape (...) and type are the file's.

        Raises:
            CheckpointError: It is missing.
        """
        full = self._prefix + name
        tensor = self._tensors.get(full)
        if not isinstance(tensor, Tensor):
            raise CheckpointError(f"This model file is incomplete: {printable(full)} is missing.")
        return tensor

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._tensors

    def __iter__(self) -> Iterator[str]:
        """Names below the prefix, without it."""
        length = len(self._prefix)
        return (name[length:] for name in self._tensors if name.startswith(self._prefix))

    def take(self, name: str, *shape: int) -> Tensor:
        """A tensor as float32; -1 in `shape` stands for any size. The shape is (...) as asked for.

        Raises:
            CheckpointError: It is missing, not numbers, or of another shape.
        """
        stop_point()
        full, tensor = self._prefix + name, self.any(name)
        fits = tensor.ndim == len(shape) and all(
            size in (-1, have) for size, have in zip(shape, tensor.shape, strict=True)
        )
        if not fits:
            wanted = "×".join("?" if size < 0 else str(size) for size in shape) or "one number"
            have = "×".join(str(size) for size in tensor.shape) or "one number"
            raise CheckpointError(
                f"This model file contradicts itself: {printable(full)} is {have} where {wanted} "
                "is needed."
            )
        if not (tensor.is_floating_point() and tensor.layout is torch.strided):
            raise CheckpointError(
                f"This model file is unusual: {printable(full)} does not hold plain weights."
            )
        # Converted once and kept, so that memory holds it once.
        plain = tensor.detach().float().contiguous()
        self._tensors[full] = plain
        return plain

    def kernel(self, name: str, *shape: int, transposed: bool = False) -> Tensor:
        """A convolution's weight (out, in, k, k), laid out as the convolution wants it.

        Kernels with channels last make convolutions on a CPU faster, and so are their
        features. The tensor takes the place of the one in the file, so that memory holds it
        once.

        Args:
            name: Of the weight.
            shape: As for `take`.
            transposed: Give (in, out, k, k), for a transposed convolution.
        """
        weight = self.take(name, *shape)
        weight = weight.transpose(0, 1) if transposed else weight
        weight = weight.contiguous(memory_format=torch.channels_last)
        self._tensors[self._prefix + name] = weight.transpose(0, 1) if transposed else weight
        return weight

    def ndim(self, name: str) -> int:
        """Number of axes of a tensor that is there."""
        return self._tensors[self._prefix + name].ndim

    def shape(self, name: str, ndim: int) -> tuple[int, ...]:
        """Shape of a tensor that settings are read from."""
        found = tuple(self.any(name).shape)
        if len(found) != ndim:
            raise CheckpointError(
                f"This model file contradicts itself: {printable(self._prefix + name)} has "
                f"{len(found)} axes where {ndim} are needed."
            )
        return found
