"""How long the steps of a run take, recent ones counting most."""

RECENT = 0.95
"""Weight of the past in the time that a step takes."""


class Pace:
    """Averages the time of steps as they are made.

    Attributes:
        per_step: Seconds, 0 until two steps have been seen: the first of a start loads what the
            optimiser needs and tells nothing.
    """

    def __init__(self) -> None:
        self.per_step = 0.0
        self._done = 0

    def add(self, done: int, seconds: float) -> None:
        """A step has ended.

        Args:
            done: Steps that the run has made by now.
            seconds: Time since the one before.
        """
        before, self._done = self._done, done
        if not before or done <= before:
            return
        taken = seconds / (done - before)
        known = self.per_step
        self.per_step = known * RECENT + taken * (1 - RECENT) if known else taken

    def left(self, steps: int) -> float:
        """Seconds that so many more steps will take."""
        return self.per_step * steps
