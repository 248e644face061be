"""Takes files that are dragged from other programs and dropped anywhere on the window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QWindow
from PySide6.QtWidgets import QWidget

from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.widgets.words import tr

TAKES_FILES = "takesFiles"
"""Property of widgets over which files are not the window's."""


@dataclass(frozen=True, slots=True)
class DropActions:
    """What is done with files that are dropped.

    Attributes:
        say: Puts words above the canvas; empty ones take them away.
        open_files: Opens them, whatever they are.
    """

    say: Callable[[str], object]
    open_files: Callable[[Sequence[str]], object]


class DropTarget(QObject):
    """Tints the canvas and names the files while they hang over the window.

    It listens to the system's window, before Qt looks for a widget under the pointer: views and
    text fields accept drags of their own, and would keep files from everything around them. What
    brings no files, such as text for a field, goes on to the widgets.
    """

    def __init__(self, window: QWidget, canvas: Canvas, actions: DropActions) -> None:
        super().__init__(window)
        self._window, self._canvas, self._actions = window, canvas, actions
        self._system_window: QWindow | None = None
        self._hanging = False
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._listen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() in (QEvent.Type.Show, QEvent.Type.WinIdChange):
                self._listen()
            return False
        if isinstance(event, QDropEvent):  # entering and moving, too
            files = dropped_files(event.mimeData())
            if not files or self._is_for_a_part(event):
                return False
            return self._take(event, files)
        if event.type() == QEvent.Type.DragLeave and self._hanging:
            self._end()
            return True
        return False

    def _listen(self) -> None:
        """The system's window is made when the window is first shown."""
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._system_window:
            self._system_window = handle
            handle.installEventFilter(self)

    def _is_for_a_part(self, event: QDropEvent) -> bool:
        """Over a part that takes files itself, such as the library of presets."""
        part = self._window.childAt(event.position().toPoint())
        while part is not None and not part.property(TAKES_FILES):
            part = part.parentWidget()
        if part is not None and self._hanging:
            self._end()
        return part is not None

    def _take(self, event: QDropEvent, files: Sequence[str]) -> bool:
        # Other programs may propose to move: then they would delete the file that was opened.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.DragEnter:
            self._begin(files)
        elif not isinstance(event, QDragMoveEvent):
            self._end()
            self._actions.open_files(files)
        return True

    def _begin(self, files: Sequence[str]) -> None:
        self._hanging = True
        self._canvas.empty.set_dragging([Path(file).name for file in files])
        self._canvas.empty.show()
        self._actions.say(tr("Drop files anywhere in this window"))

    def _end(self) -> None:
        self._hanging = False
        canvas = self._canvas
        canvas.empty.set_dragging(())
        starting = not canvas.starting.isHidden()
        waits = canvas.pixels is None and not starting
        canvas.empty.setVisible(waits)
        words = tr("Starting") if starting else tr("Open a model to begin") if waits else ""
        self._actions.say(words)


def dropped_files(data: QMimeData) -> list[str]:
    """The local files and folders that are dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile() and url.toLocalFile()]
