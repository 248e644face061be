"""Local paths whose every point leaks as little as it can.

The straight direction leads to the first point; from each point on the next is guessed by going on
as far as the change inside should grow, and then made better (continuation by predictor and
corrector; Allgower and Georg 1990): gradient descent on the leak itself,

    mean |change| outside / mean |change| inside,

where the change inside is held at what it should be. Where a model has a code for each layer, each
moves by itself (W+): then a layer can undo what another one does outside, which a step that is the
same for all layers can't. It needs a model that can be differentiated in reverse; others take the
feedback of `region.path_walk`.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.core.spaces import Space
from latentstudio.engine.generator import Generator, HasHalfway, Noise
from latentstudio.engine.pushforward import Readout, reached_layers, small_pictures
from latentstudio.region.masks import Mask, reduced
from latentstudio.region.path_options import LEAST, PathOptions
from latentstudio.region.path_side import PathSide, as_straight, rising
from latentstudio.region.subspace import check_numbers

RATE = 0.1
"""Step of the descent, as a share of a point's root mean square."""
HELD = 60.0
"""How much a change inside that is too small counts beside the leak."""
BEYOND = 0.25
"""How much one that is too large counts beside one that is too small."""
FARTHEST = 24.0
"""Amount of the straight direction up to which a first point is looked for."""
FAR = 8.0
"""Amount at which a path ends where the straight direction never changes the inside as much."""
TOO_LITTLE = 0.7
"""Share of the wanted change inside below which a path ends."""


class RefinedWalk:
    """One picture, one mask and one direction: a path of least leak.

    Args:
        generator: The model, at the truncation of the picture.
        codes: The picture's, (1, layers, dim).
        mask: (side, side), any size, neither empty nor full.
        options: How.
        classes: (1,), for conditional models.
        noise: As for the picture.
        layers: First and last layer that the straight direction changes; None for all.
        reading: Where pictures are read.

    Attributes:
        layers: First and last layer that the path changes; None for all.
    """

    def __init__(
        self,
        generator: Generator,
        codes: Tensor,
        mask: Mask,
        options: PathOptions,
        classes: Tensor | None,
        noise: Noise,
        layers: tuple[int, int] | None,
        reading: Readout | None,
    ) -> None:
        self.options, info = options, generator.info
        reading = reading or Readout()
        self._own = reached_layers(info, layers)
        self._each = Space.WPLUS in info.spaces
        last = info.code_layers - 1
        if reading.tap is not None and isinstance(generator, HasHalfway):
            last = min(last, generator.layers_before(reading.tap) - 1)  # later ones aren't seen
        moved = (0, max(last, self._own[1])) if self._each else self._own
        self.layers = None if moved == (0, info.code_layers - 1) else moved
        self._reached = codes.new_zeros(info.code_layers, 1)
        self._reached[moved[0] : moved[1] + 1] = 1
        self._pictures = small_pictures(generator, codes, classes, noise, moved, reading)
        self._start = self._pictures(torch.zeros_like(codes if self._each else codes[:, 0]))
        check_numbers(self._start.double().cpu().numpy())
        side = self._start.shape[-1]
        self._inside = torch.from_numpy(reduced(mask, side)).to(codes)

    def straight(self, step: Tensor) -> Tensor:
        """A step of the straight direction, (dim,), as a point: (dim,), or (layers, dim)."""
        if not self._each:
            return step
        point = step.new_zeros(len(self._reached), len(step))
        point[self._own[0] : self._own[1] + 1] = step
        return point

    def measured(self, point: Tensor) -> tuple[Tensor, Tensor]:
        """Mean |change| inside and outside of the mask at a point, as scalars."""
        size = (self._pictures(point[None]) - self._start).abs().mean(1)[0]
        outside = 1 - self._inside
        return (
            (size * self._inside).sum() / self._inside.sum(),
            (size * outside).sum() / outside.sum(),
        )

    def side(
        self, vector: Tensor, unit: float, seen: Sequence[float], done: float, share: float
    ) -> Job[PathSide]:
        """Walk to one side.

        Args:
            vector: The straight direction there, (dim,), unit length.
            unit: Its unit.
            seen: Amounts, rising, up to which the straight direction has been seen; it stays
                straight as far as these.
            done: What is done already, for progress.
            share: How much this side is of all.

        Raises:
            OptionError: Nothing changes the region from here.
        """
        points = [self.straight(amount * (vector * unit)) for amount in seen]
        figures = [tuple(map(float, self.measured(point))) for point in points]
        count, reach = self.options.points, self.options.reach
        levels = [reach * (index + 1) / count for index in range(count)]
        begun = figures[-1][0] * 1.1 if figures else 0.0
        levels = [level for level in levels if level > begun]
        here = points[-1] if points else self._first(vector, unit, levels[0])
        now = float(self.measured(here)[0])
        for index, level in enumerate(levels):
            here = here * min(level / max(now, 1e-9), 2.0)
            for step in range(self.options.descents if now > 0 else 0):
                if step % 4 == 0:
                    part = (index + step / self.options.descents) / len(levels)
                    yield Step(done + share * part, "Working out a path")
                stop_point()
                here = self._descended(here, level, first=step == 0)
            now, outside = map(float, self.measured(here))
            if not (np.isfinite(now) and now > TOO_LITTLE * level):
                break  # it leads nowhere
            points.append(here)
            figures.append((now, outside))
        if not points:
            raise OptionError("Nothing changes this region from here. Choose another direction.")
        return self._told(points, figures, vector * unit, seen)

    def _first(self, vector: Tensor, unit: float, level: float) -> Tensor:
        """As far along the straight direction as changes the inside by a level."""
        amount = 0.25
        point = self.straight(amount * (vector * unit))
        while float(self.measured(point)[0]) < level and amount < FARTHEST:
            amount *= 1.4
            point = self.straight(amount * (vector * unit))
        return point

    def _descended(self, here: Tensor, level: float, first: bool) -> Tensor:
        """One step of Adam (Kingma and Ba 2015) down the leak."""
        if first:
            self._size = RATE * float(here.square().mean().sqrt())
            self._means = (torch.zeros_like(here), torch.zeros_like(here))
            self._steps = 0
        with torch.enable_grad():
            point = here.detach().clone().requires_grad_(True)
            inside, outside = self.measured(point)
            lacking = 1.02 - inside / level
            missed = F.relu(lacking) ** 2 + BEYOND * F.relu(-lacking) ** 2
            (slope,) = torch.autograd.grad(outside / inside + HELD * level * missed, point)
        self._steps += 1
        mean, square = self._means
        mean = mean + 0.2 * (slope - mean)
        square = square + 0.05 * (slope * slope - square)
        self._means = (mean, square)
        fair = mean / (1 - 0.8**self._steps)
        spread = (square / (1 - 0.95**self._steps)).sqrt()
        step = self._size * fair / spread.clamp_min(1e-12)
        return here - (step * self._reached if self._each else step)

    def _told(
        self,
        points: list[Tensor],
        figures: list[tuple[float, ...]],
        step: Tensor,
        seen: Sequence[float],
    ) -> PathSide:
        inside = [one[0] for one in figures]
        leak = [one[1] / max(one[0], 1e-12) for one in figures]

        def strength(amount: float) -> float:
            return float(self.measured(self.straight(amount * step))[0])

        amounts = as_straight(strength, np.array(inside))
        amounts[: len(seen)] = seen
        if amounts[-1] > FAR:  # the straight one hardly gets so far: evenly by what changes instead
            begun, at = (seen[-1], inside[len(seen) - 1]) if seen else (0.0, 0.0)
            share = (np.array(inside[len(seen) :]) - at) / max(inside[-1] - at, 1e-9)
            amounts[len(seen) :] = begun + share * max(FAR - begun, LEAST * len(share))
        arrays: list[NDArray[np.float32]] = [one.float().cpu().numpy() for one in points]
        return PathSide.of(arrays, rising(amounts, len(seen)), inside, leak)
