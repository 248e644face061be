"""What the window is told of a painted region. Plain values: loads no torch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.state import MaskUse, Picture
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True)
class LocalRequest:
    """A question for the local directions of a picture.

    Attributes:
        picture: The one, without its local edits.
        use: The region, or None to look at the picture before anything is painted.
        name: What the artist calls the region, or empty.
        method: Id of one of `region.registry.METHODS`.
        options: The method's, those that differ from their defaults.
        count: Most directions.
        keep: Ids of local directions that must stay, because something uses them.
        path: What the sliders are to follow in the end: they begin straight; see `PathRequest`.
        pictures: In so many they are to be local, this one among them.
    """

    picture: Picture
    use: MaskUse | None
    name: str = ""
    method: str = "resefa"
    options: tuple[tuple[str, Any], ...] = ()
    count: int = 6
    keep: frozenset[str] = frozenset()
    path: str = "straight"
    pictures: int = 1

    @property
    def asks(self) -> tuple[Any, ...]:
        """All that decides the answer: equal ones need not be asked twice."""
        digest = self.use and self.use.digest
        how = (self.method, self.options, self.count, self.path, self.pictures)
        return (self.picture, digest, *how)


@dataclass(frozen=True, slots=True, eq=False)
class LocalNews:
    """An answer, provisional until it is exact.

    Attributes:
        request: The question.
        found: All directions that are known of the model by now, these first.
        ids: Of the local ones, best first; those in use stand in the place of their likes.
        spectrum: What the region can do at all, largest first.
        place: Where the region lies, in a word.
        known: Share of the picture's tangents that the answer rests on; 1 is exact.
        seconds: Since the question.
        solving: Of these, what a further stroke takes.
        named: The names say what the directions do.
    """

    request: LocalRequest
    found: DirectionSet
    ids: tuple[str, ...]
    spectrum: tuple[float, ...]
    place: str
    known: float
    seconds: float
    solving: float
    named: bool = False

    @property
    def exact(self) -> bool:
        return self.known >= 1


@dataclass(frozen=True, slots=True)
class PathRequest:
    """A question for the path of a direction that stays in a region.

    Attributes:
        picture: The one, without its local edits.
        direction: Id of a straight one: a local one, or any that is to be held to `use`.
        used: Amounts at which its slider has been seen; see `region.local_paths.local_path`.
        use: The region any direction is to be held to; None for a local one's own.
        name: What the artist calls the region, or empty.
        tau: As for the local directions.
    """

    picture: Picture
    direction: str
    used: tuple[float, ...] = ()
    use: MaskUse | None = None
    name: str = ""
    tau: float = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class PathNews:
    """A path that has been worked out, and takes nobody's place yet.

    Attributes:
        request: The question.
        direction: With the id of the straight one, or one of its own where it is held.
    """

    request: PathRequest
    direction: Direction


@dataclass(frozen=True, slots=True, eq=False)
class LeakNews:
    """What the edits of a region do outside of it, with nothing protected.

    Attributes:
        picture: With the edits.
        use: The region.
        outside: Share of all change that lands outside, 0 to 1.
        ratio: Mean change outside over mean change inside.
        strength: Mean change inside, of a range of 2.
        heat: (H, W) float32, 0 to 1: where the picture changes, and how much.
        mostly: Where outside it changes most, in a word, or empty.
    """

    picture: Picture
    use: MaskUse
    outside: float
    ratio: float
    strength: float
    heat: NDArray[np.float32]
    mostly: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class TrialNews:
    """A local edit on other pictures.

    Attributes:
        direction: Which.
        amount: How far.
        trials: Seed, small picture and share of the change that lands outside, of each.
    """

    direction: str
    amount: float
    trials: tuple[tuple[int, Pixels, float], ...]
