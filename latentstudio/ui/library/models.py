"""The models on this computer, and public ones to get."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from latentstudio.generators.builtin import models_dir
from latentstudio.session.catalogue import Entry, catalogue
from latentstudio.ui.library.local_models import LocalModel, models_here
from latentstudio.ui.library.page import Page, heading
from latentstudio.ui.library.row import LibraryRow
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.plain_text import ask, set_tip
from latentstudio.ui.widgets.words import sides_words, tr

if TYPE_CHECKING:
    from latentstudio.workers.library_client import LibraryClient


class ModelsPage(Page):
    """Opens, installs, and leads to the pages of models.

    Args:
        client: Installs.
        recent: Files opened lately, newest first.
        parent: The main window.
    """

    open_asked = Signal(str)
    """A file or a name."""
    file_asked = Signal()
    """The artist wants to choose a file."""

    def __init__(
        self, client: "LibraryClient", recent: Callable[[], tuple[str, ...]], parent: QWidget
    ) -> None:
        super().__init__(tr("Models"), parent)
        self._client = client
        self._recent = recent
        self.rows: dict[str, LibraryRow] = {}
        self._buttons: dict[str, QPushButton] = {}
        folder = text_button(tr("Models folder"), "folder-open", self._open_folder, kind="")
        file = text_button(tr("Open a file…"), "box", self.file_asked.emit, kind="")
        self.finish_foot((folder, file))
        client.progressed.connect(self._progressed)
        client.installed.connect(self.refresh)
        client.install_failed.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Look again what is here."""
        self.rows, self._buttons = {}, {}
        here = models_here(self._recent())
        self.fill(
            [
                heading(tr("On this computer")),
                *(self._here(one) for one in here),
                heading(
                    tr("Public models"),
                    tr(
                        "Made and owned by others: their licences hold. What can't be installed "
                        "from here is on its page; download it and drop it on the window."
                    ),
                ),
                *(self._public(one) for one in catalogue() if one.path is None),
            ]
        )

    def install(self, entry: Entry) -> None:
        """Show the licence, ask, and start; pressed again, stop."""
        if entry.name in self._client.installing:
            self._client.cancel_install(entry.name)
        elif self.may_install(entry):
            self._client.install(entry.name)
            self._progressed(entry.name, 0.0)

    def may_install(self, entry: Entry) -> bool:
        """Ask whether to download a model under its licence."""
        more = _filled(
            tr("%1\n\nBy %2. Licence: %3.\n\n%4 MB are downloaded. Only the weights are kept."),
            f"{entry.about}.",
            entry.author,
            entry.licence,
            str(entry.megabytes),
        )
        question = _filled(tr("Install %1?"), entry.title)
        return ask(self, tr("Install a model"), question, tr("Install"), more)

    def _here(self, one: LocalModel) -> LibraryRow:
        picture = QPixmap(str(one.thumb)) if one.thumb else QPixmap()
        row = LibraryRow(one.title, one.facts, picture, "box" if one.there else "circle-alert")
        set_tip(row, one.where)
        button = text_button(tr("Open"), press=lambda: self.open_asked.emit(one.ref), kind="")
        button.setAccessibleName(_filled(tr("Open %1"), one.title))
        button.setAutoDefault(False)
        button.setEnabled(one.there)
        if one.there:
            row.activated.connect(button.click)
        row.add(button)
        self.rows[one.ref] = row
        return row

    def _public(self, entry: Entry) -> LibraryRow:
        side = sides_words((entry.resolution, entry.resolution))
        size = _filled(tr("about %1 MB"), str(entry.megabytes))
        row = LibraryRow(entry.title, " · ".join((entry.family, side, size)), QPixmap(), "download")
        row.add_line(entry.about, "tx2")
        row.add_line(_filled(tr("%1. Licence: %2"), entry.author, entry.licence))
        page = text_button(tr("Page"), press=lambda: _browse(entry.page), kind="")
        set_tip(page, _filled(tr("Opens %1 in the browser"), entry.page))
        page.setAccessibleName(_filled(tr("Page of %1"), entry.title))
        page.setAutoDefault(False)
        row.add(page)
        if entry.package is None:
            row.activated.connect(page.click)
        else:
            self._add_install(row, entry)
        self.rows[entry.name] = row
        return row

    def _add_install(self, row: LibraryRow, entry: Entry) -> None:
        button = text_button(tr("Install"), press=lambda: self.install(entry), kind="")
        button.setAutoDefault(False)
        row.add(button)
        row.activated.connect(button.click)
        self._buttons[entry.name] = button
        if entry.name in self._client.installing:
            row.show_progress(0.0)
            button.setText(tr("Cancel"))

    def _progressed(self, name: str, fraction: float) -> None:
        if name in self._buttons:
            self.rows[name].show_progress(fraction)
            self._buttons[name].setText(tr("Cancel"))

    def _open_folder(self) -> None:
        folder = models_dir()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _browse(page: str) -> None:
    QDesktopServices.openUrl(QUrl(page))


def _filled(text: str, *parts: str) -> str:
    """A translated text with its places filled, from the last to the first."""
    for number in range(len(parts), 0, -1):
        text = text.replace(f"%{number}", parts[number - 1])
    return text
