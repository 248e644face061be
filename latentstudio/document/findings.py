"""What a discovery run shows while it works. Without torch, so that the window can read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from latentstudio.document.direction import DirectionSet


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """`Step.preview` of a method that learns.

    Attributes:
        step: Steps done.
        steps: Steps there will be.
        losses: By name, of the last step: ``loss`` is what is made small; ``accuracy``, 0 to 1,
            where there is one; the rest are its parts.
        directions: Provisional directions, every few seconds; None in between. Ids keep their
            meaning during a run and over a resume.
        snapshot: Gives the whole state, to be saved and continued from (`discovery.state`).
            Call it before the job goes on, on the thread the job runs on.
        notice: A sentence that a person should hear, once; mostly empty.
    """

    step: int
    steps: int
    losses: Mapping[str, float]
    directions: DirectionSet | None
    snapshot: Callable[[], object]
    notice: str = ""
