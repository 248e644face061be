"""Timers of the panels: what is asked for often is done once, a little later."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def timer(parent: QObject, milliseconds: int, run: Callable[[], object]) -> QTimer:
    """A timer that calls `run` once, a while after it was last started."""
    made = QTimer(parent, singleShot=True, interval=milliseconds)
    made.timeout.connect(run)
    return made
