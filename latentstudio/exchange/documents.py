"""A document as plain values, and back: what is kept between starts, and in project files."""

from dataclasses import replace
from typing import Any

import msgspec

from latentstudio.core.formats import Json, StoredFormat, unchanged
from latentstudio.core.seeds import MAX_SEED
from latentstudio.document.assets import is_digest, used_by_start
from latentstudio.document.start import Latent, PhotoUse, Seed, Start
from latentstudio.document.state import Document, MaskUse, Picture, is_layer

_MOST_FEATHER = 1.0
_LONGEST_NAME = 500
_FAR = 1e7
"""Of a frame, in pixels of a photo."""


def to_values(doc: Document) -> Json:
    """The document as plain values, without its format."""
    values: Json = msgspec.to_builtins(doc)
    return values


def to_bytes(doc: Document) -> bytes:
    """The document as JSON, with its format."""
    return msgspec.json.encode(DOCUMENT.stamped(to_values(doc)))


def from_bytes(data: bytes, name: str) -> Document:
    """A document of this format or any earlier one.

    Args:
        data: JSON.
        name: The file, as the start of a sentence.

    Raises:
        NewerFormatError: It was written by a newer LatentStudio.
        ValueError: It is no document, or holds numbers that no command could have made.
    """
    try:
        return from_values(msgspec.json.decode(data), name)
    except RecursionError as error:
        raise ValueError("it isn't a document") from error


def from_values(found: Any, name: str, before: Document | None = None) -> Document:
    """A document from plain values with their format.

    Args:
        found: What `to_values` gave and `DOCUMENT.stamped`.
        name: The file, as the start of a sentence.
        before: Where values of some fields only are given, what the others are.

    Raises:
        NewerFormatError: It was written by a newer LatentStudio.
        ValueError: It is no document, or holds numbers that no command could have made.
    """
    try:
        values = DOCUMENT.upgraded(found, name)
        doc = msgspec.convert(values, Document, dec_hook=_start)
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("it isn't a document") from error
    changed = {key: getattr(doc, key) for key in values if key in Document.__slots__}
    whole = doc if before is None else replace(before, **changed)
    # Ids are among the snapshots, which stay away where a step left them as they were.
    lineage = before is None or not changed.keys().isdisjoint(("snapshots", "origin"))
    if not _sane_numbers(doc) or (lineage and not _sane_lineage(whole)):
        raise ValueError("numbers out of range")
    return whole


def _start(kind: type, value: Any) -> Start:
    """A start by what it has: msgspec can't tell two dataclasses apart by itself."""
    if kind is not Start or not isinstance(value, dict):
        raise ValueError("it isn't a start of a picture")
    return msgspec.convert(value, Latent if "codes" in value else Seed)


def _sane_numbers(doc: Document) -> bool:
    """Whether a command could have made them."""
    pictures = (doc.picture, *(shot.picture for shot in doc.snapshots))
    regions = [region.mask for region in doc.regions]
    return all(map(_sane, pictures)) and all(map(_sane_mask, regions)) and doc.region >= 0


def _sane(picture: Picture) -> bool:
    start, noise = picture.start, picture.noise if isinstance(picture.noise, int) else 0
    seed = start.seed if isinstance(start, Seed) else 0
    photo = start.photo if isinstance(start, Latent) else None
    masks = [edit.mask for edit in picture.edits if edit.mask is not None]
    return (
        0 <= seed <= MAX_SEED
        and 0 <= noise <= MAX_SEED
        and 0 <= start.truncation <= 2
        and (start.label or 0) >= 0
        and all(abs(edit.amount) <= 1e6 for edit in picture.edits)
        and all(map(is_digest, used_by_start(start)))
        and (photo is None or _sane_photo(photo))
        and all(map(_sane_mask, masks))
    )


def _sane_photo(photo: PhotoUse) -> bool:
    x, y, side, angle = photo.frame
    return (
        is_digest(photo.digest)
        and photo.name.isprintable()
        and len(photo.name) <= _LONGEST_NAME
        and all(abs(value) <= _FAR for value in (x, y, angle))
        and 0 < side <= _FAR
    )


def _sane_lineage(doc: Document) -> bool:
    """Ids are unique, and everything was made from something older that is there."""
    given = [shot.id for shot in doc.snapshots if shot.id]
    ids = set(given)
    return (
        len(ids) == len(given)
        and min(ids, default=1) > 0
        and (doc.origin == 0 or doc.origin in ids)
        and all(
            len(shot.parents) <= 2 and all(id in ids and id < shot.id for id in shot.parents)
            for shot in doc.snapshots
        )
    )


def _sane_mask(mask: MaskUse) -> bool:
    return is_digest(mask.digest) and 0 <= mask.feather <= _MOST_FEATHER and is_layer(mask.features)


def _starts_and_walks(values: Json) -> Json:
    """Format 1: the seed, class and truncation become a start, "stay on shell" a walk."""
    shots = [{**shot, "picture": _picture(shot["picture"])} for shot in values.get("snapshots", ())]
    return {**values, "picture": _picture(values.get("picture", {})), "snapshots": shots}


def _picture(old: Json) -> Json:
    moved = ("seed", "label", "truncation", "stay_on_shell")
    rest = {key: value for key, value in old.items() if key not in moved}
    start = {key: old[key] for key in ("seed", "label", "truncation") if key in old}
    walk = "preserve" if old.get("stay_on_shell") else "straight"
    return {**rest, "start": start, "walk": walk}


def _lineage(values: Json) -> Json:
    """Format 2: snapshots have ids and parents; codes in W were used as they are.

    What is not there, since it did not change in a step, stays away.
    """
    new = dict(values)
    if "picture" in values:
        new["picture"] = _as_drawn(values["picture"])
    if "snapshots" in values:
        new["snapshots"] = [
            {**shot, "id": number, "picture": _as_drawn(shot["picture"])}
            for number, shot in enumerate(values["snapshots"], 1)
        ]
    return new


def _as_drawn(picture: Json) -> Json:
    """What a truncation of codes in W said had no effect; now their density is read by it."""
    start = picture.get("start", {})
    if start.get("space") not in ("w", "w+"):
        return picture
    return {**picture, "start": {**start, "truncation": 1.0}}


DOCUMENT = StoredFormat(4, {0: _starts_and_walks, 1: _lineage, 2: unchanged, 3: unchanged}, first=0)
"""Format 3 added the photo of a latent, and weights fitted to it; 4 the layer at which an edit is
blended."""
