"""The Jacobian from point to point of a path, without taking all of it anew each time."""

from collections.abc import Callable

import torch
from torch import Tensor


class PathColumns:
    """J along the basis from point to point of a path.

    Taken whole at the start. After each step it is made to agree with what the step has changed
    (Broyden 1965), and some of its columns are taken anew, in turns: a step is short, and J alike
    at both its ends. Of 64 columns 16 anew leak as little as all (0.267, 0.263; median of three
    portraits and regions), in half the time.

    Args:
        fresh: Columns taken anew at each step; 0 for all.
    """

    def __init__(self, fresh: int) -> None:
        self._fresh, self._next = fresh, 0
        self._start: Tensor | None = None
        self._held: Tensor | None = None
        self._last: tuple[Tensor, Tensor] | None = None

    def begin(self) -> None:
        """Go back to the start."""
        self._held = None if self._start is None else self._start.clone()
        self._last, self._next = None, 0

    def at(
        self,
        here: Tensor,
        change: Tensor,
        push: Callable[[Tensor], Tensor],
        known: int,
        more: int,
    ) -> Tensor:
        """J at a point: (rows, known + more).

        Args:
            here: The point along the basis, (known,).
            change: Of the picture there since the start, (rows,).
            push: Takes columns, by their numbers (n,), to J along them: (rows, n).
            known: Columns of the basis.
            more: Further ones, which change from step to step.
        """
        extra = torch.arange(known, known + more, device=here.device)
        if self._held is None or not self._fresh or self._fresh >= known:
            found = push(torch.arange(known + more, device=here.device))
            self._held = found[:, :known].clone()
            if self._start is None:
                self._start = self._held.clone()
        elif self._last is None and self._fresh:  # the start again
            found = torch.cat([self._held, push(extra)], dim=1) if more else self._held
        else:
            self._agree(here, change)
            count = max(1, self._fresh - more)
            due = (torch.arange(count, device=here.device) + self._next) % known
            self._next += count
            fresh = push(torch.cat([due, extra]))
            self._held[:, due] = fresh[:, :count]
            found = torch.cat([self._held, fresh[:, count:]], dim=1)
        self._last = (here, change)
        return found

    def _agree(self, here: Tensor, change: Tensor) -> None:
        """The least change of J by which it gives what the last step did."""
        assert self._held is not None
        assert self._last is not None
        moved = here - self._last[0]
        missed = change - self._last[1] - self._held @ moved
        self._held += missed[:, None] * (moved / (moved @ moved).clamp_min(1e-12))
