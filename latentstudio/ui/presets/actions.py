"""What can be done with a preset: added, applied, starred, renamed, shared, thrown away."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from latentstudio.core.texts import one_line
from latentstudio.document.history import History
from latentstudio.document.looks import Look, apply_look
from latentstudio.session.preset_export import Form
from latentstudio.store.preset_cards import PresetCard
from latentstudio.store.preset_library import Trashed
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

Folders = Callable[[], tuple[str, ...]]
_LONGEST = 200


class PresetActions(QObject):
    """Asks the engine and the library; puts looks on the picture.

    Args:
        window: Parent of dialogs.
        history: The document.
        client: The engine and the library.
        toasts: Says what was done.
        folders: Watched folders.
        watch: Given the folders to be watched from now on.
    """

    def __init__(
        self,
        window: QWidget,
        history: History,
        client: "StudioClient",
        toasts: ToastStack,
        folders: Folders,
        watch: Callable[[tuple[str, ...]], object],
    ) -> None:
        super().__init__(window)
        self._window, self._history, self._client = window, history, client
        self._toasts, self._folders, self._watch = toasts, folders, watch
        self.save_preset: Callable[[], object] = lambda: None
        """Opens the card that saves; set by the window."""
        self.draw_many: Callable[[tuple[Path, str]], object] = lambda _: None
        """Asks on which pictures a look is wanted; set by the window."""
        client.directions.look_brought.connect(self._look_brought)
        client.presets.saved.connect(self._saved)
        client.presets.thrown_away.connect(self._thrown_away)
        client.presets.exported.connect(self._exported)

    def add(self, card: PresetCard) -> None:
        """Bring the directions to the list; the picture stays as it is."""
        self._client.directions.import_directions(str(card.path), None, None)

    def apply(self, card: PresetCard, look: str) -> None:
        """Put a look on the picture, with the directions it needs."""
        self._client.directions.import_directions(str(card.path), None, look)

    def toggle_star(self, card: PresetCard) -> None:
        self._client.presets.star(card.path, not card.starred)

    def throw_away(self, card: PresetCard) -> None:
        self._client.presets.throw_away(card.path)

    def rename(self, card: PresetCard) -> None:
        """Ask for another name."""
        name, given = QInputDialog.getText(
            self._window, tr("Rename preset"), tr("Name"), text=one_line(card.name)
        )
        if given and name.strip():
            self._client.presets.rename(card.path, one_line(name).strip()[:_LONGEST])

    def share(self, card: PresetCard) -> None:
        """Copy one file to where it can be sent from."""
        title = filled(tr("Share %1: choose a folder"), one_line(card.name))
        folder = QFileDialog.getExistingDirectory(self._window, title)
        if folder:
            self._client.presets.share(card.path, folder)

    def export(self, card: PresetCard, form: Form) -> None:
        """Write its directions for other programs."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("Export directions to"))
        if folder:
            self._client.presets.export(card.path, form, folder)

    def open_menu(self, card: PresetCard, at: QPoint) -> QMenu:
        """The menu of a card."""
        menu = QMenu(self._window)
        menu.addAction(tr("Add to list"), lambda: self.add(card))
        if card.looks:
            menu.addAction(tr("Apply look"), lambda: self.apply(card, ""))
            many = card.path, card.looks[0].id
            menu.addAction(tr("Look on many pictures…"), lambda: self.draw_many(many))
        words = tr("Take the star off") if card.starred else tr("Star")
        menu.addAction(words, lambda: self.toggle_star(card))
        menu.addSeparator()
        menu.addAction(tr("Rename…"), lambda: self.rename(card))
        menu.addAction(tr("Share…"), lambda: self.share(card))
        export = menu.addMenu(tr("Export for other programs"))
        export.addAction(tr("NumPy arrays (.npy)…"), lambda: self.export(card, "npy"))
        export.addAction(tr("Safetensors…"), lambda: self.export(card, "safetensors"))
        folder = export.addAction(tr("Folder of WarpedGANSpace…"))
        folder.triggered.connect(lambda: self.export(card, "warpedganspace"))
        folder.setEnabled(any(row.kind == "rbf" for row in card.directions))
        menu.addAction(tr("Show in its folder"), lambda: _open_folder(card.path.parent))
        menu.addSeparator()
        menu.addAction(tr("Move to trash"), lambda: self.throw_away(card))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        return menu

    def fill_folders(self, menu: QMenu) -> None:
        """Watched folders, each with a way to let go of it."""
        menu.clear()
        menu.addAction(tr("Watch a folder…"), self.ask_folder)
        menu.addAction(tr("Open my presets"), lambda: _open_folder(self._client.presets.home))
        if self._folders():
            menu.addSeparator()
        for folder in self._folders():
            words = filled(tr("Stop watching %1"), one_line(Path(folder).name or folder))
            set_tip(menu.addAction(words, partial(self.unwatch, folder)), folder)

    def watch(self, folder: str) -> None:
        """Watch one more folder."""
        self._watch(tuple(dict.fromkeys((*self._folders(), folder))))
        self._client.presets.watch(self._folders())

    def unwatch(self, folder: str) -> None:
        """Let go of a folder; its presets stay where they are."""
        self._watch(tuple(one for one in self._folders() if one != folder))
        self._client.presets.watch(self._folders())

    def ask_folder(self) -> None:
        """Ask for a folder to watch."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("Watch a folder"))
        if folder:
            self.watch(folder)

    def _look_brought(self, look: Look) -> None:
        self._history.do(apply_look(look))
        self._toasts.show("ok", filled(tr("Applied %1"), one_line(look.name)))

    def _saved(self, _path: str, name: str) -> None:
        self._toasts.show("ok", filled(tr("Saved %1"), one_line(name)))

    def _thrown_away(self, thrown: Trashed) -> None:
        words = filled(tr("%1 is in the trash"), one_line(thrown.path.stem))
        back = tr("Undo"), lambda: self._client.presets.bring_back(thrown)
        self._toasts.show("ok", words, back)

    def _exported(self, place: str, left_out: str) -> None:
        words = filled(tr("Saved %1"), one_line(Path(place).name))
        self._toasts.show("ok", f"{words}. {shown(left_out)}" if left_out else words)


def _open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
