"""Another program from which files are dragged: real drag events of the window system.

    python -m tests.e2e.drag_source X Y FILE…

Takes the files with its own mouse, moves them in steps to that place of the screen, holds them
there until a line comes on its standard input, lets go, prints what the other side made of it, and
stays until it is ended.
"""

import select
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

STEPS = 6
RESTING = 40
STEP_MS = 30
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Mover:
    """Moves the files and lets them go; the drag takes the mouse from the program's own events.

    It rests at the end, as a hand does: the other side has to answer before anything is let go.
    After some steps it says so, by `there`; `RESTING` steps after `may_let_go` first holds, it
    lets go.
    """

    def __init__(self, window, end, there, may_let_go):
        self._window, self._end, self._step = window, end, 0
        self._there, self._may_let_go, self._rested = there, may_let_go, 0
        self._timer = QTimer(interval=STEP_MS)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def _go_on(self):
        self._step += 1
        start = self._window.geometry().center()
        share = min(1.0, self._step / STEPS)
        self._at = start + QPoint(*(round(v * share) for v in (self._end - start).toTuple()))
        if self._rested > RESTING:
            self._timer.stop()
            self._send(QEvent.Type.MouseButtonRelease, LEFT, NONE)
            return
        self._at += QPoint(self._step % 2, 0)  # who doesn't move is asked nothing
        self._send(QEvent.Type.MouseMove, NONE, LEFT)
        if self._step == STEPS + 2:
            self._there()
        if self._step > STEPS + 2 and (self._rested or self._may_let_go()):
            self._rested += 1

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


def a_line_came():
    """Whether whoever started this program says that the files may go."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


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
        place = QPoint(x, y)
        hand = Mover(widget.windowHandle(), place, lambda: tell("there"), a_line_came)
        tell(drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction).name)
        del hand  # but the program stays: the other side asks for the data when it has the drop

    QTimer.singleShot(100, begin)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
