"""Curved paths: the gradient flow of a sum of radial basis functions.

Tzelepis et al., ICCV 2021 ("WarpedGANSpace"). A path is walked in small steps, so a slider
keeps the points it has passed: going to +k and back to 0 gives the very same latent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ShapeError

MAX_STEP = 0.2
"""Longest step along a path, in units of the latent (the authors' traversals use it)."""


def rbf_gradient(z: Tensor, support: Tensor, alphas: Tensor, gammas: Tensor) -> Tensor:
    """Gradient of f(z) = sum_i alpha_i exp(-gamma_i ||z - s_i||^2).

    -2 sum_i alpha_i gamma_i exp(-gamma_i ||z - s_i||^2) (z - s_i).

    Args:
        z: Where, (..., d).
        support: Support vectors s, (..., M, d).
        alphas: Weights alpha, (..., M).
        gammas: Inverse squared widths gamma, (..., M) or (..., 1), positive.

    Returns:
        (..., d), differentiable in all four.
    """
    away = z.unsqueeze(-2) - support  # (..., M, d)
    weight = alphas * gammas * torch.exp(-gammas * away.square().sum(-1))  # (..., M)
    gradient: Tensor = -2 * (weight.unsqueeze(-1) * away).sum(-2)
    return gradient


def unit_shift(z: Tensor, support: Tensor, alphas: Tensor, gammas: Tensor) -> Tensor:
    """The gradient of `rbf_gradient` at unit length; zero where it vanishes.

    (..., d), support (..., M, d), alphas (..., M), gammas (..., M) or (..., 1) -> (..., d).

    A common factor has no say in it: the largest of the exponentials is taken as 1, so far from
    all support vectors too, where float32 has nothing left of them, the path knows its way.
    """
    away = z.unsqueeze(-2) - support  # (..., M, d)
    exponent = gammas * away.square().sum(-1)  # (..., M)
    nearest = exponent.detach().amin(-1, keepdim=True)
    weight = alphas * gammas * torch.exp(nearest - exponent)
    gradient = -2 * (weight.unsqueeze(-1) * away).sum(-2)
    size: Tensor = gradient.norm(dim=-1, keepdim=True)
    return gradient / size.clamp_min(1e-30)


@dataclass(frozen=True, slots=True, eq=False)
class RbfPath:
    """One warping function f.

    Attributes:
        support: s, (M, d): M = 2N vectors, pairs one after the other.
        alphas: (M,).
        gammas: (M,) or (1,).
    """

    support: Tensor
    alphas: Tensor
    gammas: Tensor

    def __post_init__(self) -> None:
        count = self.support.shape[0]
        if self.support.ndim != 2 or self.alphas.shape != (count,):
            raise ShapeError(
                f"A path wants support (M, d) and alphas (M,), got "
                f"{list(self.support.shape)} and {list(self.alphas.shape)}."
            )
        if self.gammas.shape not in ((count,), (1,)):
            raise ShapeError(f"A path wants gammas (M,) or (1,), got {list(self.gammas.shape)}.")

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[np.float32]], device: torch.device | str = "cpu"
    ) -> "RbfPath":
        """The path of a direction of kind ``rbf``: its `support`, `alphas` and `gammas`.

        Of the shapes (M, d), (M,), and (M,) or (1,).

        Raises:
            ShapeError: One is missing or doesn't fit.
        """
        missing = {"support", "alphas", "gammas"} - arrays.keys()
        if missing:
            raise ShapeError(f"A path wants {', '.join(sorted(missing))} too.")
        names = ("support", "alphas", "gammas")
        return cls(*(torch.from_numpy(np.array(arrays[n], np.float32)).to(device) for n in names))

    def gradient(self, z: Tensor) -> Tensor:
        """Gradient of f: (..., d) -> (..., d)."""
        return rbf_gradient(z, self.support, self.alphas, self.gammas)

    def tangent(self, z: Tensor) -> Tensor:
        """Unit vector along which the path leaves z: (..., d) -> (..., d)."""
        return unit_shift(z, self.support, self.alphas, self.gammas)


class Polyline:
    """The path through a start, made of points that are kept once computed.

    Args:
        path: Whose gradient is followed.
        start: (..., d); amount 0 gives this very tensor's values.
        retract: Pulls each new point back to its shell, for example
            ``lambda moved: walks.retract(start, moved)``; None walks freely.
        step: Length of one step before retraction, at most `MAX_STEP`.
    """

    def __init__(
        self,
        path: RbfPath,
        start: Tensor,
        retract: Callable[[Tensor], Tensor] | None = None,
        step: float = MAX_STEP,
    ) -> None:
        if not 0 < step <= MAX_STEP:
            raise ValueError(f"step must be above 0 and at most {MAX_STEP}, got {step}")
        self._path = path
        self._retract = retract or (lambda moved: moved)
        self._step = step
        self._points = {1: [start], -1: [start]}

    @property
    def step(self) -> float:
        """Length of one step."""
        return self._step

    @torch.no_grad()
    def at(self, amount: float) -> Tensor:
        """Point at arc length |amount| from the start, on the side of its sign: (..., d).

        Under a retraction the amount is the length walked before it, as for straight walks.
        Between two points it is interpolated.
        """
        sign = 1 if amount >= 0 else -1
        steps = abs(amount) / self._step
        whole = int(steps)
        share = steps - whole
        if share == 0:
            return self._reach(sign, whole)[whole].clone()
        points = self._reach(sign, whole + 1)
        return self._retract(torch.lerp(points[whole], points[whole + 1], share))

    def _reach(self, sign: int, index: int) -> list[Tensor]:
        points = self._points[sign]
        while len(points) <= index:
            here = points[-1]
            points.append(self._retract(here + sign * self._step * self._path.tangent(here)))
        return points
