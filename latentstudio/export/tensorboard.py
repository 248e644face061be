"""Losses of a run as a log that TensorBoard shows; needs the optional package tensorboardX."""

import contextlib
import importlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_error
from latentstudio.core.packages import missing_package
from latentstudio.core.progress import Job, Step, changed
from latentstudio.document.findings import Findings

T = TypeVar("T")
PACKAGE = "tensorboardX"


def logged(job: Job[T], folder: Path, report: Callable[[str], None]) -> Job[T]:
    """Run a learning job and log what it says of every step.

    Args:
        job: Steps with `Findings` as preview are logged.
        folder: Gets one more file; made if it isn't there.
        report: Told once where the log can't go on; the run does.

    Raises:
        OptionError: The package that writes such logs is not installed; see `need_writer`.
    """
    log: Log | None = None
    failed = False

    def keep(step: Step) -> Step:
        nonlocal log, failed
        found = step.preview
        if failed or not isinstance(found, Findings):
            return step
        try:
            log = log or Log(folder, found.step)
            log.add(found.step, found.losses)
        except OSError as error:
            failed = True
            report(f"The log stops here. {write_error(folder, error)}")
        return step

    try:
        return (yield from changed(job, keep))
    finally:
        if log is not None:
            log.close()


class Log:
    """One file of events, written at once: a run that is killed has logged its last step.

    Args:
        folder: Where it goes.
        first: Its first step; what older files of the folder say of it and of later ones is
            void, so that a run that goes on from its last save draws one line.

    Raises:
        OSError: The folder can't be made or written to.
        OptionError: See `need_writer`.
    """

    def __init__(self, folder: Path, first: int) -> None:
        files = need_writer("event_file_writer")
        self._events = need_writer("proto.event_pb2")
        self._summary = need_writer("summary")
        folder.mkdir(parents=True, exist_ok=True)
        # Not the package's SummaryWriter: that writes on a thread of its own, where a full disk
        # is nobody's error.
        self._file = files.EventsWriter(str(folder / "events"), f".{first}.latentstudio")
        start = self._events.SessionLog(status=self._events.SessionLog.START)
        self._write(step=first, session_log=start)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Log numbers by name."""
        for name, value in values.items():
            self._write(step=step, summary=self._summary.scalar(name, value))

    def close(self) -> None:
        """Finish the file."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _write(self, **content: object) -> None:
        self._file.write_event(self._events.Event(wall_time=time.time(), **content))
        self._file.flush()


def need_writer(module: str = "event_file_writer") -> ModuleType:
    """A module of the package that writes the logs, imported when a log is asked for.

    Raises:
        OptionError: It is not installed; says by which command it is.
    """
    try:
        return importlib.import_module(f"{PACKAGE}.{module}")
    except ImportError as error:
        raise OptionError(missing_package("Logs for TensorBoard need", PACKAGE)) from error
