"""A direction from a few marked pictures: these have it, those don't.

Ten marks say little about thousands of pixels, or about a hundred dimensions of a code: most of a
plain difference of means is noise in what nobody asked about. Two things take it away.

* What may differ is written in few numbers that hold one thing each: the scores of independent
  components of the model's own pictures (`picture_ica`). Of their differences only those count
  that stand out from chance, by soft thresholding of Student's t.
* How the code moves with the scores is known from thousands of pictures without marks: the
  direction is the pattern a = cov(code, score) of the weighted sum of scores (Haufe et al. 2014).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job
from latentstudio.discovery import ica
from latentstudio.discovery.picture_ica import FLOOR, Samples, patterns

METHOD = ("by-example", "By example")
LEAST_MARKS = 2
"""Of each kind."""
THRESHOLD = 2.0
"""In standard errors: what differs by less is taken for chance."""
KEEP = 0.6
"""Where nothing stands out, the part of the largest t that is the threshold instead."""
COMPONENTS = 96
_PER_COMPONENT = 16
GOOD, FAIR = 0.85, 0.7
_MARKS_FOR_GOOD, _MARKS_FOR_FAIR = 10, 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Reads the scores of independent components off a model's pictures.

    Attributes:
        mean: Of the pictures, (P,).
        matrix: (P, K), applied to what a picture differs from the mean by.
        patterns: How the code moves with each score, (K, dim).
        covariance: Of the codes, (dim, dim).
    """

    mean: Floats
    matrix: Floats
    patterns: Floats
    covariance: Floats

    def scores(self, pictures: NDArray[np.floating]) -> Floats:
        """Scores of pictures as `picture_ica.small` gives them: (N, P) -> (N, K)."""
        found: Floats = (pictures.astype(np.float64) - self.mean) @ self.matrix
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What marks say.

    Attributes:
        vector: The direction, unit length, (dim,); more of it is more of what was marked.
        unit: Standard deviation of the model's codes along it.
        weights: Of the scores, (K,).
        border: The weighted score halfway between the two kinds of marks.
        told_apart: How many marks fall on their side when they are left out.
        marks: How many there are.
    """

    vector: NDArray[np.float32]
    unit: float
    weights: Floats
    border: float
    told_apart: int
    marks: int

    @property
    def sureness(self) -> str:
        """``good``, ``fair`` or ``weak``."""
        share = self.told_apart / self.marks
        if share >= GOOD and self.marks >= _MARKS_FOR_GOOD:
            return "good"
        return "fair" if share >= FAIR and self.marks >= _MARKS_FOR_FAIR else "weak"

    def distance(self, scores: Floats) -> Floats:
        """How far pictures are from the border, in their scores (N, K): above 0 has it."""
        found: Floats = scores @ self.weights - self.border
        return found


@torch.no_grad()
def basis_of(seen: Samples, seed: int = 0, components: int = COMPONENTS) -> Job[Basis]:
    """The basis of a model's samples."""
    scale = seen.pictures.std(0) + FLOOR
    rows = seen.pictures / scale
    count = max(2, min(components, seen.codes.shape[1], len(rows) // _PER_COMPONENT))
    matrix = yield from ica.unmix(rows, count, torch.Generator().manual_seed(seed))
    return Basis(
        mean=seen.mean.double().numpy(),
        matrix=(matrix / scale[:, None]).double().numpy(),
        patterns=patterns(seen.codes, rows @ matrix).numpy(),
        covariance=(seen.codes.T @ seen.codes / len(seen.codes)).numpy(),
    )


def learn(basis: Basis, has: Floats, lacks: Floats) -> Example:
    """The direction that marks ask for.

    Args:
        basis: Of the model.
        has: Scores of pictures that have it, (A, K).
        lacks: Scores of pictures that don't, (B, K).

    Raises:
        OptionError: Fewer than two of a kind, or pictures that don't differ.
    """
    if min(len(has), len(lacks)) < LEAST_MARKS:
        raise OptionError("Mark at least two pictures that have it and two that don't.")
    weights = weigh(has, lacks)
    vector = weights @ basis.patterns
    length = float(np.linalg.norm(vector))
    if not length > 0:
        raise OptionError(
            "These marks do not differ in one direction. Check the last ones, or mark others."
        )
    vector = vector / length
    unit = math.sqrt(max(float(vector @ basis.covariance @ vector), 0.0))
    border = float(has.mean(0) @ weights + lacks.mean(0) @ weights) / 2
    told = _told_apart(has, lacks)
    marks = len(has) + len(lacks)
    return Example(vector.astype(np.float32), unit, weights, border, told, marks)


def weigh(has: Floats, lacks: Floats) -> Floats:
    """Weights of the scores: differences of means, less what chance explains, (K,).

    With few marks a variance is hardly known; it is averaged with 1, that of all pictures.
    """
    difference: Floats = has.mean(0) - lacks.mean(0)
    own = (_variance(has) + _variance(lacks)) / 2
    error = np.sqrt((own + 1.0) / 2 * (1 / len(has) + 1 / len(lacks)))
    t: Floats = np.abs(difference) / error
    threshold = min(THRESHOLD, KEEP * float(np.max(t)))
    found: Floats = difference * np.maximum(0.0, 1.0 - threshold / np.maximum(t, 1e-12))
    return found


def _variance(rows: Floats) -> Floats:
    """Of each score, (K,); that of all pictures where there is one only."""
    if len(rows) < 2:
        return np.ones(rows.shape[1])
    found: Floats = rows.var(0, ddof=1)
    return found


def _told_apart(has: Floats, lacks: Floats) -> int:
    """How many marks fall on their side of the border of all others."""
    right = 0
    for rows, others in ((has, lacks), (lacks, has)):
        for index in range(len(rows)):
            rest = np.delete(rows, index, axis=0)
            weights = weigh(rest, others)  # points from the others to the rest
            border = (rest.mean(0) + others.mean(0)) @ weights / 2
            right += bool(rows[index] @ weights > border)
    return right
