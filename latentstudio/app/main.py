"""Start the window. The order matters: on the screen first, torch after."""

import sys
import time
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from latentstudio.app.log import start_log
from latentstudio.app.wiring import Wiring
from latentstudio.core import settings as settings_file
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.store.last_work import load_last
from latentstudio.ui.window.main_window import MainWindow
from latentstudio.workers.studio_client import StudioClient


def main(files: Sequence[str] = ()) -> int:
    """Open the window and run until it is closed.

    Args:
        files: A model to open instead of the last one.
    """
    began = time.monotonic()
    start_log()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("LatentStudio")
    _window, wiring = open_window(files, began)
    app.aboutToQuit.connect(wiring.stop)
    QTimer.singleShot(0, wiring.start)
    return int(app.exec())


def open_window(files: Sequence[str], began: float) -> tuple[MainWindow, Wiring]:
    """Show the window as it was left; `Wiring.start` starts the engine behind it.

    Args:
        files: A model to open instead of the last one.
        began: `time.monotonic()` when the program started.
    """
    settings, about_settings = settings_file.load()
    last, about_last = load_last()
    if files:
        last = Document(model=str(files[0]))
    history = History(last or Document(model=settings.last_model))
    client = StudioClient()
    wiring = Wiring(history, client)
    window = MainWindow(history, client, settings, began)
    window.show()
    for text in filter(None, (about_settings, about_last)):
        client.notice.emit("info", text)
    return window, wiring
