"""Walks of codes in the chart where their density is round.

The formulas are in `engine.walks`; here they meet a model's density. With a normal prior the
chart is the identity and these are DP-LaSE's walks (Li et al., ACM MM 2021) letter by letter.
"""

import torch
from torch import Tensor
from torch.autograd.functional import jvp

from latentstudio.core.walk import Walk
from latentstudio.density.reference import Density
from latentstudio.engine.walks import geodesic, retract


def walk_codes(codes: Tensor, displacement: Tensor, walk: Walk, density: Density | None) -> Tensor:
    """Move codes by a displacement, straight or on the shell.

    Many sliders at once: add their displacements first, then call this once.

    Args:
        codes: (N, layers, dim).
        displacement: Same shape; layers where it is zero come back bit for bit.
        walk: ``straight``: w + d. ``preserve``: keep the radius of whiten(w) and take the
            direction of whiten(w + d). ``geodesic``: turn along the great circle whose tangent
            is the derivative of whiten along d, by the tangent's length over the radius.
        density: Needed unless straight.

    Returns:
        (N, layers, dim), in the codes' dtype and device.

    Raises:
        ValueError: A walk that needs the density was asked for without one.
    """
    if walk == "straight":
        return codes + displacement
    if density is None:
        raise ValueError(f"the {walk} walk needs the model's density")
    start, step = codes.detach().cpu().double(), displacement.detach().cpu().double()
    if walk == "preserve":
        v = retract(density.chart(start), density.chart(start + step))
    else:
        v = geodesic(*_tangent(density, start, step), 1.0)
    moved = density.from_round(v).to(codes)
    changed = displacement.ne(0).any(dim=-1, keepdim=True)
    return torch.where(changed, moved, codes)


def _tangent(density: Density, start: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """The chart at `start` and its derivative along `step`."""
    # Reverse mode twice: the first forward-mode product of a process costs seconds of imports.
    point, tangent = jvp(density.chart, start, step)  # type: ignore[no-untyped-call]
    return point, tangent
