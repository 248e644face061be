"""Judges by features inside a model whether a picture looks like the model's own.

The shell tells how typical a *code* is; of pictures beyond it many still look sound. What breaks
shows in the features of an early layer: a linear map reads from them, and from how far the code
lies beyond the shell, how alike the picture will be to samples (`density.teaching` fits it). The
second is for what that layer doesn't see: many edits at once, and those of later layers.
`docs/figures/density.md` says how well.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.reading import Looks, LooksReading
from latentstudio.density.shell import Shell
from latentstudio.engine.generator import HasTaps

BROKEN, DOUBTFUL = 1.0, 5.0
"""Percentiles of fresh samples: who looks less like a sample than 99, or 95, of 100 of them."""
DISTANCES = 2
"""Numbers that say how far beyond the shell a code lies."""
FAR = 1.0
"""Twice as far out as the shell: half of the built-in model's pictures there are like no sample."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out when a judge was tried on walked pictures that it had not learned from.

    Attributes:
        offset: Log odds of being broken where the score is 0.
        slope: What they change by for 1 of score; below 0, since a higher score is a better one.
        telling: Area under the ROC curve; see `LooksReading.telling`.
    """

    offset: float
    slope: float
    telling: float

    def chance(self, score: float) -> float:
        """Chance of being broken, 0 to 1."""
        return float(1 / (1 + np.exp(-np.clip(self.offset + self.slope * score, -50, 50))))


@dataclass(frozen=True, slots=True, eq=False)
class PictureJudge:
    """A linear map of what `inputs` gives of one layer, and what it says of fresh samples.

    Attributes:
        tap: The layer.
        weight: (K + `DISTANCES`,), float64.
        bias: Added to it.
        reference: What it says of fresh samples, sorted, (n,); less is less like a sample.
        trial: How it fared on walked pictures; broken are those less like samples than 99 of 100
            fresh ones. None where too few of them were.
    """

    tap: str
    weight: Floats
    bias: float
    reference: Floats
    trial: Trial | None = None

    def scores(self, seen: Floats) -> Floats:
        """Logarithm of the realism to be expected: `inputs` (N, K + `DISTANCES`) to (N,)."""
        found: Floats = seen @ self.weight + self.bias
        return found

    @torch.no_grad()
    def read(
        self, generator: HasTaps, codes: Tensor, classes: Tensor | None, beyond: float
    ) -> LooksReading:
        """Judge one picture; only layers up to the tap are run.

        Args:
            generator: The model.
            codes: (1, layers, dim).
            classes: (1,), for a conditional model.
            beyond: See `how_far`.
        """
        features = pooled(generator.features(codes, self.tap, classes))
        return self.reading(float(self.scores(inputs(features, np.array([beyond])))[0]), beyond)

    def reading(self, score: float, beyond: float = 0.0) -> LooksReading:
        """What a score means; nothing counts as sound that lies `FAR` beyond the shell."""
        below = int(np.searchsorted(self.reference, score))
        percentile = 100.0 * below / len(self.reference)
        state = state_of(percentile)
        if beyond >= FAR and state == "sound":
            state = "doubtful"
        if self.trial is None:
            return LooksReading(percentile, state)
        return LooksReading(percentile, state, self.trial.chance(score), self.trial.telling)

    def arrays(self) -> dict[str, Floats]:
        """To keep it; see `from_arrays`."""
        trial = self.trial
        known = (np.nan,) * 3 if trial is None else (trial.offset, trial.slope, trial.telling)
        return {
            "weight": self.weight,
            "bias": np.array([self.bias]),
            "reference": self.reference,
            "trial": np.array(known),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], tap: str) -> Self:
        """What `arrays` gave: ``weight`` (K,), ``bias`` (1,), ``reference`` (n,), ``trial`` (3,).

        Raises:
            KeyError: Something is missing.
            ValueError: The parts are no judge's.
        """
        weight, bias, reference, known = (
            np.array(arrays[name], np.float64) for name in ("weight", "bias", "reference", "trial")
        )
        finite = all(np.isfinite(some).all() for some in (weight, bias, reference))
        if weight.ndim != 1 or bias.shape != (1,) or known.shape != (3,) or not finite:
            raise ValueError("no weights of a judge")
        if reference.ndim != 1 or not len(reference):
            raise ValueError("no reference")
        offset, slope, telling = map(float, known)
        trial = Trial(offset, slope, telling) if np.isfinite(known).all() else None
        return cls(tap, weight, float(bias[0]), np.sort(reference), trial)


def state_of(percentile: float) -> Looks:
    """What less than a share of the fresh samples, 0 to 100, is called."""
    if percentile < BROKEN:
        return "broken"
    return "doubtful" if percentile < DOUBTFUL else "sound"


def how_far(shell: Shell, coordinate: float) -> float:
    """How far a shell coordinate lies beyond the shell's outer end, in that end; 0 inside."""
    return 0.0 if shell.flat else max(0.0, coordinate / shell.on[1] - 1.0)


def inputs(features: Floats, beyond: Floats) -> Floats:
    """What a judge reads of pictures: pooled features (N, K) and `how_far`, (N,).

    Returns:
        (N, K + `DISTANCES`).
    """
    return np.concatenate([features, beyond[:, None], np.square(beyond)[:, None]], axis=1)


def pooled(features: Tensor) -> Floats:
    """What is in features, wherever it stands: means and deviations of channels.

    (N, C, H, W) or (N, C) to (N, 2 C).
    """
    flat = features.flatten(2) if features.ndim > 2 else features[..., None]
    mean = flat.mean(2, keepdim=True)
    # Tensor.std takes several times as long on a processor.
    deviation = (flat - mean).norm(dim=2) / flat.shape[2] ** 0.5
    found = torch.cat([mean[..., 0], deviation], dim=1)
    return found.double().cpu().numpy()
