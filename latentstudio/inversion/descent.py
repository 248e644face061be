"""Steps along the gradient in round coordinates, with a state that can be kept and resumed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.errors import LatentStudioError
from latentstudio.inversion.problem import LossWeights, Problem

RATE = 0.05
"""Longest step along one coordinate, in deviations of the model's codes."""
BETAS = (0.9, 0.99)
_FADE = 0.4
"""Share of the steps over which the rate falls to zero at the end."""


class NotANumberError(LatentStudioError):
    """The loss is no number any more; the best before it is kept."""


@dataclass(slots=True, eq=False)
class Descent:
    """Adam (Kingma & Ba 2015) on round coordinates; remembers the best.

    Attributes:
        v: Where it is, (1 or layers, dim).
        first: Running mean of the gradient.
        second: Running mean of its square.
        best: The coordinates of the least loss.
        least: That loss.
        step: Steps taken.
    """

    v: Tensor
    first: Tensor
    second: Tensor
    best: Tensor
    least: float = float("inf")
    step: int = 0

    @staticmethod
    def at(v: Tensor) -> "Descent":
        """Begin here: (1 or layers, dim)."""
        return Descent(v.clone(), torch.zeros_like(v), torch.zeros_like(v), v.clone())

    def take(self, problem: Problem, weights: LossWeights, steps: int) -> Tensor:
        """One of `steps` steps; gives the picture it was taken at, (1, C, n, n).

        With a pull to the shell it never goes beyond it.

        Raises:
            NotANumberError: The loss is none; nothing was changed.
        """
        v = self.v.detach().requires_grad_(True)
        with torch.enable_grad():
            loss, image = problem.loss(v, weights)
            slope = torch.autograd.grad(loss, v)[0]
        value = float(loss.detach())
        if value != value or not bool(torch.isfinite(slope).all()):
            raise NotANumberError(
                "The search ran into values that aren't numbers, so it stopped; "
                "the best code before that was kept."
            )
        if value < self.least:
            self.least, self.best = value, self.v.clone()
        self.step += 1
        left = (steps - self.step + 1) / max(1.0, _FADE * steps)
        self._move(slope, RATE * min(1.0, left))
        if weights.shell:
            self.v = problem.chart.brought_in(self.v)
        return image.detach()

    def _move(self, slope: Tensor, rate: float) -> None:
        a, b = BETAS
        self.first = a * self.first + (1 - a) * slope
        self.second = b * self.second + (1 - b) * slope.square()
        mean = self.first / (1 - a**self.step)
        spread = (self.second / (1 - b**self.step)).sqrt()
        self.v = self.v - rate * mean / (spread + 1e-8)
