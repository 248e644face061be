"""An ordered stack of edits with its amounts, to be put on any picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from latentstudio.core.walk import Walk
from latentstudio.document.history import Command
from latentstudio.document.state import Document, Edit, Picture


@dataclass(frozen=True, slots=True)
class Look:
    """A stack of edits as a picture had it.

    Attributes:
        id: Unique within a set, among its directions too.
        name: What the artist reads.
        edits: In their order; each names a direction of the set.
        walk: How they leave the start.
    """

    id: str
    name: str
    edits: tuple[Edit, ...]
    walk: Walk = "straight"


def look_of(picture: Picture, id: str, name: str) -> Look:
    """The stack of a picture; where one edit is soloed, the others are off."""
    solo = picture.solo
    edits = tuple(
        replace(edit, on=edit.on and (solo is None or edit.direction == solo))
        for edit in picture.edits
    )
    return Look(id, name, edits, picture.walk)


def with_ids(look: Look, ids: Mapping[str, str]) -> Look:
    """The look with its directions under other ids; edits of directions that lack are left out."""
    known = (edit for edit in look.edits if edit.direction in ids)
    edits = tuple(replace(edit, direction=ids[edit.direction]) for edit in known)
    return replace(look, edits=edits)


def with_look(picture: Picture, look: Look) -> Picture:
    """A picture with the look in place of its own edits; what it starts from stays."""
    return replace(picture, edits=look.edits, solo=None, walk=look.walk)


def apply_look(look: Look) -> Command:
    """Put a look on the picture, in place of its edits: one undo step."""

    def change(doc: Document) -> Document:
        return replace(doc, picture=with_look(doc.picture, look))

    return Command(f"look {look.name}", change)
