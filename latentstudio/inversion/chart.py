"""Codes in the chart where their density is round, in single precision and differentiable.

Searching there is searching in units of the model's own spread: a step means as much along every
axis, and the distance from the middle is the shell coordinate that the meter shows.
"""

import torch
from torch import Tensor

from latentstudio.density.reference import Density
from latentstudio.engine.generator import Generator

_WITHIN = 0.01
"""Share of the shell's width that is left at its outer end, since codes are rounded."""


class Chart:
    """Between codes and round coordinates v of the same shape.

    Args:
        generator: The model.
        density: Its density, of the class in question.
    """

    def __init__(self, generator: Generator, density: Density) -> None:
        self._generator, self._density = generator, density
        device = generator.device
        self._mean = self._out = None
        if density.whitening is not None:
            white = density.whitening
            self._mean = white.mean.to(device, torch.float32)
            self._out = (white.basis * white.deviations).to(device, torch.float32)
        shell = density.shell
        self.middle = float(shell.reference[len(shell.reference) // 2])
        """Shell coordinate of half the samples."""
        self.flat = shell.flat
        low, high = shell.on
        self._outer = high - _WITHIN * (high - low)

    def codes(self, v: Tensor) -> Tensor:
        """Round coordinates (..., dim) to codes; differentiable."""
        if self._out is None or self._mean is None:
            return self._generator.from_normal(v)
        return self._generator.from_normal(v @ self._out.T + self._mean)

    def round(self, codes: Tensor) -> Tensor:
        """Codes (..., dim) to round coordinates, float32 on the generator's device."""
        return self._density.to_round(codes).to(self._generator.device, torch.float32)

    def slope(self, v: Tensor) -> Tensor:
        """Derivative of the code by v at one point: (dim,) to (dim, dim), rows of the code."""
        p = v if self._out is None or self._mean is None else self._out @ v + self._mean
        p = p.detach().requires_grad_(True)
        with torch.enable_grad():
            rates = torch.autograd.grad(self._generator.from_normal(p).sum(), p)[0]
        if self._out is None:
            return torch.diag(rates)
        return rates[:, None] * self._out

    def brought_in(self, v: Tensor) -> Tensor:
        """The same where it is not beyond the shell, else its outer end: (..., dim), same shape."""
        if self.flat:
            return v
        radius = v.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        kept: Tensor = v * (radius.clamp_max(self._outer) / radius)
        return kept

    def off_shell(self, v: Tensor) -> Tensor:
        """How far out of the middle of the shell, squared and relative: (..., dim) to (...)."""
        if self.flat:
            return v.new_zeros(v.shape[:-1])
        off: Tensor = ((v.norm(dim=-1) - self.middle) / self.middle).square()
        return off
