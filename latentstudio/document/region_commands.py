"""What a person can do to the regions of a document, as labelled pure functions."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from latentstudio.document.direction import Direction, Local
from latentstudio.document.history import Command
from latentstudio.document.state import Document, Edit, MaskUse, Picture, Region


def paint_region(digest: str, words: str = "paint", gesture: Hashable | None = None) -> Command:
    """Give the chosen region another mask; the first one makes a region.

    Edits keep the mask they were made with.

    Args:
        digest: Of the mask in the assets.
        words: What was done, as it follows "Undo": ``grow mask``.
        gesture: Commands in a row with one gesture are one undo step.
    """

    def change(doc: Document) -> Document:
        now = doc.chosen_region
        use = MaskUse(digest, FEATHER) if now is None else replace(now.mask, digest=digest)
        return _with_chosen(doc, replace(now, mask=use) if now else Region(use))

    return Command(words, change, gesture)


def add_region(digest: str, name: str = "") -> Command:
    """Start another region and choose it."""

    def change(doc: Document) -> Document:
        regions = (*doc.regions, Region(MaskUse(digest, FEATHER), name))
        return replace(doc, regions=regions, region=len(regions) - 1)

    return Command("new mask", change)


def choose_region(index: int) -> Command:
    """Paint another of the regions from now on."""
    return Command("choose mask", lambda doc: replace(doc, region=index))


def rename_region(name: str) -> Command:
    """Name the chosen region; an empty name names it by where it lies."""

    def change(doc: Document) -> Document:
        now = doc.chosen_region
        return doc if now is None else _with_chosen(doc, replace(now, name=name.strip()))

    return Command(f"rename mask to {name.strip()}", change)


def remove_region() -> Command:
    """Take the chosen region out; edits keep their masks."""

    def change(doc: Document) -> Document:
        regions = doc.regions[: doc.region] + doc.regions[doc.region + 1 :]
        return replace(doc, regions=regions, region=max(0, min(doc.region, len(regions) - 1)))

    return Command("remove mask", change)


def set_feather(feather: float, gesture: Hashable | None = None) -> Command:
    """Soften the edge of the chosen region and of the edits that have its mask.

    Args:
        feather: Standard deviation as a share of the picture's width.
        gesture: Commands in a row with one gesture are one undo step.
    """
    return _change_use("feather", lambda use: replace(use, feather=feather), gesture)


def set_protect(protect: bool) -> Command:
    """Keep the pixels outside of the chosen region as they are, or let edits reach them."""
    words = "protect outside" if protect else "leave outside free"
    return _change_use(words, lambda use: replace(use, protect=protect))


def set_blend(features: str) -> Command:
    """Blend the chosen region's edits by features from a layer on; empty for by pixels."""
    words = "blend by features" if features else "blend by pixels"
    return _change_use(words, lambda use: replace(use, features=features))


def set_local_amount(
    direction: str, amount: float, mask: MaskUse, name: str = "", gesture: Hashable | None = None
) -> Command:
    """Move a local slider for the first time: its edit gets its mask."""

    def change(doc: Document) -> Document:
        edits = (*doc.picture.without(direction).edits, Edit(direction, amount, mask=mask))
        return replace(doc, picture=replace(doc.picture, edits=edits))

    return Command(f"change {name or direction}", change, gesture)


def mask_use(direction: Direction) -> MaskUse | None:
    """Where an edit by a direction applies to begin with: what its method was asked for."""
    payload = direction.payload
    if not isinstance(payload, Local) or not payload.mask:
        return None
    if not direction.provenance.options.get("protect"):
        return None
    return MaskUse(payload.mask, FEATHER)


def own_mask(direction: Direction) -> MaskUse | None:
    """The region that a local direction was found for, as it was painted; else None."""
    payload = direction.payload
    return MaskUse(payload.mask) if isinstance(payload, Local) and payload.mask else None


def unmasked(picture: Picture) -> Picture:
    """The picture before its local edits: where local directions are looked for."""
    return replace(picture, edits=tuple(e for e in picture.edits if e.mask is None))


def amounts_of(direction: str, states: Iterable[Document]) -> tuple[float, ...]:
    """Every amount, but 0, at which some documents and their snapshots show a direction."""
    found = {
        edit.amount
        for doc in states
        for picture in (doc.picture, *(kept.picture for kept in doc.snapshots))
        for edit in picture.edits
        if edit.direction == direction and edit.amount
    }
    return tuple(sorted(found))


FEATHER = 0.02
"""Soft edge of a new region, as a share of the picture's width."""


def _change_use(
    words: str, change: Callable[[MaskUse], MaskUse], gesture: Hashable | None = None
) -> Command:
    def apply(doc: Document) -> Document:
        now = doc.chosen_region
        if now is None:
            return doc
        use = change(now.mask)
        edits = tuple(
            replace(e, mask=use) if e.mask is not None and e.mask.digest == use.digest else e
            for e in doc.picture.edits
        )
        doc = replace(doc, picture=replace(doc.picture, edits=edits))
        return _with_chosen(doc, replace(now, mask=use))

    return Command(words, apply, gesture)


def _with_chosen(doc: Document, region: Region) -> Document:
    regions = (*doc.regions[: doc.region], region, *doc.regions[doc.region + 1 :])
    return replace(doc, regions=regions)
