"""Gauss-Newton steps toward a picture, by the Jacobian of `engine.jacobian`.

The pixels' differences r, in means over several sizes, and their derivative J by the round
coordinates give the step -(JᵀJ + (c + λ) I)⁻¹ (Jᵀr + c v): c is the prior's share, λ (Levenberg,
Marquardt) grows until the step helps. One step costs dim forward passes and does what a hundred
steps along the gradient do.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.core.progress import Job, Step, changed
from latentstudio.engine.jacobian import jacobian
from latentstudio.engine.pushforward import SIDE, reduced
from latentstudio.inversion.problem import Problem

PRIOR = 1e-3
"""Weight of the mean square of v beside the mean square of the pixels' differences."""
DAMPING = 1e-2
TRIES = 5


@torch.no_grad()
def gauss_newton(problem: Problem, v: Tensor, iterations: int) -> Job[Tensor]:
    """Bring a code's picture nearer, for all layers alike.

    Args:
        problem: What is asked.
        v: Round coordinates, (1, dim).
        iterations: Most steps; fewer where none helps any more.

    Yields:
        Steps whose preview is the best v so far.
    """
    damping, now = DAMPING, _value(problem, v)
    for index in range(iterations):

        def told(step: Step, i: int = index, best: Tensor = v) -> Step:
            return Step((i + step.fraction) / iterations, "Finding the code", best)

        codes = problem.codes(v)
        job = jacobian(problem.generator, codes, problem.classes(1), problem.noise)
        derived = yield from changed(job, told)
        rows = derived.values.to(v) @ problem.chart.slope(v[0])
        hessian, gradient = _normal(problem, rows, v)
        better = _tried(problem, v, now, hessian, gradient, damping)
        if better is None:
            break
        gained = now - better[1]
        v, now, damping = better
        if gained < 1e-3 * now:
            break
    yield Step(1.0, "Finding the code", v)
    return v


def _tried(
    problem: Problem, v: Tensor, now: float, hessian: Tensor, gradient: Tensor, damping: float
) -> tuple[Tensor, float, float] | None:
    """The first step that helps, its value and the next damping; None where none does."""
    size = float(hessian.diagonal().mean())
    eye = torch.eye(len(gradient), dtype=hessian.dtype)
    for _ in range(TRIES):
        step = torch.linalg.solve(hessian + damping * size * eye, gradient)
        moved = v - step.to(v)[None]
        value = _value(problem, moved)
        if value < now:
            return moved, value, damping / 4
        damping *= 6
    return None


def _normal(problem: Problem, rows: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Normal equations over all sizes, float64: (dim, dim) and (dim,).

    Args:
        problem: What is asked.
        rows: Derivative of the small picture, (s, s, C, dim).
        v: (1, dim).
    """
    side, dim = rows.shape[0], rows.shape[-1]
    away = reduced(problem.image(v) - problem.target, side)[0].permute(1, 2, 0)[..., None]
    both = torch.cat([rows, away], dim=3).permute(2, 3, 0, 1)  # (C, dim + 1, s, s)
    total = torch.zeros(dim + 1, dim + 1, dtype=torch.float64)
    levels = [k for k in problem.levels if side // k >= 2] or [1]
    for k in levels:
        level = F.avg_pool2d(both, k) if k > 1 else both
        flat = level.transpose(0, 1).flatten(1).double().cpu()
        total += flat @ flat.T / (flat.shape[1] * len(levels))
    share = PRIOR / dim
    hessian = total[:dim, :dim] + share * torch.eye(dim, dtype=torch.float64)
    return hessian, total[:dim, dim] + share * v[0].double().cpu()


def _value(problem: Problem, v: Tensor) -> float:
    image = problem.image(v)
    if image.shape[-1] > SIDE:
        small = reduced(image - problem.target, SIDE)
        levels = [F.avg_pool2d(small, k).square().mean() for k in problem.levels if SIDE % k == 0]
        pixels = torch.stack(levels).mean()
    else:
        pixels = problem.pixel_loss(image)
    value = float(pixels + PRIOR * v.square().mean())
    return value if value == value else float("inf")
