"""Start the window. The order matters: on the screen first, torch after."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer

from latentstudio.app.autosave_warning import AutosaveWarning
from latentstudio.app.identity import application
from latentstudio.app.log import start_log
from latentstudio.app.restarting import Restarting
from latentstudio.app.shutdown import Shutdown
from latentstudio.app.wiring import BUILT_IN, Wiring
from latentstudio.core import attempts
from latentstudio.core import settings as settings_file
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.paths import resources_dir
from latentstudio.document.history import History, Steps
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.exchange.presets.sources import ENDING as PRESET
from latentstudio.exchange.projects import ENDING as PROJECT
from latentstudio.generators.builtin import LARGER
from latentstudio.store.last_work import (
    kept_at,
    last_document_path,
    load_last,
    load_steps,
    put_apart,
    take_place,
)
from latentstudio.store.sweeping import sweep
from latentstudio.ui.translation import speak
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import moment, tr
from latentstudio.ui.window.main_window import MainWindow
from latentstudio.workers.studio_client import StudioClient

FIRST_PICTURE = Seed(13)
"""Of the larger built-in model: a clear, friendly face to begin with. It ships as `preview.png`."""


def main(files: Sequence[str] = ()) -> int:
    """Open the window and run until it is closed.

    Args:
        files: A model or project to open instead of the last work, or a preset for it.
    """
    began = time.monotonic()
    start_log()
    app = application()
    speak(resources_dir() / "translations", _locale())
    window, wiring = open_window(with_first_model(files), began)
    ended: list[bool] = []
    app.aboutToQuit.connect(lambda: ended.append(wiring.stop()))
    restarting = Restarting(window.client, window.toasts, window)
    ending = Shutdown(app, wiring.autosave.keep_now, lambda: (window.close(), app.exit(0)))
    QTimer.singleShot(0, wiring.start)
    threading.Thread(target=sweep, name="sweep", daemon=True).start()
    status = int(app.exec())
    ending.stop()
    restarting.start_if_wanted()
    if not all(ended):  # a step hangs, in a plugin perhaps: all is kept, and Qt can't end it
        logging.shutdown()
        os._exit(status)
    return status


def with_first_model(files: Sequence[str]) -> tuple[str, ...]:
    """The files; in a home that is new, with the model to begin with where there is none."""
    known = settings_file.settings_path().exists() or last_document_path().exists()
    if known or any(Path(file).suffix.lower() != PRESET for file in files):
        return tuple(files)
    return (LARGER, *files)


def _follow_pace(window: MainWindow, wiring: Wiring) -> None:
    """Keep the work as soon after a change as the settings say."""

    def follow() -> None:
        wiring.autosave.set_pace(window.preferences.now.autosave)

    window.preferences.changed.connect(follow)
    follow()


def _locale() -> QLocale:
    """The language that was chosen, or the system's."""
    chosen = settings_file.load()[0].language
    return QLocale(chosen) if chosen else QLocale()


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
    _follow_pace(window, wiring)
    projects = window.parts.projects
    AutosaveWarning(wiring.autosave, window.toasts, window.status, projects.save_as)
    projects.opening.given_up.connect(wiring.open_own)
    if _is_project(files):
        wiring.open_first = partial(projects.open, Path(files[0]))
    window.show()
    for preset in presets:
        window.parts.dropped.open_when_ready(preset)
    for text in filter(None, (about_settings, about_last)):
        client.notice.emit("info", text)
        _say_again(client, text)
    return window, wiring


def _say_again(client: StudioClient, text: str) -> None:
    """Once more with the first picture: nobody reads while everything still starts."""

    def say() -> None:
        client.previews.frame_ready.disconnect(say)
        client.notice.emit("info", text)

    client.previews.frame_ready.connect(say)


def _document(files: Sequence[str], last_model: str) -> tuple[History, str]:
    """The document to begin with; the text, if any, is to be said once."""
    if files and Path(files[0]).suffix == ".json":  # "Save elsewhere" of version 0.1.0
        return _going_on(Path(files[0]), BUILT_IN)
    ended = {attempt.id: attempt for attempt in attempts.unfinished("model")}
    if _is_project(files):
        files = ()
    last, about = load_last()
    if files:
        with contextlib.suppress(LatentStudioError):  # the window says so when it can't keep work
            if last is not None:
                put_apart(last)
        return _new(str(files[0]), about)
    model = last.model if last is not None else last_model
    if model not in ended:
        return _going_on(last_document_path(), last_model) if last else _new(last_model, about)
    try:
        if last is not None:
            put_apart(last)
    except LatentStudioError:
        return _going_on(last_document_path(), last_model)  # rather try again than lose the work
    return _new(BUILT_IN, _ended_while_opening(ended[model]))


def _new(model: str, about: str) -> tuple[History, str]:
    picture = Picture(start=FIRST_PICTURE) if model == LARGER else Picture()
    return History(Document(model=model, picture=picture)), about


def _going_on(path: Path, model: str) -> tuple[History, str]:
    """Work that was kept, with its undo steps; a document for a model where there is none."""
    when = kept_at(path)
    last, about = load_last(path)
    if last is None:
        return _new(model, about)
    history, steps = History(last), load_steps(last, path)
    history.resume(steps)
    if not about and when is not None and not _is_untouched(steps):
        about = filled(tr("Recovered your work from %1."), moment(when))
    return history, about


def _is_untouched(steps: Steps) -> bool:
    """Nothing was done yet but thinking about directions."""
    doc = steps.document
    fresh = Document(doc.model, doc.fingerprint, Picture(Seed(label=doc.picture.label)))
    bare = replace(doc, names=(), pinned=frozenset(), rejected=frozenset())
    return bare == fresh and not steps.done


def _is_project(files: Sequence[str]) -> bool:
    return bool(files) and Path(files[0]).suffix.lower() == PROJECT


def _ended_while_opening(attempt: attempts.Attempt) -> str:
    name = Path(attempt.id).name
    by = f" with the plugin {attempt.plugin}" if attempt.plugin else ""
    return (
        f"LatentStudio ended without a word while it opened {name}{by}, so it opened the built-in "
        f"model instead. Your work is kept and comes back when you open {name}."
    )
