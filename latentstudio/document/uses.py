"""Directions that documents name by id, as `assets.used_by` tells of masks and latents."""

from collections.abc import Iterable

from latentstudio.document.state import Document


def directions_used(docs: Iterable[Document]) -> frozenset[str]:
    """Ids of the directions that edits, snapshots and pins name."""
    return frozenset(id for doc in docs for id in _used(doc))


def _used(doc: Document) -> set[str]:
    pictures = (doc.picture, *(shot.picture for shot in doc.snapshots))
    return {edit.direction for picture in pictures for edit in picture.edits} | doc.pinned
