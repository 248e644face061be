"""Directions applied: what a move adds to latents, straight or curved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.direction import CurvedPath, Direction, Local
from latentstudio.document.state import MaskUse
from latentstudio.engine.paths import MAX_STEP, Polyline, RbfPath
from latentstudio.render.value_cache import ValueCache

LONGEST = 10_000
"""Most steps of a path: what a preset of strange units asks must end."""
_LINES = 128
"""Polylines kept: a path through one start takes tens of kilobytes."""

Retract = Callable[[Tensor, Tensor], Tensor]
"""Pulls a point back to the shell of a start: (dim,), (dim,) -> (dim,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """One direction applied: displacement = amount x unit x vector, or that far along a path.

    Attributes:
        direction: What to apply.
        amounts: One for all pictures, or one for each.
        layers: First and last layer, or None for the direction's own range.
        off: Groups of channels that don't follow, or None for the direction's own.
        mask: Where it applies, or None for whole pictures; see `render.compose`.
    """

    direction: Direction
    amounts: Sequence[float] | float
    layers: tuple[int, int] | None = None
    off: frozenset[int] | None = None
    mask: MaskUse | None = None


class Displacements:
    """What moves add to the latents of one model, and the paths walked so far.

    A path is integrated once for each start and its points are kept, so a slider that goes
    there and back is at the very same latent, and moving it costs an interpolation. All of it
    is computed on the CPU: the same path on every device.
    """

    def __init__(self, info: GeneratorInfo) -> None:
        self._info = info
        self.lines: ValueCache[Polyline] = ValueCache(_LINES)

    def straight(self, move: Move, count: int, device: torch.device) -> Tensor:
        """Amount x unit x vector: (N or 1, dim), or (N or 1, layers, dim) in W+.

        A local direction with points goes along those instead.
        """
        vector = torch.from_numpy(self._checked(move.direction)).to(device)
        amounts = self.amounts(move, count)
        payload = move.direction.payload
        if isinstance(payload, Local) and payload.points.size:
            return along_points(payload, amounts).to(device)
        amounts = amounts.to(device)
        return amounts.view(-1, *[1] * vector.ndim) * (vector * move.direction.unit)

    def curved(
        self, move: Move, starts: Tensor, shell: object = None, retract: Retract | None = None
    ) -> Tensor:
        """From each start to its point on the path: (N, dim) -> (N, dim).

        Args:
            move: Of a direction whose payload is a `CurvedPath`.
            starts: Latents without any edit, (N, dim).
            shell: Tells retractions apart; equal ones have equal paths.
            retract: Keeps each point on the shell of its start; None walks freely.

        Raises:
            OptionError: The path belongs to another model, or leads too far.
        """
        self._checked(move.direction)
        here = starts.detach().float().cpu()
        lengths = self.amounts(move, len(here)).double() * move.direction.unit
        rows = []
        for start, length in zip(here, lengths.expand(len(here)).tolist(), strict=True):
            line = self._line(move.direction, start, shell, retract)
            if abs(length) > LONGEST * line.step:
                raise OptionError(
                    f"{move.direction.name} can't be walked that far. Choose a smaller amount."
                )
            rows.append(line.at(length) - start)
        return torch.stack(rows).to(starts)

    def amounts(self, move: Move, count: int) -> Tensor:
        """One amount for all or for each, (1,) or (N,), on the CPU."""
        values = torch.as_tensor(move.amounts, dtype=torch.float32).reshape(-1)
        if len(values) not in (1, count):
            raise OptionError(f"{len(values)} amounts for {count} pictures. Give one, or {count}.")
        return values

    def _line(
        self, direction: Direction, start: Tensor, shell: object, retract: Retract | None
    ) -> Polyline:
        payload = direction.payload
        assert isinstance(payload, CurvedPath)

        def make() -> Polyline:
            own = start.clone()
            pull = None if retract is None else partial(retract, own)
            # In a narrow space a path is divided as finely as in a standard normal.
            step = MAX_STEP * min(1.0, direction.unit)
            return Polyline(RbfPath.from_arrays(payload.arrays), own, pull, step)

        return self.lines.get((direction, shell, start.numpy().tobytes()), make)

    def _checked(self, direction: Direction) -> NDArray[np.float32]:
        """The direction's vector, whose shape fits the model."""
        info = self._info
        layers = (info.code_layers, info.code_dim)
        want = (
            ((info.spaces[direction.space].dim,) if direction.space is not Space.WPLUS else layers)
            if direction.space in info.spaces
            else ()
        )
        payload = direction.payload
        other = payload.support.shape[-1:] if isinstance(payload, CurvedPath) else want[-1:]
        fits = not isinstance(payload, Local) or _fits(payload)
        if direction.vector.shape != want or other != want[-1:] or not fits:
            raise OptionError(
                f"{direction.name} was made for another model: its size is "
                f"{direction.vector.shape} and this model needs {want or 'another space'}."
            )
        return direction.vector


def along_points(local: Local, amounts: Tensor) -> Tensor:
    """Displacements of a local direction that bends: (N,) -> (N, dim), or (N, layers, dim).

    Straight between its points, and on beyond the outer ones.
    """
    at, points = torch.from_numpy(local.amounts.copy()), torch.from_numpy(local.points.copy())
    right = torch.searchsorted(at, amounts.contiguous()).clamp(1, len(at) - 1)
    share = (amounts - at[right - 1]) / (at[right] - at[right - 1])
    share = share.view(-1, *[1] * (points.ndim - 1))
    low, high = points[right - 1], points[right]
    # From whichever end is nearer, so that a point itself is met to the bit.
    return torch.where(share < 0.5, low + share * (high - low), high - (1 - share) * (high - low))


def _fits(local: Local) -> bool:
    """Whether points and amounts belong together."""
    points, amounts = local.points, local.amounts
    if not points.size:
        return True
    return amounts.shape == points.shape[:1] and points.shape[1:] == local.vector.shape
