"""Walks from a latent along a direction, as pure formulas on tensors.

The same formulas serve Z and any whitened space; who calls them knows which space it is.
Shapes: latents and directions are (..., d) and broadcast against each other; an amount `t` is
a number or a tensor (...), one amount for each latent.

Every walk gives back the very same latent, bit for bit, at amount 0.
"""

import torch
from torch import Tensor

Amount = float | Tensor


def straight(z: Tensor, u: Tensor, t: Amount) -> Tensor:
    """Straight line z + t u.

    Args:
        z: Start, (..., d).
        u: Direction, (..., d), of unit length where `t` is to be a length.
        t: Amount, a number or (...).
    """
    return z + _column(t, z) * u


def preserve(z: Tensor, u: Tensor, t: Amount) -> Tensor:
    """Density-preserving walk: the straight line, pulled back to the shell of its start.

    (..., d) -> (..., d), `t` a number or (...).

    ||z|| (z + t u) / ||z + t u||: Li et al., ACM MM 2021 ("DP-LaSE"). Under a standard normal
    prior the density depends on the radius alone, so it stays what it was. The walk bends
    toward u and never turns by more than 90 degrees.
    """
    return retract(z, straight(z, u, t))


def geodesic(z: Tensor, u: Tensor, t: Amount) -> Tensor:
    """Great circle through z that leaves along u, by arc length.

    (..., d) -> (..., d), `t` a number or (...).

    z cos(a) + ||z|| v sin(a), where v is the part of u orthogonal to z, of unit length, and
    a = t ||u|| / ||z||. The same circle as `preserve`, but it can turn by any angle. A total
    displacement s is walked by ``geodesic(z, s, 1)``. Where u is parallel to z there is no
    circle, and z is given back.
    """
    radius = z.norm(dim=-1, keepdim=True)
    axis = z / radius.clamp_min(_tiny(z))
    across = u - (u * axis).sum(-1, keepdim=True) * axis
    size = across.norm(dim=-1, keepdim=True)
    length = u.norm(dim=-1, keepdim=True)
    angle = _column(t, z) * length / radius.clamp_min(_tiny(z))
    # What rounding leaves of a parallel u is noise, not a direction.
    flat = size <= 8 * torch.finfo(z.dtype).eps * length
    walked = z * angle.cos() + radius * (across / size.clamp_min(_tiny(z))) * angle.sin()
    return torch.where(flat, z, walked)


def retract(start: Tensor, moved: Tensor) -> Tensor:
    """Scale `moved` to the length of `start`; give `start` back where `moved` is zero.

    (..., d) and (..., d) -> (..., d). Several displacements are added first and retracted once.

    Example:
        >>> retract(torch.tensor([3.0, 4.0]), torch.tensor([0.0, 2.0]))
        tensor([0., 5.])
    """
    size = moved.norm(dim=-1, keepdim=True)
    # The ratio first: it is exactly 1 where nothing moved.
    ratio = start.norm(dim=-1, keepdim=True) / size.clamp_min(_tiny(moved))
    return torch.where(size == 0, start, moved * ratio)


def _column(t: Amount, like: Tensor) -> Tensor:
    """Amounts as a tensor that broadcasts against (..., d)."""
    return torch.as_tensor(t, dtype=like.dtype, device=like.device).unsqueeze(-1)


def _tiny(like: Tensor) -> float:
    return torch.finfo(like.dtype).tiny
