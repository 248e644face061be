"""The document as it was when the program was last used, so that a start goes on from there."""

from pathlib import Path

import msgspec

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.seeds import MAX_SEED
from latentstudio.document.state import Document
from latentstudio.export.images import save_pixels
from latentstudio.render.messages import Pixels
from latentstudio.store.marks import keep_marks

_LARGEST = 20_000_000


def last_document_path() -> Path:
    """Where the document is kept."""
    return paths.data_dir() / "last.json"


def last_picture_path() -> Path:
    """Where its picture is kept, shown before the engine has started."""
    return paths.data_dir() / "last.png"


def keep_last(doc: Document, pixels: Pixels) -> None:
    """Keep the document and its picture; the picture first, so that a document has one.

    What it says about the model's directions is kept for that model too.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    save_pixels(pixels, last_picture_path())
    files.write_bytes(last_document_path(), msgspec.json.encode(doc))
    keep_marks(doc)


def load_last() -> tuple[Document | None, str]:
    """The document kept last, or None; the text, if any, is to be said once."""
    path = last_document_path()
    try:
        if path.stat().st_size > _LARGEST:
            raise msgspec.DecodeError("too large")
        doc = msgspec.json.decode(path.read_bytes(), type=Document)
        _check(doc)
        return doc, ""
    except FileNotFoundError:
        return None, ""
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        aside = files.set_aside(path)
    except (OSError, LatentStudioError):
        return None, ""
    return None, f"Your last picture was damaged on the disk; it was moved to {aside.name}."


def _check(doc: Document) -> None:
    """Refuse numbers that no command could have made."""
    pictures = (doc.picture, *(shot.picture for shot in doc.snapshots))
    for picture in pictures:
        noise = picture.noise if isinstance(picture.noise, int) else 0
        sane = 0 <= picture.seed <= MAX_SEED and 0 <= noise <= MAX_SEED
        small = all(abs(edit.amount) <= 1e6 for edit in picture.edits)
        if not (sane and small and 0 <= picture.truncation <= 2 and (picture.label or 0) >= 0):
            raise msgspec.DecodeError("numbers out of range")
