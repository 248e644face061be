"""Takes a model file, or a picture, that is dropped anywhere on the window."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from latentstudio.ui.photo.panel import is_picture
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.ui.window.main_window import MainWindow


class DropTarget(QObject):
    """Tints the canvas and names the file while it hangs over the window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
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
        canvas = self._window.canvas
        canvas.empty.set_dragging(Path(path).name)
        canvas.empty.show()
        self._window.options.say(tr("Drop a file anywhere in this window"))
        return True

    def _take(self, event: QDropEvent) -> bool:
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            if is_picture(path) and self._window.model is not None:
                self._window.photo.open(path)
            else:
                self._window.opening.open_any(path)
        return bool(path)

    def _end(self) -> None:
        canvas = self._window.canvas
        canvas.empty.set_dragging("")
        starting = not canvas.starting.isHidden()
        waits = canvas.pixels is None and not starting
        canvas.empty.setVisible(waits)
        words = tr("Starting") if starting else tr("Open a model to begin") if waits else ""
        self._window.options.say(words)


def dropped_file(data: QMimeData) -> str:
    """The one local file that is dragged, or empty."""
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 and files[0] else ""
