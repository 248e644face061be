"""Making pictures in half precision: faster where the device has the circuits for it.

Weights stay float32. Convolutions and products run in 16 bits (`torch.autocast`), norms and
sums in 32, and what comes out is float32 again.
"""

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor

FULL = "float32"
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
MAKING = (
    "synthesize", "synthesize_with", "synthesize_window", "features", "halfway", "onward",
    "grown_image",
)  # fmt: skip
"""Methods of a generator that make pictures."""
AGREE = 0.15
"""Most that a picture may differ from the exact one, as a share of its deviation (rms)."""

T = TypeVar("T")


def precisions(device: torch.device) -> tuple[str, ...]:
    """What a device computes in without being slower for it, full precision first."""
    if device.type == "cuda":
        brain = torch.cuda.is_bf16_supported(including_emulation=False)
        return (FULL, "float16", "bfloat16") if brain else (FULL, "float16")
    if device.type == "mps":
        return (FULL, "float16")
    return (FULL, "bfloat16") if _processor_has_bfloat16() else (FULL,)


def in_precision(generator: T, name: str) -> T:
    """The same network, weights shared, making its pictures in a precision.

    Args:
        generator: A `Generator`; returned as it is for full precision.
        name: One of `TYPES`.
    """
    if name == FULL:
        return generator
    kind = type(generator)
    methods = {method: _cast(getattr(kind, method), TYPES[name]) for method in MAKING
               if hasattr(kind, method)}  # fmt: skip
    twin = copy.copy(generator)
    # A subclass, so that copies of it (for another truncation) compute the same way.
    own = {"__slots__": (), "making_precision": name, **methods}
    twin.__class__ = type(kind.__name__, (kind,), own)
    return twin


def precision_of(generator: object) -> str:
    """The precision that a network makes its pictures in, as `in_precision` named it."""
    return getattr(type(generator), "making_precision", FULL)


def agree(made: Tensor, exact: Tensor) -> bool:
    """Whether pictures made in half precision are those of full precision to the eye.

    Both (N, C, H, W), nominally in [-1, 1].
    """
    if not bool(made.isfinite().all()):
        return False
    apart = float((made - exact).square().mean().sqrt())
    return apart <= AGREE * max(float(exact.std()), 0.05)


def _cast(method: Callable[..., Any], dtype: torch.dtype) -> Callable[..., Any]:
    def cast(self: Any, *given: Any, **named: Any) -> Any:
        with torch.autocast(self.device.type, dtype):
            made = method(self, *given, **named)
        # What is half made stays as it is, to go on with the very same numbers.
        return made.float() if isinstance(made, Tensor) else made

    return cast


def _processor_has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16 itself; torch emulates it elsewhere, slowly."""
    names = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    asked = (getattr(torch.cpu, name, None) for name in names)
    return any(bool(ask()) for ask in asked if ask is not None)
