"""What the window is told of projects. Plain values: loads no torch."""

from dataclasses import dataclass

from latentstudio.document.direction import DirectionSet
from latentstudio.document.history import Steps
from latentstudio.exchange.projects import Project


@dataclass(frozen=True, slots=True, eq=False)
class Adopted:
    """A project that the open model knows.

    Attributes:
        project: As it was read.
        steps: Its document and undo steps, of the open model.
        found: All directions that are known now, or None where there are none.
        lost: How many of its directions the model can't use.
    """

    project: Project
    steps: Steps
    found: DirectionSet | None
    lost: int
