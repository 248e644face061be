"""A generator under test, and words for checks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from latentstudio.core.errors import LatentStudioError
from latentstudio.engine.generator import Generator

SEEDS = (5, 0, 77)


class ContractError(LatentStudioError):
    """A generator breaks a promise; the message says which."""


@dataclass(frozen=True, slots=True)
class Case:
    """A generator, and how to open another of the same.

    Attributes:
        model: Checked as it is.
        open: Opens the same model anew, for checks that change it.
    """

    model: Any
    open: Callable[[], Generator]

    def classes(self, count: int) -> Tensor | None:
        """A class for each of some pictures: (count,) int64, or None for an unconditional model."""
        total = self.model.info.classes
        return torch.arange(count) % total if total else None

    def codes(self, seeds: Sequence[int]) -> Tensor:
        """Codes of seeds, (N, layers, dim)."""
        code = self.model.map(self.model.sample_z(list(seeds)), self.classes(len(seeds)))
        codes: Tensor = self.model.broadcast(code)
        return codes

    def images(self, codes: Tensor, **more: Any) -> Tensor:
        """Images of codes. (N, layers, code_dim) -> (N, C, H, W)."""
        images: Tensor = self.model.synthesize(codes, self.classes(len(codes)), **more)
        return images


def close(found: Tensor, expected: Tensor, tolerance: float = 1e-4) -> bool:
    """Whether two tensors agree to `tolerance` × max(1, deviation).

    Both (...); tensors of two shapes don't agree.
    """
    if found.shape != expected.shape:
        return False
    worst = float((found - expected).abs().max())
    return worst <= tolerance * max(1.0, float(expected.std()))


def expect(holds: object, otherwise: str) -> None:
    """Go on where something holds.

    Raises:
        ContractError: It does not.
    """
    if not holds:
        raise ContractError(otherwise)


def refuses(kind: type[Exception], use: Callable[[], object], what: str) -> None:
    """Go on where `use` raises `kind`.

    Raises:
        ContractError: It does not, or raises something else.
    """
    try:
        use()
    except kind:
        return
    except Exception as error:
        raise ContractError(f"{what} raises {type(error).__name__}, not {kind.__name__}") from error
    raise ContractError(f"{what} is accepted instead of raising {kind.__name__}")
