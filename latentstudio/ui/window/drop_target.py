"""Takes a model file, or a picture, that is dropped anywhere on the window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.photo.panel import is_picture
from latentstudio.ui.widgets.words import tr


@dataclass(frozen=True, slots=True)
class DropActions:
    """What is done with a file that was dropped.

    Attributes:
        say: Puts words above the canvas; empty ones take them away.
        picture_opener: Tells what opens a picture as one's own; None while no model is open.
        open_any: Opens a model, or brings directions to the one that is open.
    """

    say: Callable[[str], object]
    picture_opener: Callable[[], Callable[[str], object] | None]
    open_any: Callable[[str], object]


class DropTarget(QObject):
    """Tints the canvas and names the file while it hangs over the window."""

    def __init__(self, window: QWidget, canvas: Canvas, actions: DropActions) -> None:
        super().__init__(window)
        self._canvas, self._actions = canvas, actions
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if event.type() == QEvent.Type.DragLeave:
            self._end()
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._end()
            return self._take(event)
        return False

    def _enter(self, event: QDragEnterEvent) -> bool:
        path = dropped_file(event.mimeData())
        if not path:
            return False
        event.acceptProposedAction()
        self._canvas.empty.set_dragging(Path(path).name)
        self._canvas.empty.show()
        self._actions.say(tr("Drop a file anywhere in this window"))
        return True

    def _take(self, event: QDropEvent) -> bool:
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            opener = self._actions.picture_opener() if is_picture(path) else None
            (opener or self._actions.open_any)(path)
        return bool(path)

    def _end(self) -> None:
        canvas = self._canvas
        canvas.empty.set_dragging("")
        starting = not canvas.starting.isHidden()
        waits = canvas.pixels is None and not starting
        canvas.empty.setVisible(waits)
        words = tr("Starting") if starting else tr("Open a model to begin") if waits else ""
        self._actions.say(words)


def dropped_file(data: QMimeData) -> str:
    """The one local file that is dragged, or empty."""
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 and files[0] else ""
