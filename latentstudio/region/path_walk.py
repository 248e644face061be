"""What each step of a local path asks of one picture and one mask; see `region.local_paths`."""

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.progress import stop_point
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import chunk
from latentstudio.engine.pushforward import Readout, pusher, reached_layers, small_pictures
from latentstudio.region.masks import Mask, reduced
from latentstudio.region.path_columns import PathColumns
from latentstudio.region.path_options import PathOptions
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.resefa import solve
from latentstudio.region.subspace import check_numbers
from latentstudio.region.tangent_order import strongest_basis


class PathWalk:
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
        self._columns = PathColumns(options.fresh)
        self._seen: tuple[Tensor, Tensor] | None = None  # the last point, and the change there

    def choose_basis(self, metric: PoolMetric | None) -> None:
        """Along what tangents are pushed."""
        fits = metric is not None and metric.layers == self._layers
        whole = (
            torch.from_numpy(metric.basis)
            if metric is not None and fits
            else strongest_basis(self._generator, self._layers)
        )
        self._basis = whole[: self.options.led].to(self._codes)

    def begin_side(self) -> None:
        """Go back to the start: J there is known where it has been taken."""
        self._columns.begin()

    def change(self, displacement: Tensor) -> Tensor:
        """The small picture's change since the start, as J's rows lie: (side² C,)."""
        if self._seen is None or not torch.equal(self._seen[0], displacement):
            found = _rows(self._pictures(displacement[None]) - self._start)[:, 0]
            self._seen = (displacement, found)
        return self._seen[1]

    def measured(self, change: Tensor) -> tuple[float, float]:
        """Mean |change| inside, and the same outside over it."""
        size = change.abs()
        inside = float((size * self._inside).sum() / self._inside.sum())
        outside = float((size * self._outside).sum() / self._outside.sum())
        return inside, outside / max(inside, 1e-12)

    def step(self, here: Tensor, last: Tensor, longest: float, hold: bool) -> tuple[Tensor, Tensor]:
        """The next point, and the direction that led there."""
        basis = _with(self._basis, last)
        known = len(self._basis)
        jacobian = self._columns.at(
            self._basis @ here, self.change(here), lambda due: self._jacobian(here, basis[due]),
            known, len(basis) - known,
        )  # fmt: skip
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
