"""Files dragged between the window and another program: real drag events of the window system."""

import contextlib
import sys

from PySide6.QtCore import QPoint, QProcess

from tests.e2e.drag_source import Mover
from tests.e2e.hands import rest, wait


@contextlib.contextmanager
def carried_in(widget, files, arrived):
    """Hold files over the middle of a widget while the body runs, then let them go.

    The other program lives until `arrived` holds: its files are asked for after the drop.
    """
    place = widget.mapToGlobal(widget.rect().center())
    other = QProcess()
    other.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
    arguments = ["-m", "tests.e2e.drag_source", str(place.x()), str(place.y()), *map(str, files)]
    other.start(sys.executable, arguments)
    told = []

    def heard(word):
        told.extend(bytes(other.readAllStandardOutput().data()).decode().split())
        return word in told

    wait(lambda: heard("there"), "the files over the window", 40)
    rest(300)
    yield told
    other.write(b"\n")
    wait(lambda: heard("CopyAction") or len(told) > 1, "the drop", 30)
    assert told == ["there", "CopyAction"], told
    wait(arrived, "what was dropped")
    other.kill()
    other.waitForFinished()


class End:
    """Where the files go; `begin` moves the hand there once the drag is under way."""

    def __init__(self, window, place):
        self._window, self._place, self._hand = window, place, None

    def begin(self):
        """Move while the drag holds the event loop, and let go there."""
        self._hand = Mover(self._window.windowHandle(), self._place, lambda: None, lambda: True)


@contextlib.contextmanager
def carried_out(window, folder):
    """Another program that keeps files: the body drags them to it, and they are in the folder."""
    other = QProcess()
    other.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
    other.start(sys.executable, ["-m", "tests.e2e.drag_target", str(folder)])
    told = []

    def heard(word):
        told.extend(bytes(other.readAllStandardOutput().data()).decode().split())
        return word in told

    wait(lambda: heard("ready"), "the other program", 20)
    yield End(window, QPoint(40, 40))
    wait(lambda: heard("kept"), "the file in the other program", 20)
    other.kill()
    other.waitForFinished()
