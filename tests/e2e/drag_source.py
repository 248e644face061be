"""Another program from which files are dragged: real drag events of the window system.

    python -m tests.e2e.drag_source X Y FILE…

Takes the files with its own mouse, moves them in steps to that place of the screen, holds them
there until a line comes on its standard input, lets go, prints what the other side made of it, and
stays until it is ended.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

STEPS = 6
STEP_MS = 30
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Mover:
    """Moves the files and lets them go; the drag takes the mouse from the program's own events.

    Before that it says so, by `there`.
    """

    def __init__(self, window, end, there):
        self._window, self._end, self._step, self._there = window, end, 0, there
        self._timer = QTimer(interval=STEP_MS)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def _go_on(self):
        self._step += 1
        start = self._window.geometry().center()
        share = min(1.0, self._step / STEPS)
        self._at = start + QPoint(*(round(v * share) for v in (self._end - start).toTuple()))
        if self._step <= STEPS + 1:  # the last twice: the target answers to a place, then to rest
            self._send(QEvent.Type.MouseMove, NONE, LEFT)
        else:
            self._timer.stop()
            self._there()
            self._send(QEvent.Type.MouseButtonRelease, LEFT, NONE)

    def _send(self, kind, button, buttons):
        place = QPointF(self._at)
        local = QPointF(self._window.mapFromGlobal(self._at))
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, local, place, button, buttons, keys)
        QApplication.sendEvent(self._window, event)


def tell(word):
    """A line to whoever started this program."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def wait_for_a_line():
    """Tell that the files hang there, and keep them until whoever started this program says so."""
    tell("there")
    sys.stdin.readline()


def main(x, y, files):
    app = QApplication(["drag-source"])
    widget = QWidget()
    widget.setGeometry(0, 0, 20, 20)
    widget.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(Path(file).absolute())) for file in files])

    def begin():
        drag = QDrag(widget)
        drag.setMimeData(data)
        hand = Mover(widget.windowHandle(), QPoint(x, y), wait_for_a_line)
        tell(drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction).name)
        del hand  # but the program stays: the other side asks for the data when it has the drop

    QTimer.singleShot(100, begin)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
