"""Mean metric J^T J of a model's own pictures, for each cell of a grid over the picture.

The image metric JᵀJ is anisotropic and much alike everywhere in a GAN's latent space (Wang & Ponce,
ICLR 2021, "The Geometry of Deep Generative Image Models and its Applications"). So its mean over
some of the model's own pictures says two things before anything is known of the picture at hand:

* in which order tangents are worth pushing: along its eigenvectors, the strongest first. All of
  them together are the same Jacobian in another basis, and a part is nearly as good;
* a first answer without any tangent: the mean M_f and M_b of a mask, from the mean of JᵀJ in each
  cell of a coarse grid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import chunk, pushed
from latentstudio.engine.pushforward import Readout, pusher
from latentstudio.region.masks import Mask, reduced

CELLS = 32
"""Cells of the grid in a row."""
LEADING = 96
"""Leading eigenvectors whose products are kept in full for each cell; of the others the squares."""
WHOLE, LED = 2, 6
"""Pictures of a pool with all tangents, and with the leading ones only, for a large model."""
SMALL = 256
"""Codes with at most so many dimensions get all tangents for every picture."""
FIRST_SEED = 800_000
"""Seeds of the pool: this one and the following."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PoolMetric:
    """The mean metric of a model's own pictures.

    Attributes:
        basis: Rows are the eigenvectors of the mean JᵀJ, strongest first: (dim, dim).
        values: Their eigenvalues, per pixel and colour: (dim,).
        cells: (cells², r, r) float16: the mean of JᵀJ in each cell along the leading r
            eigenvectors, over `scale`.
        tail: (cells², dim - r) float16: its diagonal along the others, over `scale`.
        scale: See there.
        layers: First and last layer that the steps reach, or None for all.
        pictures: Of the pool.
    """

    basis: NDArray[np.float32]
    values: NDArray[np.float32]
    cells: NDArray[np.float16]
    tail: NDArray[np.float16]
    scale: float
    layers: tuple[int, int] | None
    pictures: int

    @property
    def dim(self) -> int:
        return len(self.basis)

    def grams(self, mask: Mask) -> tuple[Matrix, Matrix]:
        """M_f and M_b of a mask, in coordinates of `basis`: (dim, dim) each.

        Args:
            mask: (side, side), any size.
        """
        side = round(len(self.cells) ** 0.5)
        flat = reduced(mask, side).reshape(-1)
        inside = self._mean(flat) if flat.any() else np.zeros((self.dim, self.dim))
        return inside, self._mean(1 - flat)

    def _mean(self, weights: NDArray[np.float32]) -> Matrix:
        """The weighted mean over cells."""
        led, share = self.cells.shape[1], self.scale / float(weights.sum())
        used = weights.nonzero()[0]
        total = np.zeros((self.dim, self.dim))
        cells = self.cells[used].reshape(len(used), -1).astype(np.float32)
        total[:led, :led] = (weights[used] @ cells).reshape(led, led)
        tail = weights[used] @ self.tail[used].astype(np.float32)
        total[range(led, self.dim), range(led, self.dim)] = tail
        return total * share

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has to be kept of it, beside `record`.

        ``basis`` (dim, dim), ``values`` (dim,), ``cells`` (cells², r, r) and ``tail``
        (cells², dim - r).
        """
        return {n: getattr(self, n) for n in ("basis", "values", "cells", "tail")}

    def record(self) -> dict[str, Any]:
        """The rest, as plain JSON values."""
        layers = None if self.layers is None else list(self.layers)
        return {"scale": self.scale, "layers": layers, "pictures": self.pictures}


def from_arrays(
    arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any], dim: int
) -> PoolMetric | None:
    """Inverse of `arrays` and `record`; None where they describe no metric of `dim` dimensions.

    ``basis`` (dim, dim), ``values`` (dim,), ``cells`` (cells², r, r), ``tail`` (cells², dim - r).
    """
    try:
        layers = record["layers"]
        found = PoolMetric(
            np.asarray(arrays["basis"], np.float32),
            np.asarray(arrays["values"], np.float32),
            np.asarray(arrays["cells"], np.float16),
            np.asarray(arrays["tail"], np.float16),
            float(record["scale"]),
            None if layers is None else (int(layers[0]), int(layers[1])),
            int(record["pictures"]),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    led = found.cells.shape[-1]
    side = round(len(found.cells) ** 0.5)
    fits = (
        found.basis.shape == (dim, dim)
        and found.values.shape == (dim,)
        and found.cells.shape == (side**2, led, led)
        and found.tail.shape == (side**2, dim - led)
    )
    parts = (found.basis, found.values, found.cells, found.tail)
    return found if fits and side and all(np.isfinite(p).all() for p in parts) else None


@torch.no_grad()
def pool_metric(
    generator: Generator,
    layers: tuple[int, int] | None = None,
    reading: Readout | None = None,
    seeds: Sequence[int] | None = None,
    label: int | None = None,
    noise: Noise = "const",
    whole: int | None = None,
) -> Job[PoolMetric]:
    """Measure the mean metric of some of a model's own pictures.

    Args:
        generator: The model.
        layers: First and last layer that steps reach.
        reading: Where pictures are read.
        seeds: Of the pool.
        label: Class of its pictures, for conditional models.
        noise: Theirs.
        whole: So many pictures get all tangents, the others the leading ones only.

    Yields:
        A step for every few tangents.

    Raises:
        ShapeError: No picture.
    """
    reading = reading or Readout()
    dim = generator.info.code_dim
    seeds = list(seeds if seeds is not None else range(FIRST_SEED, FIRST_SEED + WHOLE + LED))
    if not seeds:
        raise ShapeError("a pool of no pictures")
    whole = min(len(seeds), whole or (len(seeds) if dim <= SMALL else WHOLE))
    led = min(dim, LEADING)
    work = whole * dim + (len(seeds) - whole) * led
    push = _Pushing(generator, layers, reading, label, noise, work)
    axes = torch.eye(dim, device=generator.device)
    rows: list[Tensor] = []
    for seed in seeds[:whole]:
        found = yield from push.columns(seed, axes)
        rows.append(found)
    total = sum((one.T @ one for one in rows), torch.zeros(dim, dim)) / sum(map(len, rows))
    values, vectors = torch.linalg.eigh(total.double())
    basis = vectors.T.flip(0).float().contiguous()
    sums = _CellSums(led, dim)
    for one in rows:
        sums.add(one @ basis.T, push.colours)
    lead = basis[:led].to(generator.device)
    for seed in seeds[whole:]:
        sums.add((yield from push.columns(seed, lead)), push.colours)
    cells, tail, scale = sums.means()
    strongest = values.flip(0).clamp_min(0).float().numpy()
    return PoolMetric(basis.numpy(), strongest, cells, tail, scale, layers, len(seeds))


class _Pushing:
    """Pushes tangents of one picture of the pool after another."""

    def __init__(
        self,
        generator: Generator,
        layers: tuple[int, int] | None,
        reading: Readout,
        label: int | None,
        noise: Noise,
        work: int,
    ) -> None:
        self._generator, self._layers, self._reading = generator, layers, reading
        self._noise, self._work, self._done = noise, work, 0
        device, classes = generator.device, generator.info.classes
        self._classes = torch.tensor([label or 0], device=device) if classes else None
        self.colours = generator.info.channels

    def columns(self, seed: int, axes: Tensor) -> Job[Tensor]:
        """J along some axes: (side² C, n), a pixel's rows together."""
        network, classes = self._generator, self._classes
        yield Step(self._done / self._work, "Getting to know the model")
        codes = network.broadcast(network.map(network.sample_z([seed]), classes))
        push = pusher(network, codes, classes, self._noise, self._layers, self._reading)
        end = self._done + len(axes)
        job = pushed(push, axes, chunk(network, self._reading))
        job = part(job, self._done / self._work, end / self._work)
        found = yield from changed(job, lambda s: Step(s.fraction, "Getting to know the model"))
        self._done = end
        return found.permute(2, 3, 1, 0).flatten(0, 2).float().contiguous()


class _CellSums:
    """Sums of products in each cell of the grid."""

    def __init__(self, led: int, dim: int) -> None:
        self._led, self._dim = led, dim
        self._cells: Tensor | None = None
        self._tail: Tensor | None = None
        self._pictures, self._whole, self._rows = 0, 0, 1

    def add(self, rows: Tensor, colours: int) -> None:
        """One picture's J in the basis: (side² C, n), n all dimensions or the leading ones."""
        side = round((len(rows) / colours) ** 0.5)
        grid = min(CELLS, side)
        cell = side // grid  # the pixels of a cell in a row; the remainder counts to none
        square = rows.view(side, side, colours, -1)[: cell * grid, : cell * grid]
        square = square.reshape(grid, cell, grid, cell, colours, -1).transpose(1, 2)
        parted = square.reshape(grid**2, cell * cell * colours, -1)
        lead, rest = parted[..., : self._led], parted[..., self._led :]
        if self._cells is None:
            self._cells = torch.zeros(grid**2, self._led, self._led)
            self._tail = torch.zeros(grid**2, self._dim - self._led)
        self._cells.baddbmm_(lead.transpose(1, 2), lead)
        self._pictures, self._rows = self._pictures + 1, parted.shape[1]
        if rows.shape[1] == self._dim:
            assert self._tail is not None
            self._tail += rest.square().sum(1)
            self._whole += 1

    def means(self) -> tuple[NDArray[np.float16], NDArray[np.float16], float]:
        """Means over pictures, pixels and colours, and what they were divided by."""
        assert self._cells is not None
        assert self._tail is not None
        cells = self._cells / (self._pictures * self._rows)
        tail = self._tail / (max(1, self._whole) * self._rows)
        scale = float(cells.diagonal(dim1=1, dim2=2).max().clamp_min(1e-30))
        return (cells / scale).half().numpy(), (tail / scale).half().numpy(), scale
