"""Layers of the reconstructors, made for how they are used here.

They hold what torch's own hold, under the same names.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.discovery import processes

FEW_POSITIONS = 4
"""Up to so many positions of the result, a convolution on a CPU is done as one product."""


class Conv2d(nn.Conv2d):
    """A convolution without bias; on the smallest maps one matrix product.

    On maps of 2x2 the processor's library spends its time on reordering the 2.4 million weights
    of a kernel and their gradients, which a product takes and gives as they lie: measured with 512
    channels, 16 to 64 pictures, forward and backward, 0.6 to 0.8 of the time.
    """

    def __init__(
        self, inputs: int, outputs: int, size: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__(inputs, outputs, size, stride, padding, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, H', W')."""
        rows, columns = (self._positions(side) for side in x.shape[2:])
        if x.device.type != "cpu" or not 0 < rows * columns <= FEW_POSITIONS:
            return super().forward(x)
        size, padding, stride = self.kernel_size, self.padding, self.stride
        assert not isinstance(padding, str)
        seen = F.unfold(x, size, 1, padding, stride).transpose(1, 2)  # (N, positions, taps)
        found = seen.flatten(0, 1) @ self.weight.flatten(1).T  # (N positions, outputs)
        found = found.view(len(x), rows * columns, -1).transpose(1, 2)
        return found.reshape(len(x), -1, rows, columns)

    def on_pair(self, before: Tensor, after: Tensor, place: Tensor) -> Tensor:
        """The result for pictures side by side in channels: forward(cat([before[place], after])).

        A convolution is a sum over channels, so its first half is computed once for each
        picture of `before`, without the gradient that nobody wants.

        Args:
            before: (n, inputs / 2, H, W).
            after: (N, inputs / 2, H, W).
            place: (N,), which of `before` each belongs to.
        """
        first, second = self.weight.chunk(2, dim=1)
        still = F.conv2d(before, first, None, self.stride, self.padding)
        return F.conv2d(after, second, None, self.stride, self.padding) + still[place]

    def _positions(self, side: int) -> int:
        assert not isinstance(self.padding, str)
        return (side + 2 * self.padding[0] - self.kernel_size[0]) // self.stride[0] + 1


class BatchNorm2d(nn.BatchNorm2d):
    """Batch norm over the pictures of all processes that learn together.

    torch's own (`SyncBatchNorm`) works on GPUs only. Every process must bring equally many
    pictures.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        if not self.training or processes.count() == 1:
            return super().forward(x)
        number = x.numel() // x.shape[1] * processes.count()
        x = x.to(self.weight.dtype)  # sums over many pictures need all their digits
        mean = processes.summed(x.sum((0, 2, 3))) / number
        away = x - mean[:, None, None]
        variance = processes.summed(away.square().sum((0, 2, 3))) / number
        self._remember(mean.detach(), variance.detach() * number / (number - 1))
        scale = self.weight * (variance + self.eps).rsqrt()
        return away * scale[:, None, None] + self.bias[:, None, None]

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
