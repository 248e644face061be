"""Looks as the manifest says them, and back."""

from latentstudio.document.looks import Look
from latentstudio.document.state import Edit, MaskUse
from latentstudio.exchange.presets import manifest


def entry(one: Look) -> manifest.LookEntry:
    """What the manifest says of a look."""
    return manifest.LookEntry(one.id, one.name, tuple(map(_entry, one.edits)), one.walk)


def look(said: manifest.LookEntry) -> Look:
    """The look that the manifest describes."""
    return Look(said.id, said.name, tuple(map(_edit, said.edits)), said.walk)


def _entry(edit: Edit) -> manifest.LookEdit:
    off = None if edit.off is None else tuple(sorted(edit.off))
    use = edit.mask
    place = None
    if use is not None:
        place = manifest.MaskPlace(use.digest, use.feather, use.protect, use.features)
    return manifest.LookEdit(edit.direction, float(edit.amount), edit.on, edit.layers, off, place)


def _edit(said: manifest.LookEdit) -> Edit:
    off = None if said.off is None else frozenset(said.off)
    place = said.mask
    mask = None
    if place is not None:
        mask = MaskUse(place.digest, place.feather, place.protect, place.features)
    return Edit(said.direction, said.amount, said.on, said.layers, off, mask)
