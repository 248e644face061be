"""Running means for each direction: how strong it is, how well it is recognised."""

import torch
from torch import Tensor, nn

from latentstudio.discovery import processes

MEMORY = 0.995
"""Share that is kept at each step: the last few hundred steps count."""


class RunningMean(nn.Module):
    """sum(values) / sum(weights) of each direction, older steps fading.

    The sums are buffers, so they are saved with a run and go on with it.
    """

    total: Tensor
    weight: Tensor

    def __init__(self, count: int) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(count))
        self.register_buffer("weight", torch.zeros(count))

    @torch.no_grad()
    def add(self, index: Tensor, values: Tensor, weights: Tensor) -> None:
        """Count `values` (N,) with `weights` (N,) for the directions `index` (N,).

        Where several processes learn together all of theirs count.
        """
        new = torch.zeros_like(self.total).index_add_(0, index, values.detach())
        new_weight = torch.zeros_like(self.weight).index_add_(0, index, weights)
        processes.add_up([new, new_weight])
        self.total.mul_(MEMORY).add_(new)
        self.weight.mul_(MEMORY).add_(new_weight)

    def value(self) -> list[float]:
        """The means, 0 where nothing was counted yet."""
        means: list[float] = (self.total / self.weight.clamp_min(1e-12)).tolist()
        return means
