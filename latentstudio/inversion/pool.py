"""Pictures of a model drawn once, from which an inversion chooses its start.

From the pool come the likeliest classes, the sample that looks most alike, and a first guess in
closed form: ridge regression from pictures of 16 pixels to round coordinates.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.progress import Job, Step
from latentstudio.engine.generator import Generator
from latentstudio.engine.priors import draw_z
from latentstudio.inversion.features import Features

COUNT = 1000
SECONDS = 25.0
"""A large model's pool ends after this, with as many pictures as there are."""
LEAST = 24
SMALL = 16
RIDGE = 0.3
"""Weight of the ridge, as a share of the mean square of a picture's numbers."""
SEED = 18
_PIXELS = 16 * 64 * 64


@dataclass(frozen=True, slots=True, eq=False)
class StartPool:
    """N pictures of a model.

    Attributes:
        codes: (N, dim) float32.
        small: Brought down to `SMALL` pixels, (N, C s s) float32.
        looks: What is in them: `Features.pooled`, (N, K) float32.
        labels: Class of each, (N,) int64, or None.
    """

    codes: Tensor
    small: Tensor
    looks: Tensor
    labels: Tensor | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def nearest(self, target: Tensor, features: Features, count: int = 1) -> list[int]:
        """The pictures that look most like one, (1, C, n, n); best first."""
        looks, small = features.pooled(target), shrunk(target)
        distance = _relative(self.looks, looks) + _relative(self.small, small)
        return [int(i) for i in distance.argsort()[:count]]

    def guess(self, rounded: Tensor, target: Tensor) -> Tensor:
        """Round coordinates of a picture by ridge regression: (1, dim).

        Args:
            rounded: Round coordinates of the pool's codes, (N, dim).
            target: (1, C, n, n).
        """
        x, v = self.small.double().cpu(), rounded.double().cpu()
        mean, spread = x.mean(0), x.std(0).clamp_min(1e-6)
        a, centre = (x - mean) / spread, v.mean(0)
        gram = a @ a.T + RIDGE * a.shape[1] * torch.eye(len(a), dtype=a.dtype)
        asked = (shrunk(target).double().cpu() - mean) / spread
        found = (asked @ a.T) @ torch.linalg.solve(gram, v - centre) + centre
        guess: Tensor = found.to(rounded)
        return guess

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """To keep it; see `from_arrays`."""
        kept = {"codes": self.codes, "small": self.small, "looks": self.looks}
        if self.labels is not None:
            kept["labels"] = self.labels.float()
        return {name: tensor.cpu().numpy() for name, tensor in kept.items()}


def from_arrays(arrays: dict[str, NDArray[np.float32]], device: torch.device) -> StartPool:
    """What `StartPool.arrays` gave.

    ``codes`` (N, dim), ``small`` (N, C s s), ``looks`` (N, K) and, with classes, ``labels`` (N,).
    """
    kept = {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
    labels = kept.get("labels")
    return StartPool(
        kept["codes"], kept["small"], kept["looks"], None if labels is None else labels.long()
    )


@torch.no_grad()
def draw_pool(
    generator: Generator,
    features: Features,
    label: int | None = None,
    count: int = COUNT,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Job[StartPool]:
    """Draw pictures and keep what they look like.

    Args:
        generator: The model.
        features: What looks are told by.
        label: A class, or None for all of a conditional model's classes in turn.
        count: How many.
        seconds: Longest time; at least `LEAST` are drawn.
        clock: Seconds; for tests.
    """
    rng, began = np.random.default_rng(SEED), clock()
    batch = max(1, min(16, _PIXELS // generator.info.resolution**2))
    codes, small, looks, labels = [], [], [], []
    drawn = 0
    while drawn < count and (drawn < LEAST or clock() - began < seconds):
        size = min(batch, count - drawn)
        classes = _classes(generator, label, drawn, size)
        code = generator.map(draw_z(generator, size, rng), classes)
        images = generator.synthesize(generator.broadcast(code), classes)
        codes.append(code)
        small.append(shrunk(images))
        looks.append(features.pooled(images))
        if classes is not None:
            labels.append(classes)
        drawn += size
        done = max(drawn / count, (clock() - began) / seconds)
        yield Step(min(done, 1.0), "Looking at what the model draws")
    together = torch.cat(labels) if labels else None
    return StartPool(torch.cat(codes), torch.cat(small), torch.cat(looks), together)


def shrunk(images: Tensor) -> Tensor:
    """Pictures as few numbers: (N, C, n, n) to (N, C s s)."""
    return F.adaptive_avg_pool2d(images.clamp(-1, 1), SMALL).flatten(1)


def _classes(generator: Generator, label: int | None, drawn: int, size: int) -> Tensor | None:
    known = generator.info.classes
    if not known:
        return None
    if label is not None:
        return torch.full((size,), label, device=generator.device)
    # A stride that is prime to most counts visits far classes early, should time run out.
    index = torch.arange(drawn, drawn + size, device=generator.device)
    return (index * 379 + index // known) % known


def _relative(rows: Tensor, row: Tensor) -> Tensor:
    """Mean square distances of rows from one, in deviations of the rows: (N,)."""
    spread = rows.std(0).clamp_min(1e-4)
    return ((rows - row) / spread).square().mean(1)
