"""Fits a judge of pictures to a model, from nothing but the model's own pictures.

Samples span the manifold that tells how alike a picture is to them; pictures of random walks,
on the shell and far off it, and fresh samples are what the judge learns from (ridge regression,
closed form). Walks are judged by those that learned from the other walks, which tells how far to
trust it: the chance that a picture is broken (logistic regression on the score), and how well the
score tells.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Job, Step
from latentstudio.core.walk import Walk
from latentstudio.density.manifold import Manifold
from latentstudio.density.picture_judge import (
    BROKEN,
    DISTANCES,
    Floats,
    PictureJudge,
    Trial,
    how_far,
    inputs,
    pooled,
)
from latentstudio.density.reference import Density
from latentstudio.density.walks import walk_codes
from latentstudio.engine.generator import Generator, HasTaps
from latentstudio.engine.priors import draw_z

SAMPLES, WALKED, FRESH = 1000, 1000, 500
LEAST = 200
"""Pictures of each kind that are made however long they take."""
SECONDS = 60.0
SIDE = 8
"""Features are read at the first layer of so many pixels a side."""
RIDGE = 0.2
"""Weight of the ridge, as a share of the number of pictures; features have deviation 1."""
FAVOUR = 4.0
"""Deviation of the distances, which are few beside the features."""
FARTHEST = 10.0
"""Deviations of the codes along a walk."""
FOLDS, LEAST_BROKEN = 4, 5
"""Parts of the walks that are judged in turn; broken pictures below which nothing is said of it."""
_BATCH, _SEED, _PIXELS = 5, 20_261_128, 5 * 64 * 64
NO_LAYERS = "This model’s inner layers can’t be read, so nothing can learn to judge its pictures."
_WORDS = "Learning what its pictures look like"


@dataclass(slots=True)
class Seen:
    """Pictures as they are looked at: what is in them, and what the judge reads."""

    looks: Tensor
    inner: Floats

    def part(self, rows: slice) -> "Seen":
        """Some of them."""
        return Seen(self.looks[rows], self.inner[rows])


@torch.no_grad()
def teach(
    generator: Generator,
    density: Density,
    looks: Callable[[Tensor], Tensor],
    label: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Job[PictureJudge]:
    """Draw pictures and fit a judge.

    Args:
        generator: The model.
        density: Of its codes; of that class for a conditional model.
        looks: Features that tell what is in pictures, (N, C, H, W) to (N, K).
        label: Class of the pictures.
        clock: Seconds; for tests.

    Raises:
        AbilityError: The model's inner layers can't be read.
    """
    if not isinstance(generator, HasTaps) or not generator.info.taps:
        raise AbilityError(NO_LAYERS)
    tap = _early_tap(generator, label)
    draw = _Draw(generator, density, tap, looks, label)
    made: list[list[Seen]] = [[], [], []]
    wanted = (SAMPLES, WALKED, FRESH)
    began, rounds = clock(), SAMPLES // draw.batch
    least = -(-LEAST // draw.batch)
    for done in range(rounds):
        spent = clock() - began
        if spent > SECONDS and done >= least:
            break
        part_done = max(done / rounds, min(spent / SECONDS, done / least))
        # In turn, so that there is enough of each kind when the time is over.
        for kind, count in enumerate(wanted):
            if done * draw.batch < count:
                yield Step(part_done, _WORDS)  # between all of them: sliders wait that long
                made[kind].append(draw.walked(done) if kind == 1 else draw.samples())
    return fitted(tap, *(_joined(parts) for parts in made))


class _Draw:
    """Draws the pictures and looks at them."""

    def __init__(
        self,
        generator: Generator,
        density: Density,
        tap: str,
        looks: Callable[[Tensor], Tensor],
        label: int | None,
    ) -> None:
        self._generator, self._density, self._tap, self._looks = generator, density, tap, looks
        self._label = label
        self._rng = np.random.default_rng(_SEED)
        self.batch = max(1, min(_BATCH, _PIXELS // generator.info.resolution**2))
        codes = torch.cat([self._codes(500) for _ in range(8)]).double().cpu()
        self._mean = codes.mean(0)
        self._spread = torch.cov(codes.T)
        values, self._axes = torch.linalg.eigh(self._spread)
        self._deviations = values.clamp_min(0).sqrt()

    def samples(self) -> Seen:
        """Some of the model's own pictures."""
        return self._seen(self._generator.broadcast(self._codes(self.batch)))

    def walked(self, turn: int) -> Seen:
        """Pictures of walks along random directions, on the shell at every other turn."""
        start = self._generator.broadcast(self._codes(self.batch))
        walk: Walk = "preserve" if turn % 2 and not self._density.shell.flat else "straight"
        step = self._generator.broadcast(self._steps().to(start))
        return self._seen(walk_codes(start, step, walk, self._density))

    def _steps(self) -> Tensor:
        """Random displacements, from those of all axes alike to those of the strongest few."""
        count, rng = self.batch, self._rng
        white = torch.from_numpy(rng.standard_normal((count, len(self._mean))))
        power = torch.from_numpy(rng.integers(0, 4, (count, 1))).double()
        step = (white * self._deviations**power) @ self._axes.T
        step = step / step.norm(dim=1, keepdim=True).clamp_min(1e-12)
        unit = ((step @ self._spread) * step).sum(1, keepdim=True).sqrt()
        far: Tensor = step * unit * torch.from_numpy(rng.uniform(0, FARTHEST, (count, 1)))
        return far

    def _codes(self, count: int) -> Tensor:
        z = draw_z(self._generator, count, self._rng)
        return self._generator.map(z, self._classes(count))

    def _classes(self, count: int) -> Tensor | None:
        if not self._generator.info.classes:
            return None
        return torch.full((count,), self._label or 0, device=self._generator.device)

    def _seen(self, codes: Tensor) -> Seen:
        assert isinstance(self._generator, HasTaps)
        inner: list[Floats] = []

        def keep(features: Tensor) -> Tensor:
            inner.append(pooled(features))
            return features

        classes = self._classes(len(codes))
        images = self._generator.synthesize_with(codes, {self._tap: keep}, classes)
        worst = self._density.coordinates(codes).amax(1).tolist()
        beyond = np.array([how_far(self._density.shell, one) for one in worst])
        return Seen(self._looks(images.clamp(-1, 1)).float().cpu(), inputs(inner[0], beyond))


def _early_tap(generator: Generator, label: int | None) -> str:
    """The first layer of some pixels a side; the last where features have no place."""
    assert isinstance(generator, HasTaps)
    info = generator.info
    classes = torch.tensor([label or 0], device=generator.device) if info.classes else None
    codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
    for tap in info.taps:
        features = generator.features(codes, tap, classes)
        if features.ndim == 4 and min(features.shape[2:]) >= SIDE:
            return tap
    return info.taps[-1]


def fitted(tap: str, samples: Seen, walked: Seen, fresh: Seen) -> PictureJudge:
    """A judge from what was seen in samples, in pictures of walks, and in fresh samples."""
    manifold = Manifold(samples.looks)
    far, near = (manifold.judge(some.looks)[1].double().log().numpy() for some in (walked, fresh))
    half = len(near) // 2

    def fit(rows: NDArray[np.bool_]) -> tuple[Floats, float]:
        x = np.concatenate([walked.inner[rows], fresh.inner[:half]])
        return ridge(x, np.concatenate([far[rows], near[:half]]))

    weight, bias = fit(np.ones(len(far), np.bool_))
    reference = np.sort(fresh.inner[half:] @ weight + bias)
    broken = far < float(np.quantile(near, BROKEN / 100))
    return PictureJudge(tap, weight, bias, reference, _tried(fit, walked.inner, broken))


def _tried(
    fit: Callable[[NDArray[np.bool_]], tuple[Floats, float]],
    inner: Floats,
    broken: NDArray[np.bool_],
) -> Trial | None:
    """Judge each walked picture by what the others teach."""
    if not LEAST_BROKEN <= broken.sum() <= len(broken) - LEAST_BROKEN:
        return None
    scores = np.empty(len(inner))
    parts = np.arange(len(inner)) * FOLDS // len(inner)
    for part in range(FOLDS):
        weight, bias = fit(parts != part)
        scores[parts == part] = inner[parts == part] @ weight + bias
    return calibrated(scores, broken)


def calibrated(scores: Floats, broken: NDArray[np.bool_]) -> Trial:
    """Log odds of being broken as a line over scores (n,), and how well these tell."""
    from sklearn.linear_model import LogisticRegression  # takes a second; only needed here
    from sklearn.metrics import roc_auc_score

    middle, spread = float(scores.mean()), float(scores.std()) or 1.0
    found = LogisticRegression().fit((scores[:, None] - middle) / spread, broken)
    slope = float(found.coef_[0, 0]) / spread
    offset = float(found.intercept_[0]) - slope * middle
    return Trial(offset, slope, float(roc_auc_score(broken, -scores)))


def ridge(x: Floats, y: Floats) -> tuple[Floats, float]:
    """Weight (K,) and bias that read y (n,) from (n, K): features, and at last the distances."""
    mean, spread = x.mean(0), x.std(0).clip(1e-6)
    spread[-DISTANCES:] /= FAVOUR
    a = (x - mean) / spread
    count, wide = a.shape
    damped = RIDGE * count * np.eye(min(count, wide))
    if wide <= count:
        found = np.linalg.solve(a.T @ a + damped, a.T @ (y - y.mean()))
    else:  # the same by the smaller matrix
        found = a.T @ np.linalg.solve(a @ a.T + damped, y - y.mean())
    weight: Floats = found / spread
    return weight, float(y.mean() - mean @ weight)


def _joined(parts: list[Seen]) -> Seen:
    looks = torch.cat([part.looks for part in parts])
    return Seen(looks, np.concatenate([part.inner for part in parts]))
