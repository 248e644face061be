"""The plugins: which there are, what they bring, and a switch for each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QMessageBox, QWidget

from latentstudio.core.paths import user_plugins_dir
from latentstudio.plugin_host.host import PluginStatus
from latentstudio.ui.library.page import Page, heading
from latentstudio.ui.library.row import LibraryRow
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.plain_text import ask, set_tip
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.library_client import LibraryClient


class PluginsPage(Page):
    """Switches plugins on and off; asks before one of the artist's first runs.

    Args:
        client: Does it.
        parent: The main window.
    """

    def __init__(self, client: "LibraryClient", parent: QWidget) -> None:
        super().__init__(tr("Plugins"), parent)
        self._client = client
        self._shown: tuple[PluginStatus, ...] = ()
        self.rows: dict[str, LibraryRow] = {}
        self.switches: dict[str, Toggle] = {}
        folder = text_button(tr("Plugin folder"), "folder-open", self._open_folder, kind="")
        again = text_button(tr("Look again"), "rotate-ccw", client.want_plugins, kind="")
        self.finish_foot((folder, again))
        self.fill([heading("", tr("Looking for plugins…"))])
        client.plugins_ready.connect(self.show_plugins)

    def show_plugins(self, found: Sequence[PluginStatus]) -> None:
        """List all of them, the artist's own first."""
        self._shown = tuple(found)
        self.rows, self.switches = {}, {}
        own = [one for one in found if not one.shipped]
        note = tr(
            "A plugin is a program and can do on this computer what you can. "
            "Put a folder with one into the plugin folder, then look again."
        )
        none = [] if own else [heading("", tr("None yet"))]
        parts: list[QWidget] = [heading(tr("Yours"), note)]
        parts += [*none, *(self._row(one) for one in own)]
        parts.append(heading(tr("Shipped with LatentStudio")))
        parts += [self._row(one) for one in found if one.shipped]
        self.fill(parts)

    def may_run(self, plugin: PluginStatus) -> bool:
        """Ask whether a plugin of the artist's may run."""
        more = tr(
            "A plugin is a program: it can read and change your files and use the network. "
            "Switch it on only if you trust who wrote it. You are asked again when its files "
            "change."
        )
        question = tr("Switch on %1?").replace("%1", plugin.name)
        warning = QMessageBox.Icon.Warning
        return ask(self, tr("Switch a plugin on"), question, tr("Switch on"), more, warning)

    def _row(self, one: PluginStatus) -> LibraryRow:
        row = LibraryRow(one.name, _facts(one), QPixmap(), "blend")
        set_tip(row, one.folder)
        if one.description:
            row.add_line(one.description, "tx2")
        if one.problem:
            row.add_line(one.problem, "bad" if one.state == "broken" else "warn")
        reads = bool(one.version)  # its manifest can be read
        again = icon_button(
            "rotate-ccw",
            tr("Load %1 again").replace("%1", one.name),
            lambda: self._again(one),
        )
        again.setEnabled(reads and one.state != "off")
        switch = Toggle(one.name)
        switch.show_on(one.state in ("on", "allowed"))
        switch.setEnabled(reads)
        switch.clicked.connect(lambda on: self._switch(one, on))
        row.add(again)
        row.add(switch)
        row.activated.connect(switch.click)
        self.rows[one.id], self.switches[one.id] = row, switch
        return row

    def _switch(self, one: PluginStatus, on: bool) -> None:
        if not on:
            self._client.disable_plugin(one.id)
        elif one.shipped or self.may_run(one):
            self._client.enable_plugin(one.id)
        else:
            self.switches[one.id].show_on(False)

    def _again(self, one: PluginStatus) -> None:
        # Loading it again allows its files as they are now, so it is a question too.
        if one.shipped or one.state == "on" or self.may_run(one):
            self._client.reload_plugin(one.id)

    def _open_folder(self) -> None:
        folder = user_plugins_dir()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _facts(one: PluginStatus) -> str:
    kinds = {
        "generators": tr("kinds of models"),
        "methods": tr("ways to find directions"),
        "predictors": tr("attributes of pictures"),
    }
    states = {
        "on": tr("running"),
        "allowed": tr("starts when it is needed"),
        "off": tr("off"),
        "ask": tr("waits to be allowed"),
        "broken": tr("failed"),
    }
    brings = ", ".join(kinds.get(kind, kind) for kind in one.provides)
    return " · ".join(part for part in (one.id, one.version, brings, states[one.state]) if part)
