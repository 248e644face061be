"""The document as it was when the program was last used, so that a start goes on from there."""

from pathlib import Path

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError
from latentstudio.document.assets import used_by
from latentstudio.document.state import Document
from latentstudio.export.images import save_pixels
from latentstudio.render.messages import Pixels
from latentstudio.store import documents
from latentstudio.store.assets import DiskAssets
from latentstudio.store.marks import keep_marks

_LARGEST = 20_000_000


def last_document_path() -> Path:
    """Where the document is kept."""
    return paths.data_dir() / "last.json"


def last_picture_path() -> Path:
    """Where its picture is kept, shown before the engine has started."""
    return paths.data_dir() / "last.png"


def keep_last(doc: Document, pixels: Pixels, assets: DiskAssets | None = None) -> None:
    """Keep the document and its picture; masks, latents and the picture first.

    So a document on the disk has all that it names. What it says about the model's directions
    is kept for that model too.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if assets is not None:
        assets.save(used_by(doc))
    save_pixels(pixels, last_picture_path())
    files.write_bytes(last_document_path(), documents.to_bytes(doc))
    keep_marks(doc)


def load_last() -> tuple[Document | None, str]:
    """The document kept last, or None; the text, if any, is to be said once."""
    path = last_document_path()
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        return documents.from_bytes(path.read_bytes(), "Your last picture"), ""
    except FileNotFoundError:
        return None, ""
    except NewerFormatError as error:
        return None, f"{error} {_moved(path)}".strip()
    except (OSError, ValueError):
        moved = _moved(path)
    if not moved:
        return None, ""
    return None, f"Your last picture was damaged on the disk; {moved[:1].lower()}{moved[1:]}"


def _moved(path: Path) -> str:
    """Move a document out of the way of the next one, and say where it is."""
    try:
        return f"It was moved to {files.set_aside(path).name}."
    except (OSError, LatentStudioError):
        return ""
