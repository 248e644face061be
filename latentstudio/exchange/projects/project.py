"""What a project holds, gathered from a document and from what it names. Loads no torch."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from latentstudio import __version__
from latentstudio.document.assets import Array, Assets, MissingAssetError, used_by
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.state import Document, Picture
from latentstudio.document.uses import directions_used
from latentstudio.exchange.projects.step_values import tail
from latentstudio.exchange.sharing import with_masks

STEPS = 100
"""Undo steps that a project keeps, each way."""
MOST_ASSETS = 64 * 2**20
"""Bytes beyond those of the document itself up to which steps are kept for their sake."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Where a project's model is.

    Attributes:
        path: The file it was opened from, or its name in the catalogue of built-in and installed
            models.
        name: What to call it.
        key: Fingerprint, family and sizes.
        reading: What a person decided of how its file is read, by name; empty where nothing.
    """

    path: str
    name: str
    key: ModelKey
    reading: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """A document with all that it needs beside its model.

    Attributes:
        steps: The document, and how it came to be.
        model: The model it was made with.
        directions: Those that the document uses, with their masks.
        arrays: Masks and latents that it names, by digest.
        preview: Its picture as a PNG file, or empty.
        pixels: `pixels_digest` of its picture as the model made it, or empty.
        saved: When it was saved, in seconds since 1970.
        program: Version of LatentStudio that saved it.
    """

    steps: Steps
    model: ModelRef
    directions: DirectionSet
    arrays: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    preview: bytes = b""
    pixels: str = ""
    saved: float = 0.0
    program: str = __version__

    @property
    def document(self) -> Document:
        """The document as it was saved."""
        return self.steps.document


def gathered(steps: Steps, model: ModelRef, known: Iterable[Direction], assets: Assets) -> Project:
    """A project of a document, with what it uses of what is known.

    The steps are cut where their masks would take too much room.

    Args:
        steps: The document and its undo steps.
        model: The open model.
        known: Directions of the model.
        assets: Where masks and latents are looked up; what is lost is left out.
    """
    needed = _arrays([steps.document], assets)
    arrays = needed
    for most in (STEPS, STEPS // 4, STEPS // 16, 0):
        kept = tail(steps, most)
        arrays = _arrays(kept.states(), assets)
        if sum(arrays[key].nbytes for key in arrays.keys() - needed.keys()) <= MOST_ASSETS:
            break
    used = directions_used(kept.states())
    chosen = tuple(one for one in known if one.id in used)
    found = with_masks(DirectionSet(model.key, chosen), assets)
    return Project(kept, model, found, arrays)


def pictures_of(doc: Document) -> tuple[Picture, ...]:
    """The picture now and the snapshots."""
    return (doc.picture, *(shot.picture for shot in doc.snapshots))


def renamed(steps: Steps, ids: Mapping[str, str]) -> Steps:
    """The steps with other ids of directions."""
    return _mapped(steps, lambda doc: _renamed(doc, ids)) if ids else steps


def on_model(steps: Steps, ref: str, fingerprint: str) -> Steps:
    """The steps as those of a model that is open: its file may be elsewhere, or another."""
    return _mapped(steps, lambda doc: replace(doc, model=ref, fingerprint=fingerprint))


def pixels_digest(pixels: np.ndarray[Any, Any]) -> str:
    """SHA-256 over shape and bytes of 8-bit pixels, (height, width, 3 or 4)."""
    tidy = np.ascontiguousarray(pixels, np.uint8)
    return hashlib.sha256(repr(tidy.shape).encode() + tidy.tobytes()).hexdigest()


def _mapped(steps: Steps, change: Callable[[Document], Document]) -> Steps:
    """The steps with every document changed; those that are one stay one."""
    made: dict[int, Document] = {}

    def changed(doc: Document) -> Document:
        if id(doc) not in made:
            made[id(doc)] = change(doc)
        return made[id(doc)]

    done = tuple(replace(entry, before=changed(entry.before)) for entry in steps.done)
    undone = tuple(
        (replace(entry, before=changed(entry.before)), changed(after))
        for entry, after in steps.undone
    )
    return Steps(changed(steps.document), done, undone)


def _renamed(doc: Document, ids: Mapping[str, str]) -> Document:
    def new(old: str) -> str:
        return ids.get(old, old)

    def picture(one: Picture) -> Picture:
        edits = tuple(replace(e, direction=new(e.direction)) for e in one.edits)
        return replace(one, edits=edits, solo=None if one.solo is None else new(one.solo))

    return replace(
        doc,
        picture=picture(doc.picture),
        snapshots=tuple(replace(s, picture=picture(s.picture)) for s in doc.snapshots),
        names=tuple((new(key), name) for key, name in doc.names),
        pinned=frozenset(map(new, doc.pinned)),
        rejected=frozenset(map(new, doc.rejected)),
    )


def _arrays(docs: Sequence[Document], assets: Assets) -> dict[str, Array]:
    found = {}
    for digest in sorted(frozenset().union(*map(used_by, docs))):
        try:
            found[digest] = assets.get(digest)
        except MissingAssetError:
            continue
    return found
