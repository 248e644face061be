"""The losses of a run over its steps, thinned so that a long run stays small."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 600
"""Points that are kept, at most; beyond, neighbours become their mean."""
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class LossCurve:
    """Losses by name over steps.

    Attributes:
        steps: The last step that each point stands for, rising.
        losses: By name, the mean over these steps, one for each point.
    """

    steps: tuple[int, ...] = ()
    losses: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


class LossTrail:
    """Gathers a curve step by step.

    Args:
        begun: What an earlier start of the run has gathered.
        until: Steps that the run has done; what is beyond them will come again.
    """

    def __init__(self, begun: LossCurve | None = None, until: int = 0) -> None:
        begun = begun or LossCurve()
        kept = sum(step <= until for step in begun.steps)
        self._steps = list(begun.steps[:kept])
        whole = {n: v for n, v in begun.losses.items() if len(v) == len(begun.steps)}
        self._losses = {name: list(values[:kept]) for name, values in whole.items()}
        self._each = max(1, round(self._steps[-1] / kept)) if kept else 1
        self._sums: dict[str, float] = {}
        self._count = self._last = 0

    def add(self, step: int, losses: Mapping[str, float]) -> None:
        """A step has ended with these losses; every step has the same names.

        One that is no number is left out: a file of numbers can't hold it.
        """
        if not all(map(math.isfinite, losses.values())):
            return
        self._last, self._count = step, self._count + 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        if self._count >= self._each:
            self._flush()
        if len(self._steps) > MOST:
            self._halve()

    def curve(self) -> LossCurve:
        """All that was gathered, the newest steps included."""
        steps = [*self._steps, *([self._last] if self._count else [])]
        names = {*self._losses, *(self._sums if self._count else ())}
        return LossCurve(tuple(steps), {name: self._values(name) for name in sorted(names)})

    def _values(self, name: str) -> tuple[float, ...]:
        newest = [_short(self._sums.get(name, 0.0) / self._count)] if self._count else []
        return tuple(self._losses.get(name, []) + newest)

    def _flush(self) -> None:
        for name, total in self._sums.items():
            self._losses.setdefault(name, []).append(_short(total / self._count))
        self._steps.append(self._last)
        self._sums, self._count = {}, 0

    def _halve(self) -> None:
        pairs = len(self._steps) // 2
        self._steps = self._steps[1 : 2 * pairs : 2]
        for name, old in self._losses.items():
            self._losses[name] = [_short((old[2 * k] + old[2 * k + 1]) / 2) for k in range(pairs)]
        self._each *= 2


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
