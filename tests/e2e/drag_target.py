"""Another program that keeps files which are dropped on it, as a file manager's folder does.

    python -m tests.e2e.drag_target FOLDER

Its window lies in the screen's upper left corner, above others. It copies what is dropped into
FOLDER, and says "kept".
"""

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests.e2e.drag_source import tell

SIDE = 80


class Folder(QWidget):
    """Takes files."""

    def __init__(self, folder):
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint)
        self._folder = folder
        self.setAcceptDrops(True)
        self.setGeometry(0, 0, SIDE, SIDE)

    def dragEnterEvent(self, event):
        event.setAccepted(event.mimeData().hasUrls())

    def dropEvent(self, event):
        self._folder.mkdir(exist_ok=True)
        for url in event.mimeData().urls():
            shutil.copy(url.toLocalFile(), self._folder)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        QTimer.singleShot(0, lambda: tell("kept"))


def main(folder):
    app = QApplication(["drag-target"])
    widget = Folder(Path(folder))
    widget.show()
    widget.raise_()
    QTimer.singleShot(200, lambda: tell("ready"))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
