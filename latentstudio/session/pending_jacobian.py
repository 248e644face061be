"""What is known of a picture's Jacobian while it is on its way, kept between strokes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from latentstudio.core.progress import Job, Step
from latentstudio.region.progressive_jacobian import PartialJacobian
from latentstudio.region.solving import LocalSolver


@dataclass(slots=True, eq=False)
class PendingJacobian:
    """A picture's Jacobian on its way. Whoever asks drives it; who stops asking loses nothing."""

    job: Job[PartialJacobian]
    partial: PartialJacobian | None = None
    done: bool = False
    solvers: dict[int | None, LocalSolver] = field(default_factory=dict)
    fraction: float = 0.0

    def go(self) -> Iterator[Step]:
        """Push on; a step for each few tangents."""
        while not self.done:
            try:
                step = next(self.job)
            except StopIteration as stop:
                self._take(stop.value)
                self.done = True
                return
            self.fraction = step.fraction
            if isinstance(step.preview, PartialJacobian):
                self._take(step.preview)
            yield step

    def until(self, count: int) -> Iterator[Step]:
        """Push on until so many tangents have arrived, or the pool says enough."""
        for step in self.go():
            yield step
            if self.partial is not None and (self.partial.metric or self.partial.known >= count):
                return

    def solving(self, led: int | None = None) -> LocalSolver:
        """Solves by what is known now, or by the leading tangents of it.

        Solvers are kept: for another mask they multiply only the pixels in which it differs.
        """
        assert self.partial is not None
        if led not in self.solvers:
            self.solvers[led] = LocalSolver([self.partial], led)
        return self.solvers[led]

    @property
    def share(self) -> float:
        """Share of tangents that have arrived."""
        return self.partial.known / len(self.partial.basis) if self.partial is not None else 0.0

    @property
    def nbytes(self) -> int:
        """What is held for it: the room for all tangents is taken at once."""
        return int(self.partial.values.nbytes) if self.partial is not None else 0

    def _take(self, partial: PartialJacobian) -> None:
        self.partial, self.solvers = partial, {}
