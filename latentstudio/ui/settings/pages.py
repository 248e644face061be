"""Opens the page of settings and the page of shortcuts; each is made when it is first asked for."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.core.paths import resources_dir
from latentstudio.ui.settings.keys_page import KeysPage
from latentstudio.ui.settings.page import SettingParts, SettingsPage
from latentstudio.ui.translation import languages
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.key_map import KeyMap
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class SettingsPages(QObject):
    """The window's two pages of settings.

    Args:
        client: Computes where and how the settings say.
        preferences: Hold the settings.
        keys: Which keys call what; they are made after the commands, of which this is one.
        window: The main window.
    """

    def __init__(
        self,
        client: "StudioClient",
        preferences: Preferences,
        keys: Callable[[], KeyMap],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._client, self._preferences, self._map = client, preferences, keys
        self._window = window
        self._devices: Sequence[tuple[str, str]] = ()
        self.settings: SettingsPage | None = None
        self.keys: KeysPage | None = None
        client.models.devices_ready.connect(self._devices_ready)

    def open_settings(self) -> None:
        """Open the page of settings."""
        if self.settings is None:
            models = self._client.models
            parts = SettingParts(
                listed={"device": self._listed_devices, "language": _listed_languages},
                setters={"device": models.set_device, "precision": models.set_precision},
                open_keys=self.open_keys,
            )
            self.settings = SettingsPage(self._preferences, parts, self._window)
        self.settings.refresh()
        _front(self.settings)

    def open_keys(self) -> None:
        """Open the page of shortcuts."""
        if self.keys is None:
            self.keys = KeysPage(self._map(), self._window)
        _front(self.keys)

    def _devices_ready(self, devices: Sequence[tuple[str, str]]) -> None:
        self._devices = devices

    def _listed_devices(self) -> list[tuple[str, str]]:
        named = [(id, shown(words)) for id, words in self._devices]
        return [("auto", tr("Automatic, the fastest")), *named]


def _listed_languages() -> list[tuple[str, str]]:
    found = languages(resources_dir() / "translations")
    return [("", tr("As the system")), ("en", "English"), *found]


def _front(page: QWidget) -> None:
    page.show()
    page.activateWindow()
