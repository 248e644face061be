"""What the window says of a preset to be saved, and hears of one that was brought in."""

from dataclasses import dataclass

from latentstudio.document.direction import DirectionSet
from latentstudio.document.looks import Look


@dataclass(frozen=True, slots=True)
class Draft:
    """A preset as a person wants it saved.

    Attributes:
        name: Of the preset, and of its file.
        ids: Directions to save, in order.
        look: Save the edits with their amounts, too, with the directions that they need.
        masks: Painted masks travel along; else everything applies to whole pictures.
        notes: What it is for.
        author: Who made it.
        licence: Under which it may be shared.
        tags: Words to find it by.
    """

    name: str
    ids: tuple[str, ...] = ()
    look: bool = False
    masks: bool = True
    notes: str = ""
    author: str = ""
    licence: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What came in with a file.

    Attributes:
        found: All directions of the open model by now.
        looks: Looks of the file, whose edits name directions of `found`.
        name: What the preset calls itself, or the file.
    """

    found: DirectionSet
    looks: tuple[Look, ...] = ()
    name: str = ""

    def look(self, id: str) -> Look | None:
        """The look of an id; the first of all where it is empty."""
        return next((one for one in self.looks if id in ("", one.id)), None)
