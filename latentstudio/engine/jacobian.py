"""How every pixel of a picture answers to every coordinate of its code.

J = dx/dv at one picture, where v is added to its code in some layers. Only dim directions go
in, so dim tangents are pushed forward (forward mode) instead of pulling every pixel back, and
the picture is made small first: what a stroke of a brush needs to know is coarse. A model that
can't be differentiated forward gives the same matrix by central differences.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import jvp, vmap

from latentstudio.core.errors import ShapeError
from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.shapes import check_shape
from latentstudio.engine.warmup import warm_up_derivatives

SIDE = 64
"""Pictures larger than this are brought down to it."""
CHUNK_PIXELS = 32 * 64 * 64
"""Pixels of the pictures whose tangents are pushed at once on a processor."""
CARD = 32
"""Times as many on a card."""
DIFFERENCE = 1e-3
"""Half the width of a central difference, as a share of the code's root mean square."""


@dataclass(frozen=True, slots=True, eq=False)
class Jacobian:
    """A picture's derivative by its code.

    Attributes:
        values: (side, side, C, dim) float32 on the CPU: a pixel's rows lie together.
        codes: (1, layers, dim), where it was taken.
        layers: First and last layer that the code's change reaches, or None for all.
    """

    values: Tensor
    codes: Tensor
    layers: tuple[int, int] | None = None

    @property
    def side(self) -> int:
        return self.values.shape[0]

    @property
    def dim(self) -> int:
        return self.values.shape[-1]

    def rows(self) -> Tensor:
        """(side side, C, dim): the same, pixel by pixel."""
        return self.values.flatten(0, 1)


@torch.no_grad()
def jacobian(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    side: int = SIDE,
) -> Job[Jacobian]:
    """Differentiate one picture by its code.

    Args:
        generator: The model, at the truncation of the picture.
        codes: The picture's, (1, layers, dim).
        classes: (1,), for conditional models.
        noise: As for the picture.
        layers: First and last layer that the change is added to; None for all.
        side: Working size in pixels; smaller pictures keep theirs.

    Yields:
        A step for every few coordinates.

    Raises:
        ShapeError: Not one picture.
    """
    info = generator.info
    check_shape(codes, "one layers dim", one=1, layers=info.code_layers, dim=info.code_dim)
    first, last = layers or (0, info.code_layers - 1)
    if not 0 <= first <= last < info.code_layers:
        raise ShapeError(f"layers {first} to {last} of {info.code_layers}")
    warm_up_derivatives()
    reached = codes.new_zeros(info.code_layers, 1)
    reached[first : last + 1] = 1

    def small(steps: Tensor) -> Tensor:
        """Pictures of steps from the code: (N, dim) -> (N, C, s, s)."""
        moved = codes + reached * steps[:, None]
        many = None if classes is None else classes.expand(len(steps))
        return reduced(generator.synthesize(moved, many, noise), side)

    push = _forward if Ability.FORWARD_GRADIENT in info.abilities else _differences
    chunk = _chunk(generator)
    columns: list[Tensor] = []
    axes = torch.eye(info.code_dim, device=codes.device)
    for start in range(0, info.code_dim, chunk):
        yield Step(start / info.code_dim, "Seeing what the region can do")
        stop_point()
        columns.append(push(small, axes[start : start + chunk], codes).cpu())
    values = torch.cat(columns).permute(2, 3, 1, 0).contiguous()
    return Jacobian(values, codes, layers)


def reduced(images: Tensor, side: int) -> Tensor:
    """Larger pictures brought down by averaging: (N, C, H, W) -> (N, C, s, s)."""
    if max(images.shape[2:]) <= side:
        return images
    return F.adaptive_avg_pool2d(images, side)


def moved_to(found: Jacobian, device: torch.device) -> Jacobian:
    """The same on another device, for products with many masks."""
    return replace(found, values=found.values.to(device))


def _forward(small: Callable[[Tensor], Tensor], axes: Tensor, codes: Tensor) -> Tensor:
    """Derivatives along each of `axes` (n, dim): (n, C, s, s)."""
    still = torch.zeros_like(axes[:1])

    def along(axis: Tensor) -> Tensor:
        changed: Tensor = jvp(small, (still,), (axis[None],))[1]
        return changed[0]

    pushed: Tensor = vmap(along)(axes)
    return pushed


def _differences(small: Callable[[Tensor], Tensor], axes: Tensor, codes: Tensor) -> Tensor:
    """The same by central differences, for models that nothing can be pushed through."""
    width = DIFFERENCE * float(codes.square().mean().sqrt().clamp_min(1.0))
    ahead, behind = small(width * axes), small(-width * axes)
    return (ahead - behind) / (2 * width)


def _chunk(generator: Generator) -> int:
    """Tangents at once, so that memory stays bounded."""
    budget = CHUNK_PIXELS * (1 if generator.device.type == "cpu" else CARD)
    return max(1, budget // generator.info.resolution**2)
