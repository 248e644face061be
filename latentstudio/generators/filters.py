"""FIR resampling by depthwise convolutions: no compiled extension, any device.

Measured on a CPU (one and two threads, 64 and 32 channels at 131 to 296 pixels): one
depthwise 4×4 convolution takes 0.6 of the time of separable shifted adds forward and a third
under four forward-mode derivatives; for 12 taps a transposed depthwise convolution takes a
third of a polyphase sum, and a row and a column no more than a square.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MAX_SQUARE = 6
"""Up to this many taps one square kernel is faster than a row and a column."""

Kernels = list[Tensor]

Padding = tuple[int, int, int, int]
"""Left, right, top, bottom; negative crops."""


def up_kernels(taps: Tensor, gain: float = 1.0) -> Kernels:
    """Kernels for `resample_up`.

    Args:
        taps: (K,) for a separable filter, (K, K) for another.
        gain: Factor on the result.

    Returns:
        One (K, K) kernel, or a row and a column where that is less work.
    """
    if taps.ndim == 2:
        return [taps * gain]
    if taps.shape[0] <= MAX_SQUARE:
        return [taps.outer(taps) * gain]
    return [taps[None, :] * gain**0.5, taps[:, None] * gain**0.5]


def down_kernels(taps: Tensor, gain: float = 1.0) -> Kernels:
    """Kernels for `resample_down`: turned round, since torch correlates.

    Taps (K,) or (K, K) -> one (K, K), or a row (1, K) and a column (K, 1).
    """
    return [kernel.flip([0, 1]).contiguous() for kernel in up_kernels(taps, gain)]


def normalised(taps: Sequence[float]) -> Tensor:
    """Taps scaled so that their sum is 1: (K,)."""
    found = torch.tensor(taps, dtype=torch.float64)
    return (found / found.sum()).float()


def resample_up(x: Tensor, kernels: Kernels, factor: int, padding: Padding) -> Tensor:
    """Insert zeros after each sample, pad, and convolve.

    Args:
        x: (N, C, H, W).
        kernels: From `up_kernels`, for K taps; their sum should be `factor` squared.
        factor: Up-sampling factor.
        padding: Applied after the zeros were inserted.

    Returns:
        (N, C, H factor + top + bottom - K + 1, W factor + left + right - K + 1).
    """
    left, right, top, bottom = padding
    channels, size = x.shape[1], max(kernels[0].shape)
    for kernel in kernels:
        stride = _stride(kernel, factor)
        weight = kernel.expand(channels, 1, *kernel.shape)
        x = F.conv_transpose2d(x, weight, stride=stride, groups=channels)
    # A transposed convolution gives every sample that a filter touches, and stops after the
    # last of them, factor - 1 zeros early.
    tail = factor - size
    return F.pad(x, [left + 1 - size, right + tail, top + 1 - size, bottom + tail])


def resample_down(
    x: Tensor, kernels: Kernels, factor: int = 1, padding: Padding = (0, 0, 0, 0)
) -> Tensor:
    """Pad, convolve, and keep every `factor`-th sample.

    Args:
        x: (N, C, H, W).
        kernels: From `down_kernels`, for K taps.
        factor: Down-sampling factor.
        padding: With zeros.

    Returns:
        (N, C, (H + top + bottom - K) // factor + 1, (W + left + right - K) // factor + 1).
    """
    channels = x.shape[1]
    if len(kernels) == 1 and min(padding) == max(padding) >= 0:
        # The convolution pads by itself, without a copy.
        (kernel,) = kernels
        weight = kernel.expand(channels, 1, *kernel.shape)
        return F.conv2d(x, weight, stride=factor, padding=padding[0], groups=channels)
    x = F.pad(x, list(padding)) if any(padding) else x
    for kernel in kernels:
        weight = kernel.expand(channels, 1, *kernel.shape)
        x = F.conv2d(x, weight, stride=_stride(kernel, factor), groups=channels)
    return x


def doubling_kernel(weight: Tensor) -> Tensor:
    """Kernel that does nearest doubling and a 3×3 convolution at once.

    For ``conv_transpose2d(x, kernel, stride=2, padding=1)``: the 3×3 kernel convolved with the
    2×2 block that a doubled pixel is; 16 products for each pixel instead of 36.

    Args:
        weight: Of the convolution, (outputs, inputs, 3, 3).

    Returns:
        (inputs, outputs, 4, 4).
    """
    wide = F.pad(weight.flip([2, 3]), [1, 1, 1, 1])
    summed = wide[..., 1:, 1:] + wide[..., 1:, :-1] + wide[..., :-1, 1:] + wide[..., :-1, :-1]
    return summed.transpose(0, 1).contiguous()


def double_padding(size: int) -> Padding:
    """Padding that makes `resample_up` by 2 with `size` taps exactly double, as StyleGAN2 does."""
    before, after = (size + 1) // 2, (size - 2) // 2
    return before, after, before, after


class Filter(nn.Module):
    """Kernels that move with a network; not part of its weights."""

    def __init__(self, kernels: Kernels) -> None:
        super().__init__()
        self._count, self.size = len(kernels), max(kernels[0].shape)
        for index, kernel in enumerate(kernels):
            self.register_buffer(f"kernel{index}", kernel, persistent=False)

    @property
    def kernels(self) -> Kernels:
        return [self.get_buffer(f"kernel{index}") for index in range(self._count)]


def _stride(kernel: Tensor, factor: int) -> tuple[int, int]:
    """A square kernel moves both ways, a row or a column along itself."""
    rows, columns = kernel.shape
    if rows == columns:
        return factor, factor
    return (1, factor) if rows == 1 else (factor, 1)
