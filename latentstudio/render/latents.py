"""Where pictures stand on their way from a start to an image."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentstudio.engine.channels import ChannelMix


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """Where N pictures stand.

    Attributes:
        z: (N, z_dim), or None where codes were given directly.
        codes: What synthesis takes, (N, layers, code_dim), with all moves: where the density
            is read.
        classes: (N,) int64, or None.
        truncation: What `codes` were mapped with; 1 where they were given.
        base: Without the moves that only some channels follow, (N, layers, code_dim); None
            where there are none.
        mixes: Channels that follow those.
    """

    z: Tensor | None
    codes: Tensor
    classes: Tensor | None = None
    truncation: float = 1.0
    base: Tensor | None = None
    mixes: tuple[ChannelMix, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: slice | Sequence[int]) -> "Latents":
        """Some of the pictures, in the order of `rows`; one may be taken more than once."""
        index = rows if isinstance(rows, slice) else list(rows)

        def taken(tensor: Tensor | None) -> Tensor | None:
            return None if tensor is None else tensor[index]

        return replace(
            self,
            z=taken(self.z),
            codes=self.codes[index],
            classes=taken(self.classes),
            base=taken(self.base),
            mixes=tuple(replace(mix, codes=mix.codes[index]) for mix in self.mixes),
        )

    @staticmethod
    def joined(parts: "Sequence[Latents]") -> "Latents":
        """Pictures made by the same moves, one after the other."""

        def all_of(tensors: Sequence[Tensor | None]) -> Tensor | None:
            known = [tensor for tensor in tensors if tensor is not None]
            return torch.cat(known) if known else None

        mixes = zip(*(part.mixes for part in parts), strict=True)
        return replace(
            parts[0],
            z=all_of([part.z for part in parts]),
            codes=torch.cat([part.codes for part in parts]),
            classes=all_of([part.classes for part in parts]),
            base=all_of([part.base for part in parts]),
            mixes=tuple(replace(m[0], codes=torch.cat([one.codes for one in m])) for m in mixes),
        )
