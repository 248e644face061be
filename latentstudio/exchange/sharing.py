"""Directions with the artist's names and edits, prepared for a preset."""

from collections.abc import Sequence
from dataclasses import replace

from latentstudio.core.errors import OptionError
from latentstudio.document import groups
from latentstudio.document.assets import Assets, MissingAssetError
from latentstudio.document.direction import ChannelGroups, Direction, DirectionSet, Local
from latentstudio.document.looks import Look
from latentstudio.document.state import Document


def edited_directions(found: DirectionSet, doc: Document, ids: Sequence[str]) -> DirectionSet:
    """Directions under the artist's names, with their layer ranges and groups as in the edits.

    Args:
        found: All directions of the open model.
        doc: Says what was changed.
        ids: Which directions, in the order wanted; ids that are not there are left out.

    Raises:
        OptionError: None of them is there.
    """
    known = {one.id: one for one in found.directions}
    chosen = [_edited(known[id], doc) for id in ids if id in known]
    if not chosen:
        raise OptionError("There are no directions to save. Move a slider first.")
    name = chosen[0].name if len(chosen) == 1 else found.name
    return replace(found, directions=tuple(chosen), name=name)


def with_masks(found: DirectionSet, assets: Assets) -> DirectionSet:
    """The set with the masks that its local directions and looks name.

    Lost ones of directions are not named any more.

    Raises:
        MissingAssetError: That of an edit of a look is lost.
    """
    masks, directions = dict(found.masks), []
    for one in found.directions:
        payload = one.payload
        if isinstance(payload, Local) and payload.mask and payload.mask not in masks:
            try:
                masks[payload.mask] = assets.get(payload.mask)
            except MissingAssetError:
                one = replace(one, payload=replace(payload, mask=""))
        directions.append(one)
    for edit in (edit for look in found.looks for edit in look.edits):
        if edit.mask is not None and edit.mask.digest not in masks:
            masks[edit.mask.digest] = assets.get(edit.mask.digest)
    return replace(found, directions=tuple(directions), masks=masks)


def without_masks(found: DirectionSet) -> DirectionSet:
    """The set for pictures of others, in which the painted parts are elsewhere."""

    def bare(one: Direction) -> Direction:
        payload = one.payload
        return (
            replace(one, payload=replace(payload, mask="")) if isinstance(payload, Local) else one
        )

    def free(look: Look) -> Look:
        return replace(look, edits=tuple(replace(edit, mask=None) for edit in look.edits))

    directions, looks = tuple(map(bare, found.directions)), tuple(map(free, found.looks))
    return replace(found, directions=directions, looks=looks, masks={})


def _edited(direction: Direction, doc: Document) -> Direction:
    edit = doc.picture.edit(direction.id)
    left = replace(direction, name=doc.name_of(direction.id, direction.name))
    if edit is not None and edit.layers is not None:
        left = replace(left, layers=edit.layers)
    if isinstance(left.payload, ChannelGroups):
        left = groups.with_off(left, groups.off(direction, edit))
    return left
