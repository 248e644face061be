"""Ends the window as its own close does when the system asks: signals, logging out, shutting down.

Python hears a signal only when its own code runs next, and Qt's loop may rest for long; so the
signal's number is written to a socket that Qt watches.
"""

import contextlib
import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtGui import QGuiApplication

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl+C, a polite kill, a terminal that is closed; the last on Windows."""


class Shutdown(QObject):
    """Reacts to the system's request to end.

    Args:
        app: The application.
        keep: Writes the work at once.
        close: Closes the window.
    """

    def __init__(
        self, app: QGuiApplication, keep: Callable[[], object], close: Callable[[], object]
    ) -> None:
        super().__init__(app)
        self._keep, self._close = keep, close
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._heard)
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, _noted)
            for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name))
            if signal.getsignal(number) is not signal.SIG_IGN  # as nohup wishes
        }
        # A session that ends asks this of every program, on Windows, macOS and X11; after the
        # answer it may be ended at any moment.
        app.commitDataRequest.connect(self._session_ends)

    def stop(self) -> None:
        """Leave signals as they were: nobody watches the socket any more."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)

    @Slot()
    def _heard(self) -> None:
        with contextlib.suppress(OSError):
            self._ours.recv(64)
        self._keep()
        self._close()

    @Slot(object)
    def _session_ends(self, _: object) -> None:
        self._keep()


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The socket has it by now."""
