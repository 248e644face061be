"""Opens the two pages and says what came of what was asked there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.core.paths import user_plugins_dir
from latentstudio.plugin_host.host import PluginStatus
from latentstudio.ui.library.models import ModelsPage
from latentstudio.ui.library.plugins import PluginsPage
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Library(QObject):
    """The window's library; its pages are made when they are first opened.

    Args:
        client: Installs models and switches plugins.
        recent: Files opened lately, newest first.
        open_ref: Opens a model.
        ask_file: Lets the artist choose a file.
        toasts: Where to say what happened.
        window: The main window.
    """

    def __init__(
        self,
        client: "StudioClient",
        recent: Callable[[], tuple[str, ...]],
        open_ref: Callable[[str], object],
        ask_file: Callable[[], object],
        toasts: ToastStack,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._client, self._recent, self._toasts = client, recent, toasts
        self._open, self._ask_file, self._window = open_ref, ask_file, window
        self.models: ModelsPage | None = None
        self.plugins: PluginsPage | None = None
        self._told: set[str] = set()
        client.models.engine_ready.connect(self._look_for_new_plugins)
        client.models.model_opened.connect(self._model_opened)
        client.library.installed.connect(self._installed)
        client.library.install_failed.connect(self._not_installed)
        client.library.plugin_failed.connect(self._plugin_failed)
        client.library.plugins_ready.connect(self._plugins_ready)

    def show_models(self) -> None:
        """Open the page of models."""
        if self.models is None:
            self.models = ModelsPage(self._client.library, self._recent, self._window)
            self.models.open_asked.connect(self._open_and_close)
            self.models.file_asked.connect(self._ask_file)
        self.models.refresh()
        _front(self.models)

    def show_plugins(self) -> None:
        """Open the page of plugins."""
        if self.plugins is None:
            self.plugins = PluginsPage(self._client.library, self._window)
        self._client.library.want_plugins()
        _front(self.plugins)

    def _open_and_close(self, ref: str) -> None:
        if self.models is not None:
            self.models.close()
        self._open(ref)

    def _model_opened(self) -> None:
        if self.models is not None and self.models.isVisible():
            self.models.refresh()

    def _installed(self, name: str) -> None:
        text = tr("Installed %1").replace("%1", name)
        self._toasts.show("ok", text, (tr("Open"), lambda: self._open_and_close(name)))

    def _not_installed(self, _name: str, sentence: str) -> None:
        if sentence:
            self._toasts.show("error", sentence)

    def _plugin_failed(self, _id: str, sentence: str) -> None:
        self._toasts.show("error", sentence)

    def _look_for_new_plugins(self) -> None:
        folder = user_plugins_dir()
        if folder.is_dir() and any(part.is_dir() for part in folder.iterdir()):
            self._client.library.want_plugins()

    def _plugins_ready(self, found: list[PluginStatus]) -> None:
        if self.plugins is not None and self.plugins.isVisible():
            return
        for one in found:
            if one.state == "ask" and one.id not in self._told:
                self._told.add(one.id)
                text = tr("The plugin %1 waits to be allowed").replace("%1", one.name)
                self._toasts.show("info", text, (tr("Show"), self.show_plugins))


def _front(page: QWidget) -> None:
    page.show()
    page.activateWindow()
