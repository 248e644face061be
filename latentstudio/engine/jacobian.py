"""Jacobian of the image with respect to the latent code.

J = dx/dv at one picture, where v is added to its code in some layers. Only dim directions go
in, so dim tangents are pushed forward instead of pulling every pixel back, and the picture is
made small first: what a stroke of a brush needs to know is coarse. How they are pushed is
`engine.pushforward`.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.pushforward import SIDE, Push, Readout, pusher, reached_layers
from latentstudio.engine.shapes import check_shape

CHUNK_PIXELS = 16 * 64 * 64
"""Pixels of the pictures whose tangents are pushed at once on a processor."""
GPU = 32
"""Times as many on a GPU."""


@dataclass(frozen=True, slots=True, eq=False)
class Jacobian:
    """A picture's derivative by its code.

    Attributes:
        values: (H, W, C, dim) float32 on the CPU: a pixel's rows lie together.
        codes: (1, layers, dim), where it was taken.
        layers: First and last layer that the code's change reaches, or None for all.
    """

    values: Tensor
    codes: Tensor
    layers: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the small picture."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def dim(self) -> int:
        return self.values.shape[-1]

    def rows(self) -> Tensor:
        """(H W, C, dim): the same, pixel by pixel."""
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
    reached_layers(info, layers)
    reading = Readout(side)
    yield Step(0.0, "Seeing what the region can do")
    push = pusher(generator, codes, classes, noise, layers, reading)
    axes = torch.eye(info.code_dim, device=codes.device, dtype=codes.dtype)
    columns = yield from pushed(push, axes, chunk(generator, reading))
    return Jacobian(columns.permute(2, 3, 1, 0).contiguous(), codes, layers)


@torch.no_grad()
def pushed(push: Push, axes: Tensor, size: int) -> Job[Tensor]:
    """Push tangents a few at a time: (n, dim) -> (n, C, s, s) on the CPU."""
    columns: list[Tensor] = []
    for start in range(0, len(axes), size):
        if start:
            yield Step(start / len(axes), "Seeing what the region can do")
        stop_point()
        columns.append(push(axes[start : start + size]).cpu())
    return torch.cat(columns)


def chunk(generator: Generator, reading: Readout) -> int:
    """Tangents at once, so that memory stays bounded."""
    budget = CHUNK_PIXELS * (1 if generator.device.type == "cpu" else GPU)
    side = reading.side if reading.head else generator.info.resolution
    return max(1, budget // side**2)


def moved_to(found: Jacobian, device: torch.device) -> Jacobian:
    """The same on another device, for products with many masks."""
    return replace(found, values=found.values.to(device))
