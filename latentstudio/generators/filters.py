"""Separable FIR resampling in plain tensor operations.

Shifted adds are faster than a depthwise convolution on a CPU, forward and under
differentiation, and need no compiled extension on a GPU.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def normalised(taps: Sequence[float], gain: float = 1.0) -> tuple[float, ...]:
    """Taps scaled so that their sum is `gain`."""
    total = sum(taps)
    return tuple(gain * tap / total for tap in taps)


def blur(x: Tensor, taps: Sequence[float]) -> Tensor:
    """Convolve rows and columns with `taps`, without padding.

    Args:
        x: (N, C, H, W).
        taps: K taps.

    Returns:
        (N, C, H - K + 1, W - K + 1).
    """
    return _shifted_sum(_shifted_sum(x, taps, -1), taps, -2)


def upsample(x: Tensor, taps: Sequence[float]) -> Tensor:
    """Double the size: insert zeros, pad with zeros, and blur; edges as in StyleGAN2.

    Args:
        x: (N, C, H, W).
        taps: K taps whose sum is 2 (each axis loses half its samples to zeros).

    Returns:
        (N, C, 2H, 2W).
    """
    return _double(_double(x, taps, -1), taps, -2)


def _shifted_sum(x: Tensor, taps: Sequence[float], dim: int) -> Tensor:
    length = x.shape[dim] - len(taps) + 1
    total = x.narrow(dim, 0, length) * taps[-1]
    for shift, tap in enumerate(reversed(taps[:-1]), start=1):
        total = torch.add(total, x.narrow(dim, shift, length), alpha=tap)
    return total


def _double(x: Tensor, taps: Sequence[float], dim: int) -> Tensor:
    """Polyphase form: each output phase sees every second tap, so no zero is multiplied."""
    flipped, before = tuple(reversed(taps)), (len(taps) + 1) // 2
    margin = len(taps) // 2
    padding = [margin, margin] if dim == -1 else [0, 0, margin, margin]
    padded, length = F.pad(x, padding), x.shape[dim]
    phases = []
    for phase in (0, 1):
        total: Tensor | None = None
        for index, tap in enumerate(flipped):
            shift, odd = divmod(phase + index - before, 2)
            if odd:
                continue
            term = padded.narrow(dim, margin + shift, length)
            total = term * tap if total is None else torch.add(total, term, alpha=tap)
        phases.append(torch.zeros_like(x) if total is None else total)
    return torch.stack(phases, dim=dim).flatten(dim - 1, dim)
