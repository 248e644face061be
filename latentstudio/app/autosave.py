"""Autosave: writes the document where the next start finds it, soon after a change.

The document itself is written at each change (`store.newest`), and all of it, so that it outlives
the computer's end too, on a thread of its own, since the engine's may be busy for long, or hang in
a plugin.
"""

import itertools
import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job
from latentstudio.document.state import Document
from latentstudio.render.messages import Pixels
from latentstudio.store.assets import DiskAssets
from latentstudio.store.attachments import Attachments, names_used
from latentstudio.store.last_work import keep_last
from latentstudio.store.newest import Newest
from latentstudio.workers.job_list import sentence_of
from latentstudio.workers.job_thread import JobThread

log = logging.getLogger(__name__)

QUIET_MS = 1000
"""After the last change."""
LONGEST_MS = 1200
"""After the first change that is not kept, on a busy computer too; without the picture, which
takes longer to write and can be made again."""
AGAIN_MS = 5000
"""Between two tries where it can't be written."""

Work = tuple[Document, Pixels | None, Attachments]
Write = Callable[[Document, Pixels | None, DiskAssets | None, Attachments], None]


class Autosave(QObject):
    """Saves the newest document; says once when that fails, and when it works again.

    Args:
        work: Gives the document now and its newest picture; None where nothing is to be kept.
        assets: Masks and latents that a document may name.
        write: Puts them on the disk; raises a `LatentStudioError` where it can't.
        newest: Where each change is written at once; None for nowhere.
    """

    failed = Signal(str)
    """Why the work isn't being kept: one sentence, once until it works again."""
    mended = Signal()

    def __init__(
        self,
        work: Callable[[], Work | None],
        assets: DiskAssets | None = None,
        write: Write = keep_last,
        newest: Newest | None = None,
    ) -> None:
        super().__init__()
        self._work, self._assets, self._write, self._newest = work, assets, write, newest
        self._noted: Document | None = None
        self._names: frozenset[str] = frozenset()  # what stands beside the document on the disk
        if (now := work()) is not None:
            self._names = names_used([now[0]])
        self._thread = JobThread("keeping", parent=self)
        self._thread.finished.connect(self._kept)
        self._thread.failed.connect(self._not_kept)
        self._busy = self._changed = self._in_trouble = False
        self._numbers = itertools.count(1)
        self._written = 0
        self._lock = threading.Lock()
        self._quiet = self._timer(QUIET_MS, self.keep)
        self._longest = self._timer(LONGEST_MS, self.keep_document)
        self._again = self._timer(AGAIN_MS, self.keep)

    def set_pace(self, seconds: float) -> None:
        """Choose how long after a change the work is written, 1 to 4 seconds."""
        self._quiet.setInterval(round(seconds * QUIET_MS))
        self._longest.setInterval(round(seconds * LONGEST_MS))

    @property
    def in_trouble(self) -> bool:
        """Whether the work isn't being kept."""
        return self._in_trouble

    @Slot()
    def touch(self) -> None:
        """Something has changed."""
        self._quiet.start()
        if not self._note():
            self.keep_document()  # what it names goes to the disk before it
        elif not self._longest.isActive():
            self._longest.start()

    @Slot()
    def keep(self) -> None:
        """Write the newest work now, on the thread; what changes meanwhile is written after it."""
        self._quiet.stop()
        self._submit(with_picture=True)

    @Slot()
    def keep_document(self) -> None:
        """The same without the picture: there is no end of changes yet."""
        self._submit(with_picture=False)

    def _note(self) -> bool:
        """Write the document at once, unless it names what is not on the disk yet."""
        work = self._work()
        if self._newest is None or work is None or work[0] is self._noted:
            return True
        doc, _, attachments = work
        self._noted, steps = doc, attachments.steps
        if names_used([doc]) <= self._names:
            self._newest.write(doc, steps.done[-1].label if steps and steps.done else "")
            return True
        self._newest.empty()
        return False

    def _submit(self, with_picture: bool) -> None:
        self._longest.stop()
        if self._busy:
            self._changed = True
            return
        work = self._work()
        if work is not None:
            doc, pixels, attachments = work
            self._busy, self._changed = True, False
            work = doc, pixels if with_picture else None, attachments
            self._thread.submit(self._writing(next(self._numbers), work))

    def keep_now(self) -> None:
        """Write the newest work and wait for it: the program is about to end."""
        for timer in (self._quiet, self._longest, self._again):
            timer.stop()
        work = self._work()
        if work is None:
            return
        try:
            self._write_in_order(next(self._numbers), work)
        except LatentStudioError as error:
            log.warning("the work was not kept: %s", error)
            return
        if self._newest is not None:
            self._newest.remove()

    def close(self) -> bool:
        """End the thread; see `JobThread.close`."""
        if self._newest is not None:
            self._newest.close()
        return self._thread.close()

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _writing(self, number: int, work: Work) -> Job[None]:
        self._write_in_order(number, work)
        return
        yield

    def _write_in_order(self, number: int, work: Work) -> None:
        """Older work never takes the place of newer: both threads may be writing."""
        with self._lock:
            if number > self._written:
                doc, pixels, attachments = work
                self._write(doc, pixels, self._assets, attachments)
                self._written = number
                self._names = names_used(attachments.states(doc))

    @Slot(int, object)
    def _kept(self, _ticket: int, _: object) -> None:
        self._busy = False
        self._again.stop()
        if self._in_trouble:
            self._in_trouble = False
            self.mended.emit()
        if self._changed:
            self._submit(with_picture=not self._quiet.isActive())

    @Slot(int, object)
    def _not_kept(self, _ticket: int, error: Exception) -> None:
        self._busy = False
        log.warning("the work was not kept: %s", error)
        self._again.start()
        if not self._in_trouble:
            self._in_trouble = True
            self.failed.emit(sentence_of(error))
