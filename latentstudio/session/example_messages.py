"""What the window is told of directions by example. Plain values: loads no torch."""

from dataclasses import dataclass

from latentstudio.document.direction import DirectionSet
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True)
class Marks:
    """Seeds of pictures that an artist marked.

    Attributes:
        has: They have it.
        lacks: They don't.
        label: Class of all of them, for conditional models.
    """

    has: tuple[int, ...] = ()
    lacks: tuple[int, ...] = ()
    label: int | None = None

    def __len__(self) -> int:
        return len(self.has) + len(self.lacks)


@dataclass(frozen=True, slots=True, eq=False)
class SamplePicture:
    """One picture of the grid: of a seed, (h, w, 3), 8 bits."""

    seed: int
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class ExampleFit:
    """What marks say.

    Attributes:
        marks: Which.
        direction: Id of the direction they give.
        told_apart: How many marks fall on their side when they are left out.
        sure: ``good``, ``fair`` or ``weak``.
        similar: Ids of the directions most like it, with the size of the cosine.
        found: All directions there are now, it among them.
    """

    marks: Marks
    direction: str
    told_apart: int
    sure: str
    similar: tuple[tuple[str, float], ...]
    found: DirectionSet
