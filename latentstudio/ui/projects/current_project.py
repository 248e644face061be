"""Which file the work belongs to, and whether it has changed since it was saved there."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentstudio.core.locks import Lock
from latentstudio.document.history import History
from latentstudio.document.start import Latent
from latentstudio.document.state import Document
from latentstudio.store import project_notes
from latentstudio.store.project_notes import Note


@dataclass(slots=True)
class _File:
    """A project file that is open.

    Attributes:
        note: Where it is, and what it was like.
        saved: The document that is in it; None where that is not known.
        lock: Keeps other windows from it.
    """

    note: Note
    saved: Document | None
    lock: Lock | None


class CurrentProject(QObject):
    """Follows the document: the work with each model has a file of its own, or none.

    Args:
        history: The document.
        parent: The window.
    """

    changed = Signal()
    """The file, or whether there are changes."""

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self._files: dict[str, _File] = {}
        self._told: tuple[object, ...] = ()
        for fingerprint, note in project_notes.kept_notes().items():
            self._files[fingerprint] = _File(note, None, None)
        self._recognise(history.document)
        stop = history.changed.connect(self._on_document)
        self.destroyed.connect(lambda: stop())

    @property
    def path(self) -> Path | None:
        """The file of the work that is shown, None while it has none."""
        found = self._now()
        return Path(found.note.path) if found else None

    @property
    def modified(self) -> bool:
        """Whether there are changes that are in no project file."""
        found, doc = self._now(), self._history.document
        return worth_keeping(doc) if found is None else doc != found.saved

    @property
    def changed_on_disk(self) -> bool:
        """Whether another program has written the file since it was opened or saved."""
        found = self._now()
        if found is None:
            return False
        now = project_notes.stamp(Path(found.note.path))
        return now != (found.note.modified, found.note.bytes) and now != (0, 0)

    def take(self, path: Path) -> bool:
        """Whether a file is this window's; False where another window has it open."""
        if path == self.path or self._holds(path):
            return True
        lock = project_notes.take_file(path)
        if lock is None:
            return False
        lock.release()
        return True

    def _holds(self, path: Path) -> bool:
        """Whether it is the file of this window's work with another model."""
        held = [Path(one.note.path) for one in self._files.values() if one.lock is not None]
        return any(mine.resolve() == path.resolve() for mine in held)

    def set(self, path: Path, saved: Document) -> None:
        """The document is in a file now: it was saved there, or read from it."""
        self._release()
        note = project_notes.note(path, saved)
        self._files.pop(saved.fingerprint, None)  # to be the newest
        self._files[saved.fingerprint] = _File(note, saved, project_notes.take_file(path))
        self._keep()

    def leave(self) -> None:
        """The document belongs to no file any more."""
        self._release()
        self._files.pop(self._history.document.fingerprint, None)
        self._keep()

    def close(self) -> None:
        """The window closes: others may open its files."""
        self._release()

    def _keep(self) -> None:
        project_notes.keep_notes({key: one.note for key, one in self._files.items()})
        self._tell()

    def _now(self) -> _File | None:
        return self._files.get(self._history.document.fingerprint)

    def _release(self) -> None:
        for one in self._files.values():
            if one.lock is not None:
                one.lock.release()
                one.lock = None

    def _on_document(self, doc: Document) -> None:
        self._recognise(doc)
        self._tell()

    def _recognise(self, doc: Document) -> None:
        """After a start, or with another model: is the document as it was saved?"""
        found = self._files.get(doc.fingerprint)
        if found is None or found.lock is not None:
            return
        self._release()
        found.lock = project_notes.take_file(Path(found.note.path))
        if found.lock is None:  # another window has opened it since
            del self._files[doc.fingerprint]
        elif found.saved is None and project_notes.digest(doc) == found.note.document:
            found.saved = doc

    def _tell(self) -> None:
        told = (self.path, self.modified)
        if told != self._told:
            self._told = told
            self.changed.emit()


def worth_keeping(doc: Document) -> bool:
    """Whether somebody has worked on a document that is in no file."""
    made = isinstance(doc.picture.start, Latent) or doc.picture.edits
    return bool(made or doc.snapshots or doc.regions)
