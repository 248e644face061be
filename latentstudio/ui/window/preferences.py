"""The settings as the window uses them: applied at once, written when they change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from latentstudio.core import settings as store
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.settings import Settings
from latentstudio.ui.theme import theme

_RECENT = 8


class Preferences(QObject):
    """Holds the settings, changes them one by one.

    Args:
        settings: As they were read at the start.
        complain: Told once if they can't be written.
    """

    changed = Signal()

    def __init__(self, settings: Settings, complain: Callable[[str], object]) -> None:
        super().__init__()
        self._settings = settings
        self._complain = complain
        self._complained = False

    @property
    def now(self) -> Settings:
        """The settings now."""
        return self._settings

    def apply(self) -> None:
        """Dress the application by them."""
        now = self.now
        theme().set_all(now.theme, now.text_scale / 100, now.reduce_motion)

    def change(self, **values: Any) -> None:
        """Replace some settings, apply and keep them."""
        new = msgspec.structs.replace(self._settings, **values)
        if new == self._settings:
            return
        self._settings = new
        self.apply()
        self._save(lambda kept: msgspec.structs.replace(kept, **values))
        self.changed.emit()

    def set_theme(self, choice: Literal["dark", "light", "system"]) -> None:
        self.change(theme=choice)

    def set_text_scale(self, percent: int) -> None:
        """Text size, 100 to 150 percent."""
        self.change(text_scale=percent)

    def toggle_motion(self) -> None:
        self.change(reduce_motion=not self.now.reduce_motion)

    def watch_presets(self, folders: tuple[str, ...]) -> None:
        """Watch these folders of presets from now on."""
        self.change(preset_folders=folders)

    def add_recent(self, ref: str) -> None:
        """Remember a model that has opened."""
        new = _with_recent(self._settings, ref)
        if new == self._settings:
            return
        self._settings = new
        self._save(lambda kept: _with_recent(kept, ref))
        self.changed.emit()

    def set_keys(self, id: str, keys: tuple[str, ...] | None) -> None:
        """Keep a command's shortcuts, or with None that it has the usual ones."""
        new = _with_keys(self._settings, id, keys)
        if new == self._settings:
            return
        self._settings = new
        self._save(lambda kept: _with_keys(kept, id, keys))
        self.changed.emit()

    def add_project(self, path: str) -> None:
        """Remember a project that was opened or saved."""
        new = _with_project(self._settings, path)
        if new != self._settings:
            self._settings = new
            self._save(lambda kept: _with_project(kept, path))
            self.changed.emit()

    def _save(self, changed: Callable[[Settings], Settings]) -> None:
        try:
            store.change(changed)
        except LatentStudioError as error:
            if not self._complained:
                self._complained = True
                self._complain(error.sentence())


def _with_recent(settings: Settings, ref: str) -> Settings:
    rest = tuple(r for r in settings.recent_models if r != ref)
    return msgspec.structs.replace(settings, last_model=ref, recent_models=(ref, *rest)[:_RECENT])


def _with_keys(settings: Settings, id: str, keys: tuple[str, ...] | None) -> Settings:
    rest = {known: kept for known, kept in settings.keys.items() if known != id}
    return msgspec.structs.replace(settings, keys=rest if keys is None else {**rest, id: keys})


def _with_project(settings: Settings, path: str) -> Settings:
    rest = tuple(one for one in settings.recent_projects if one != path)
    folder = str(Path(path).parent)
    return msgspec.structs.replace(
        settings, recent_projects=(path, *rest)[:_RECENT], project_folder=folder
    )
