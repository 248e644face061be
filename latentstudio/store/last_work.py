"""The document as it was when the program was last used, so that a start goes on from there.

Each window writes files of its own: the first has ``last.json``, a second one on the same home
``last-2.json``, under a lock that the system lets go of when its process ends.
"""

import contextlib
import hashlib
from pathlib import Path

from latentstudio.core import files, locks, paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError
from latentstudio.document.history import Entry, Steps
from latentstudio.document.state import Document
from latentstudio.exchange import documents
from latentstudio.export.images import save_pixels
from latentstudio.render.messages import Pixels
from latentstudio.store import kept_steps, newest
from latentstudio.store.assets import DiskAssets
from latentstudio.store.attachments import NOTHING, Attachments, keep_attachments, move_attachments
from latentstudio.store.marks import keep_marks

_LARGEST = 20_000_000


_MOST_WINDOWS = 100
_taken: dict[Path, tuple[str, locks.Lock | None]] = {}
"""For each home, the ending of this process's files, and its lock."""


def take_place() -> None:
    """Choose files that no other window writes to, and keep others out while we live.

    Where several are free, those that were written last: the work goes on from there.
    """
    leave_place()
    home = paths.data_dir()
    kept = [*home.glob("last*.json"), *home.glob(f"last*{newest.ENDING}")]
    names = sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)
    endings = [path.stem.removeprefix("last") for path in names]
    endings += [f"-{number}" if number > 1 else "" for number in range(1, _MOST_WINDOWS)]
    for ending in dict.fromkeys(endings):
        lock = locks.take(home / f"last{ending}.lock")
        if lock is not None:
            _taken[home] = ending, lock
            return


def leave_place() -> None:
    """Let others write to the files of `take_place`."""
    _, lock = _taken.pop(paths.data_dir(), ("", None))
    if lock is not None:
        lock.release()


def last_document_path() -> Path:
    """Where the document is kept."""
    return _place("json")


def last_picture_path() -> Path:
    """Where its picture is kept, shown before the engine has started."""
    return _place("png")


def _place(kind: str) -> Path:
    home = paths.data_dir()
    return home / f"last{_taken.get(home, ('', None))[0]}.{kind}"


def keep_last(
    doc: Document,
    pixels: Pixels | None,
    assets: DiskAssets | None = None,
    attachments: Attachments = NOTHING,
) -> None:
    """Keep the document and its picture, which may be None where none was made yet.

    Pixels are (height, width, 3), 8 bits.

    So a document on the disk has all that it names. What it says about the model's directions
    is kept for that model too.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    keep_at(last_document_path(), doc, pixels, assets, attachments)
    keep_marks(doc)


def keep_at(
    path: Path,
    doc: Document,
    pixels: Pixels | None,
    assets: DiskAssets | None = None,
    attachments: Attachments = NOTHING,
) -> None:
    """Keep the document in a file, its picture beside it, and what it names before it.

    Pixels are (height, width, 3), 8 bits.

    Raises as `keep_last`.
    """
    keep_attachments(path, doc, attachments, assets)
    files.write_bytes(path, documents.to_bytes(doc))
    if pixels is not None:
        save_pixels(pixels, path.with_suffix(".png"))


def keep_apart(
    doc: Document, assets: DiskAssets | None = None, attachments: Attachments = NOTHING
) -> None:
    """Keep a document until its model is opened again: see `take_apart`.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if not doc.fingerprint:
        return
    path = _apart(doc.fingerprint)
    keep_attachments(path, doc, attachments, assets)
    files.write_bytes(path, documents.to_bytes(doc))


def put_apart(doc: Document) -> None:
    """Keep the last document apart, with all that is beside it; raises as `keep_apart`."""
    if doc.fingerprint:
        steps = load_steps(doc)
        keep_apart(doc)
        move_attachments(last_document_path(), _apart(doc.fingerprint))
        keep_apart(doc, attachments=Attachments(steps=steps))


def take_apart(fingerprint: str) -> Steps | None:
    """The document that was kept apart for a model, with its steps, once; None without one."""
    path = _apart(fingerprint)
    if not path.is_file():
        return None
    doc, _ = load_last(path)
    if doc is None or doc.fingerprint != fingerprint:
        return None
    steps = kept_steps.load(path, doc)
    with contextlib.suppress(OSError, LatentStudioError):
        newest.forget(last_document_path())
        move_attachments(path, last_document_path())
        files.write_bytes(last_document_path(), documents.to_bytes(doc))
        path.unlink(missing_ok=True)
    return steps


def _apart(fingerprint: str) -> Path:
    key = hashlib.sha256(fingerprint.encode()).hexdigest()[:32]
    return paths.data_dir() / "apart" / f"{key}.json"


def load_last(path: Path | None = None) -> tuple[Document | None, str]:
    """The document kept last, or None; the text, if any, is to be said once.

    Args:
        path: Another file that `keep_at` wrote.
    """
    path = path or last_document_path()
    newer = newest.read(path)
    if newer is not None:
        return newer.document, ""
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        return documents.from_bytes(files.read_file(path), "Your last picture"), ""
    except FileNotFoundError:
        return None, ""
    except NewerFormatError as error:
        return None, f"{error} {_moved(path)}".strip()
    except (OSError, ValueError):
        moved = _moved(path)
    if not moved:
        return None, ""
    return None, f"Your last picture was damaged on the disk; {moved[:1].lower()}{moved[1:]}"


def load_steps(doc: Document, path: Path | None = None) -> Steps:
    """The steps that led to a document of `load_last`; none where they were not kept."""
    path = path or last_document_path()
    steps, newer = kept_steps.load(path, doc), newest.read(path)
    if steps.done or steps.undone or newer is None or newer.document != doc:
        return steps
    return _joined(doc, newer.label, path)


def _joined(doc: Document, label: str, path: Path) -> Steps:
    """Steps to the document that was written to the disk last, and one from there on."""
    before = _read(path)
    if before is None or before == doc or before.fingerprint != doc.fingerprint:
        return Steps(doc)
    done = kept_steps.load(path, before).done
    return Steps(doc, (*done, Entry(label, None, before)))


def kept_at(path: Path | None = None) -> float | None:
    """When a document was kept last, in seconds since 1970; None without one."""
    path = path or last_document_path()
    times = []
    for place in (path, path.with_suffix(newest.ENDING)):
        with contextlib.suppress(OSError):
            times.append(place.stat().st_mtime)
    return max(times, default=None)


def _moved(path: Path) -> str:
    """Move a document out of the way of the next one, and say where it is."""
    aside = files.put_aside(path)
    return "" if aside is None else f"It was moved to {aside.name}."


def kept_documents() -> list[Document]:
    """Every document of this home, of all windows and those kept apart, with its earlier states."""
    home = paths.data_dir()
    places = [*home.glob("last*.json"), *(home / "apart").glob("*.json")]
    found = []
    for path in places:
        doc = _read(path)
        if doc is not None:
            found += list(kept_steps.load(path, doc).states())
    return found


def _read(path: Path) -> Document | None:
    """The document in a file, which stays where it is whatever is in it."""
    with contextlib.suppress(OSError, ValueError, NewerFormatError):
        if path.stat().st_size <= _LARGEST:
            return documents.from_bytes(files.read_file(path), path.name)
    return None
