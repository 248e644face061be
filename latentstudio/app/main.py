"""Start the window. The order matters: on the screen first, torch after."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QApplication

from latentstudio.app.ending import Ending
from latentstudio.app.log import start_log
from latentstudio.app.not_kept import NotKept
from latentstudio.app.restarting import Restarting
from latentstudio.app.wiring import BUILT_IN, Wiring
from latentstudio.core import attempts
from latentstudio.core import settings as settings_file
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.paths import resources_dir
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.exchange.presets.sources import ENDING as PRESET
from latentstudio.exchange.projects import ENDING as PROJECT
from latentstudio.store.last_work import keep_apart, load_last, take_place
from latentstudio.store.sweeping import sweep
from latentstudio.ui.translation import speak
from latentstudio.ui.window.main_window import MainWindow
from latentstudio.workers.studio_client import StudioClient


def main(files: Sequence[str] = ()) -> int:
    """Open the window and run until it is closed.

    Args:
        files: A model or project to open instead of the last work, or a preset for it.
    """
    began = time.monotonic()
    start_log()
    app = QApplication(["latentstudio"])  # the window's class, by which desktops find its icon
    app.setApplicationName("LatentStudio")
    app.setDesktopFileName("latentstudio")
    speak(resources_dir() / "translations", QLocale())
    window, wiring = open_window(files, began)
    ended: list[bool] = []
    app.aboutToQuit.connect(lambda: ended.append(wiring.stop()))
    restarting = Restarting(wiring.client, window.toasts, window)
    ending = Ending(app, wiring.keeper.keep_now, lambda: (window.close(), app.exit(0)))
    QTimer.singleShot(0, wiring.start)
    threading.Thread(target=sweep, name="sweep", daemon=True).start()
    status = int(app.exec())
    ending.stop()
    restarting.start_if_wanted()
    if not all(ended):  # a step hangs, in a plugin perhaps: all is kept, and Qt can't end it
        logging.shutdown()
        os._exit(status)
    return status


def open_window(files: Sequence[str], began: float) -> tuple[MainWindow, Wiring]:
    """Show the window as it was left; `Wiring.start` starts the engine behind it.

    Args:
        files: A model or project to open instead of the last work, or a preset for it.
        began: `time.monotonic()` when the program started.
    """
    settings, about_settings = settings_file.load()
    take_place()
    presets = [file for file in files if Path(file).suffix.lower() == PRESET]
    rest = [file for file in files if file not in presets]
    history, about_last = _document(rest, settings.last_model)
    client = StudioClient()
    wiring = Wiring(history, client)
    window = MainWindow(history, client, settings, began)
    projects = window.parts.projects
    NotKept(wiring.keeper, window.toasts, window.status, projects.save_as)
    projects.arriving.given_up.connect(wiring.open_own)
    if _is_project(files):
        wiring.open_first = partial(projects.open, Path(files[0]))
    window.show()
    for preset in presets:
        window.opening.open_when_ready(preset)
    for text in filter(None, (about_settings, about_last)):
        client.notice.emit("info", text)
    return window, wiring


def _document(files: Sequence[str], last_model: str) -> tuple[History, str]:
    """The document to begin with; the text, if any, is to be said once."""
    if files and Path(files[0]).suffix == ".json":  # "Save elsewhere" of version 0.1.0
        kept, about = load_last(Path(files[0]))
        return History(kept or Document(model=BUILT_IN)), about
    ended = {attempt.id: attempt for attempt in attempts.unfinished("model")}
    if files and not _is_project(files):
        return History(Document(model=str(files[0]))), ""
    last, about = load_last()
    last = last or Document(model=last_model)
    if last.model not in ended:
        return History(last), about
    try:
        keep_apart(last)
    except LatentStudioError:
        return History(last), about  # rather try again than lose the work
    return History(Document(model=BUILT_IN)), _ended_while_opening(ended[last.model])


def _is_project(files: Sequence[str]) -> bool:
    return bool(files) and Path(files[0]).suffix.lower() == PROJECT


def _ended_while_opening(attempt: attempts.Attempt) -> str:
    name = Path(attempt.id).name
    by = f" with the plugin {attempt.plugin}" if attempt.plugin else ""
    return (
        f"LatentStudio ended without a word while it opened {name}{by}, so it opened the built-in "
        f"model instead. Your work is kept and comes back when you open {name}."
    )
