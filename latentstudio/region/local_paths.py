"""Paths that stay in their region: straight, curved, or curved with feedback.

A direction that is local at the start leaves its region as it goes, since the Jacobian turns. A
path is walked in steps instead, with J and the masked products anew at each:

* *curved*: on along the last direction, projected on the span of the leading local directions
  there (ReSeFa, Zhu et al., ICML 2022);
* *with feedback*: besides, what has leaked so far is undone. With B the rows of J outside the mask
  and e the change there since the start,

      c = -(B^T B + lambda tr(B^T B) I)^-1 B^T e,

  less the part of c that would undo the change inside, and no longer than `most` steps.

J is taken along a leading basis only (`region.sharpening`), which with the last direction is
enough. A direction that somebody else found can be *held* to a region in the same way: it is kept
as it is, and c undoes what the step itself would change outside, too.

Points are kept, so that the slider that goes there and back is at the very same latent.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import chunk
from latentstudio.engine.pushing import Readout, pusher, reached_layers, small_pictures
from latentstudio.region.masks import Mask, checked, reduced
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.resefa import solve
from latentstudio.region.sharpening import usual_basis
from latentstudio.region.subspace import check_numbers

PATHS = ("straight", "curved", "feedback")
REACH = 0.3
"""Mean |change| inside the mask, of a range of 2, at which a path may end."""
MOST_STEPS = 16
"""To each side."""
LOOKS = 15
"""Amounts at which the straight direction is looked at, from some on two units apart."""
LEAST = 0.25
"""Amount between two points of a path."""


@dataclass(frozen=True, slots=True)
class PathOptions:
    """How a path is walked.

    Attributes:
        path: One of `PATHS`.
        rise: Mean |change| inside that a step should add, by the linear model; 0 for steps of
            equal length.
        step: Longest step, in the direction's units.
        solutions: Leading local directions on whose span the last direction is projected.
        decay: lambda: larger undoes less of what has leaked.
        most: Longest correction, in steps.
        led: Tangents at each step.
        tau: Of ReSeFa.
        reach: Mean |change| inside at which it ends.
    """

    path: str = "feedback"
    rise: float = 0.04
    step: float = 4.0
    solutions: int = 6
    decay: float = 3e-3
    most: float = 1.0
    led: int = 64
    tau: float = 1e-3
    reach: float = REACH


@dataclass(frozen=True, slots=True, eq=False)
class LocalPath:
    """The points of a path.

    Attributes:
        points: Displacements from the start, (n, dim); 0 among them, the side of minus first.
        amounts: The slider's amount at each, (n,), rising: where the straight direction changes
            the inside as much.
        inside: Mean |change| inside at each, (n,), by the small pictures.
        leak: Change outside over change inside at each, (n,); 0 at the start.
        vector: Unit vector along which it leaves, (dim,).
        layers: Which layers the displacements are added to, or None for all.
    """

    points: NDArray[np.float32]
    amounts: NDArray[np.float32]
    inside: NDArray[np.float32]
    leak: NDArray[np.float32]
    vector: NDArray[np.float32]
    layers: tuple[int, int] | None

    def at(self, amount: float) -> NDArray[np.float32]:
        """The displacement of an amount, (dim,).

        Between two points straight, beyond the last as there.
        """
        index = int(np.clip(np.searchsorted(self.amounts, amount), 1, len(self.amounts) - 1))
        low, high = self.amounts[index - 1], self.amounts[index]
        share = np.float32((amount - low) / (high - low))
        before, after = self.points[index - 1], self.points[index]
        found: NDArray[np.float32] = before + share * (after - before)
        return found


@torch.no_grad()
def local_path(
    generator: Generator,
    codes: Tensor,
    mask: Mask,
    vector: NDArray[np.floating],
    unit: float,
    options: PathOptions | None = None,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    metric: PoolMetric | None = None,
    hold: bool = False,
    reading: Readout | None = None,
) -> Job[LocalPath]:
    """Walk a local direction to both sides of a picture.

    Args:
        generator: The model, at the truncation of the picture.
        codes: The picture's, (1, layers, dim).
        mask: (side, side), any size.
        vector: The direction, unit length, (dim,).
        unit: Its unit: the length of amount 1.
        options: How.
        classes: (1,), for conditional models.
        noise: As for the picture.
        layers: First and last layer that it changes.
        metric: The pool's, where it is known: its basis is better.
        hold: The direction is not a local one: keep it, and undo what it does outside.
        reading: Where pictures are read.

    Yields:
        A step for each step.

    Raises:
        OptionError: A mask of nothing or everything, or a path of no such name.
    """
    options = options or PathOptions()
    if options.path not in PATHS:
        raise OptionError(f"A path is one of {', '.join(PATHS)}, not '{options.path}'.")
    walk = _Walk(generator, codes, checked(mask), options, classes, noise, layers, reading)
    walk.choose_basis(metric)
    first = torch.from_numpy(np.asarray(vector, np.float32)).to(codes)
    sides = []
    for index, sign in enumerate((-1.0, 1.0)):
        side = yield from _side(walk, sign * first, unit, hold, index / 2)
        sides.append(side)
    behind, ahead = sides
    zero = np.zeros(1, np.float32)
    return LocalPath(
        np.concatenate([behind.points[::-1], np.zeros((1, len(first)), np.float32), ahead.points]),
        np.concatenate([-behind.amounts[::-1], zero, ahead.amounts]),
        np.concatenate([behind.inside[::-1], zero, ahead.inside]),
        np.concatenate([behind.leak[::-1], zero, ahead.leak]),
        np.asarray(vector, np.float32),
        layers,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side of a path, from the start outward."""

    points: NDArray[np.float32]
    amounts: NDArray[np.float32]
    inside: NDArray[np.float32]
    leak: NDArray[np.float32]


def _side(walk: "_Walk", vector: Tensor, unit: float, hold: bool, done: float) -> Job[_Side]:
    """Walk to one side until the inside has changed enough."""
    options = walk.options
    longest = options.step * unit
    here, last = torch.zeros_like(vector), vector
    points: list[NDArray[np.float32]] = []
    inside: list[float] = []
    leak: list[float] = []
    for index in range(MOST_STEPS):
        yield Step(done + index / MOST_STEPS / 2, "Working out a path")
        if options.path == "straight":
            here = here + longest * vector
        else:
            here, last = walk.step(here, last, longest, hold)
        change = walk.change(here)
        strength, leaked = walk.measured(change)
        if not np.isfinite(strength) or (index > 3 and strength < 0.5 * max(inside)):
            break  # it leads nowhere
        points.append(here.float().cpu().numpy())
        inside.append(strength)
        leak.append(leaked)
        if strength >= options.reach:
            break
    if not points:
        raise OptionError("Nothing changes this region from here. Choose another direction.")
    amounts = options.step * np.arange(1, len(points) + 1)
    if options.path != "straight":
        amounts = walk.as_straight(np.array(inside), vector, unit)
    rows = (np.array(points), amounts, np.array(inside), np.array(leak))
    return _Side(*(np.asarray(row, np.float32) for row in rows))


class _Walk:
    """One picture, one mask: what each step of a path asks."""

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
        self.options = options
        self._reading = reading or Readout()
        self._generator, self._codes, self._layers = generator, codes, layers
        self._given = (classes, noise)
        reached = reached_layers(generator.info, layers)
        self._pictures = small_pictures(generator, codes, classes, noise, reached, self._reading)
        self._start = self._pictures(codes.new_zeros(1, codes.shape[-1]))[0]
        side = self._start.shape[-1]
        weights = torch.from_numpy(reduced(mask, side)).to(codes).flatten()
        rows = weights[:, None].expand(-1, self._start.shape[0]).flatten()  # as J's rows lie
        self._inside, self._outside = rows, 1 - rows
        self._reached = codes.new_zeros(codes.shape[1], 1)
        self._reached[reached[0] : reached[1] + 1] = 1
        self._basis = codes.new_zeros(0, codes.shape[-1])

    def choose_basis(self, metric: PoolMetric | None) -> None:
        """Along what tangents are pushed."""
        fits = metric is not None and metric.layers == self._layers
        whole = (
            torch.from_numpy(metric.basis)
            if metric is not None and fits
            else usual_basis(self._generator, self._layers)
        )
        self._basis = whole[: self.options.led].to(self._codes)

    def change(self, displacement: Tensor) -> Tensor:
        """The small picture's change since the start, as J's rows lie: (side² C,)."""
        return _rows(self._pictures(displacement[None]) - self._start)[:, 0]

    def measured(self, change: Tensor) -> tuple[float, float]:
        """Mean |change| inside, and the same outside over it."""
        size = change.abs()
        inside = float((size * self._inside).sum() / self._inside.sum())
        outside = float((size * self._outside).sum() / self._outside.sum())
        return inside, outside / max(inside, 1e-12)

    def step(self, here: Tensor, last: Tensor, longest: float, hold: bool) -> tuple[Tensor, Tensor]:
        """The next point, and the direction that led there."""
        basis = _with(self._basis, last)
        jacobian = self._jacobian(here, basis)
        inside, outside = _gram(jacobian, self._inside), _gram(jacobian, self._outside)
        ahead = basis.double() @ last.double()
        if not hold:
            ahead = self._projected(ahead, inside, outside)
        length = self._length(jacobian @ ahead.to(jacobian), longest)
        moved = length * ahead
        if self.options.path == "feedback":
            leaked = self.change(here)
            if hold:
                leaked = leaked + jacobian @ moved.to(jacobian)
            longest = np.inf if hold else self.options.most * length
            moved = moved + self._correction(jacobian, inside, outside, ahead, leaked, longest)
        to_codes = basis.T
        along = (to_codes @ ahead.to(to_codes)) if not hold else last
        return here + to_codes @ moved.to(to_codes), along

    def _length(self, rate: Tensor, longest: float) -> float:
        """How far a step goes, given the picture's change by one unit of length."""
        if not self.options.rise:
            return longest
        return min(longest, self.options.rise / max(self.measured(rate)[0], 1e-9))

    def _projected(self, last: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
        """The last direction on the span of the leading local ones here, unit length."""
        count = min(self.options.solutions, len(last))
        scale_f, scale_b = float(self._inside.sum()), float(self._outside.sum())
        given = (inside / scale_f).cpu().numpy(), (outside / scale_b).cpu().numpy()
        check_numbers(*given)
        found = torch.from_numpy(solve(*given, self.options.tau, count)[0].copy()).to(last)
        span = torch.linalg.qr(found.T)[0]  # (n, count)
        on: Tensor = span @ (span.T @ last)
        unit: Tensor = on / on.norm().clamp_min(1e-12)
        return unit

    def _correction(
        self,
        jacobian: Tensor,
        inside: Tensor,
        outside: Tensor,
        ahead: Tensor,
        leaked: Tensor,
        longest: float,
    ) -> Tensor:
        """What undoes a leak without undoing the edit."""
        pulled = jacobian.T @ (self._outside * leaked)
        damped = outside + self.options.decay * outside.trace() * torch.eye(
            len(outside), dtype=outside.dtype, device=outside.device
        )
        found: Tensor = -torch.linalg.solve(damped, pulled.double())
        against = inside @ ahead  # J_f^T r
        kept: Tensor = found - ahead * (found @ against) / (ahead @ against).clamp_min(1e-12)
        size = float(kept.norm())
        return kept if size <= longest else kept.mul(longest / size)

    def _jacobian(self, here: Tensor, basis: Tensor) -> Tensor:
        """J at a point along the basis: (side² C, n)."""
        codes = self._codes + self._reached * here
        classes, noise = self._given
        push = pusher(self._generator, codes, classes, noise, self._layers, self._reading)
        size = chunk(self._generator, self._reading)
        columns = []
        for start in range(0, len(basis), size):
            stop_point()
            columns.append(push(basis[start : start + size]))
        return _rows(torch.cat(columns))

    def as_straight(
        self, inside: NDArray[np.float64], vector: Tensor, unit: float
    ) -> NDArray[np.float64]:
        """Amounts at which the straight direction changes the inside as much; rising."""
        amounts, strengths = [0.0], [0.0]
        while strengths[-1] < inside.max() and len(amounts) <= LOOKS:
            amounts.append(min(2 * amounts[-1], amounts[-1] + 2) or LEAST)  # finely at first
            strengths.append(self.measured(self.change(amounts[-1] * unit * vector))[0])
        rising = np.maximum.accumulate(strengths) + 1e-9 * np.arange(len(strengths))
        found: NDArray[np.float64] = np.interp(inside, rising, amounts)
        found[0] = max(found[0], LEAST / 10)
        for index in range(1, len(found)):  # also where the straight one never gets
            found[index] = max(found[index], found[index - 1] + LEAST)
        return found


def _rows(pictures: Tensor) -> Tensor:
    """(n, C, side, side) to (side² C, n): a pixel's rows together."""
    return pictures.permute(2, 3, 1, 0).flatten(0, 2)


def _gram(jacobian: Tensor, weights: Tensor) -> Tensor:
    """J^T diag(weights) J in double precision, (n, n)."""
    product: Tensor = (jacobian * weights[:, None]).T @ jacobian
    return product.double()


def _with(basis: Tensor, vector: Tensor) -> Tensor:
    """Unit rows that span a basis and one more vector."""
    rest = vector - basis.T @ (basis @ vector)
    length = float(rest.norm())
    return basis if length < 1e-3 else torch.cat([basis, rest[None] / length])
