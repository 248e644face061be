"""The library of presets: listed, saved, renamed, thrown away, exported."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentstudio.core.progress import Job, Step
from latentstudio.document.state import Document
from latentstudio.exchange.presets import read_preset
from latentstudio.session.preset_export import Form, export
from latentstudio.session.preset_messages import Draft
from latentstudio.store import preset_library, preset_stars
from latentstudio.store.preset_inside import look_inside
from latentstudio.store.preset_library import PresetLibrary, Trashed
from latentstudio.workers.engine import QUICK, Engine
from latentstudio.workers.job_list import sentence_of
from latentstudio.workers.job_thread import JobThread

Done = Callable[[Any], object]


class PresetClient(QObject):
    """Reads and writes on a thread of its own: a shared folder may take its time to answer.

    Every change lists the library anew.

    Args:
        engine: Saves what needs the open model.
        parent: The client that this is part of.
    """

    listed = Signal(object)  # Listing
    saved = Signal(str, str)  # path, name
    inside = Signal(object)  # Inside
    thrown_away = Signal(object)  # Trashed
    exported = Signal(str, str)  # folder, sentence of what was left out, or empty

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._library = PresetLibrary()
        self._folders: tuple[Path, ...] = ()
        self._thread: JobThread | None = None
        self._done: dict[int, Done] = {}
        self._quiet: set[int] = set()
        self._listing = self._looking = 0

    @property
    def home(self) -> Path:
        """Where the user's own presets are."""
        return preset_library.home()

    @property
    def threads(self) -> tuple[JobThread, ...]:
        """Those that were needed."""
        return (self._thread,) if self._thread is not None else ()

    def watch(self, folders: Sequence[str]) -> None:
        """List these folders, too, from now on."""
        self._folders = tuple(Path(folder) for folder in folders)
        self.refresh()

    def refresh(self) -> None:
        """List the library; a newer question replaces the one before."""
        self._cancel(self._listing)
        self._listing = self._run(self._library.scan(self._folders), self.listed.emit)

    def look_into(self, path: Path) -> None:
        """Read what only a preset's numbers say; `inside` follows, unless it can't be read.

        A newer question replaces the one before.
        """
        self._cancel(self._looking)
        self._looking = self._run(look_inside(path), self.inside.emit, quiet=True)

    def save(self, doc: Document, draft: Draft, folder: str = "") -> None:
        """Save directions and the look of a document; `saved` follows.

        Args:
            doc: The document.
            draft: What of it.
            folder: A watched folder; the user's own where it is empty.
        """
        place = Path(folder) if folder else self.home

        def done(path: Any) -> None:
            self.refresh()
            self.saved.emit(str(path), draft.name)

        job = self._engine.later(lambda s: s.directions.save(doc, draft, place))
        self._engine.run(f"Saving {draft.name}", job, done, lane=QUICK)

    def add(self, path: str) -> None:
        """Copy a preset into the user's own."""
        self._change(lambda: preset_library.add_copy(Path(path), self.home))

    def rename(self, path: Path, name: str) -> None:
        """Call a preset something else."""
        self._change(lambda: preset_library.rename(path, name))

    def star(self, path: Path, on: bool) -> None:
        """Star a preset, or take the star off."""
        self._change(lambda: preset_stars.star(path, on))

    def throw_away(self, path: Path) -> None:
        """Move a preset to the trash; `thrown_away` follows."""
        self._change(lambda: preset_library.throw_away(path), self.thrown_away.emit)

    def bring_back(self, thrown: Trashed) -> None:
        """Put a preset back where it was."""
        self._change(lambda: preset_library.bring_back(thrown))

    def share(self, path: Path, folder: str) -> None:
        """Copy a preset into any folder; `exported` follows."""
        job = _one_step(lambda: preset_library.add_copy(path, Path(folder)))
        self._run(job, lambda to: self.exported.emit(str(to), ""))

    def export(self, path: Path, form: Form, folder: str) -> None:
        """Write a preset's directions for other programs; `exported` follows."""
        told: list[str] = []

        def job() -> Job[Any]:
            return (yield from export(read_preset(path), form, Path(folder), told.append))

        self._run(job(), lambda _: self.exported.emit(folder, " ".join(told)))

    def _change(self, do: Callable[[], object], done: Done = lambda _: None) -> None:
        def ended(result: object) -> None:
            self.refresh()
            done(result)

        self._run(_one_step(do), ended)

    def _run(self, job: Job[Any], done: Done, *, quiet: bool = False) -> int:
        if self._thread is None:
            self._thread = JobThread("presets", parent=self)
            self._thread.finished.connect(lambda t, result: self._done.pop(t)(result))
            self._thread.failed.connect(self._failed)
            self._thread.cancelled.connect(lambda t: self._done.pop(t, None))
        ticket = self._thread.submit(job)
        self._done[ticket] = done
        if quiet:
            self._quiet.add(ticket)
        return ticket

    def _cancel(self, ticket: int) -> None:
        if self._thread is not None and ticket in self._done:
            self._thread.cancel(ticket)

    def _failed(self, ticket: int, error: Exception) -> None:
        self._done.pop(ticket, None)
        if ticket in self._quiet:
            return  # the card says what is wrong with a file
        self._engine.notice.emit("error", sentence_of(error))


def _one_step(do: Callable[[], object]) -> Job[object]:
    yield Step(0.0)
    return do()
