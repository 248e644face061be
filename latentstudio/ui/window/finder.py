"""Opens the palette, the sheet of shortcuts and the about box, all made from what there is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from latentstudio import __version__
from latentstudio.core.paths import data_dir
from latentstudio.core.seeds import MAX_SEED
from latentstudio.document.history import History
from latentstudio.ui.directions.board import Board
from latentstudio.ui.palette.entries import Entry, keys_of
from latentstudio.ui.palette.palette import Palette
from latentstudio.ui.palette.sheet import Sheet, Shortcut
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.command_row import Row
from latentstudio.ui.window.key_map import key_words

_MOST = 50  # seeds of the history that are listed


@dataclass(frozen=True, slots=True)
class FinderParts:
    """What can be found, and what finding it does.

    Attributes:
        history: Its snapshots can be found.
        board: Its directions can be found.
        toasts: Say where the log is if nothing can show it.
        actions: The commands; they are made after the finder, which is one of them.
        reveal: Shows a direction in the list.
        recall: Shows a snapshot again.
        set_seed: Shows a picture by its seed.
        change_keys: Opens the page of shortcuts.
        model_open: Whether a model is open.
    """

    history: History
    board: Board
    toasts: ToastStack
    actions: Callable[[], Actions]
    reveal: Callable[[str], object]
    recall: Callable[[int], object]
    set_seed: Callable[[int], object]
    change_keys: Callable[[], object]
    model_open: Callable[[], bool]


class Finder(QObject):
    """Gathers entries when it is asked, so that they are never stale."""

    def __init__(self, window: QWidget, parts: FinderParts) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        self._palette: Palette | None = None
        self._sheet: Sheet | None = None
        self._listed: dict[str, list[Shortcut]] = {}

    def open_palette(self) -> None:
        """Find a command, a direction, a snapshot or a seed."""
        if self._palette is None:
            self._palette = Palette(self._window)
        self._palette.ask(self.entries(), self.typed)

    def open_sheet(self) -> None:
        """List the shortcuts."""
        groups = self.groups()
        if self._sheet is None or groups != self._listed:  # keys can change
            if self._sheet is not None:
                self._sheet.deleteLater()
            self._sheet = Sheet(self._window, groups, self._parts.change_keys)
            self._listed = groups
        self._sheet.ask()

    def open_about(self) -> None:
        """Say what this is and whose work is in it."""
        text = tr(
            "LatentStudio %1\n\nOpen a GAN generator, find the directions that mean something, "
            "edit with sliders.\n\nMIT licence. Inter by The Inter Project Authors (SIL OFL 1.1), "
            "icons by Lucide (ISC). Their licences are in resources/licences."
        )
        QMessageBox.about(self._window, tr("About LatentStudio"), text.replace("%1", __version__))

    def open_log(self) -> None:
        """Show the log with the program that the system has for text."""
        path = data_dir() / "latentstudio.log"
        target = path if path.exists() else data_dir()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))):
            self._parts.toasts.show("info", tr("The log is %1").replace("%1", str(path)))

    def entries(self) -> list[Entry]:
        """Everything that can be found now."""
        parts = self._parts
        rows = [row for row in parts.actions().rows if row.run and row.listed]
        found = [self._command(row) for row in rows if row.id not in ("find", "original")]
        board = parts.board
        found += [
            Entry(
                tr("Directions"),
                board.name(direction.id),
                partial(parts.reveal, direction.id),
                board.rows.source(direction.id),
                "sliders-horizontal",
                also=direction.name,
            )
            for direction in board.directions
        ]
        found += [
            Entry(
                tr("Snapshots"),
                f"{number} {shot.name}",
                partial(parts.recall, number - 1),
                icon="image",
                keys=(str(number),) if number < 10 else (),
            )
            for number, shot in enumerate(parts.history.document.snapshots, 1)
        ]
        return found + [self._seed(seed) for seed in self._seeds()]

    def typed(self, text: str) -> list[Entry]:
        """What a text that is a number stands for: a seed."""
        digits = text.strip()
        if not digits.isdecimal() or int(digits) > MAX_SEED or not self._parts.model_open():
            return []
        return [] if int(digits) in self._seeds() else [self._seed(int(digits))]

    def _seeds(self) -> tuple[int, ...]:
        """Seeds of the history, the newest first."""
        found = (document.picture.seed for document in self._parts.history.documents())
        return tuple(dict.fromkeys(seed for seed in reversed([*found]) if seed is not None))[:_MOST]

    def _seed(self, seed: int) -> Entry:
        words = tr("Seed %1").replace("%1", str(seed))
        return Entry(tr("Seeds"), words, partial(self._parts.set_seed, seed), icon="dices")

    def groups(self) -> dict[str, list[Shortcut]]:
        """Headings of the sheet with their commands."""
        groups: dict[str, list[Shortcut]] = {}
        for row in self._parts.actions().rows:
            keys = self._gesture(row) or self._keys(row)
            if row.listed and keys:
                groups.setdefault(row.menu.split("/")[0], []).append((row.text.rstrip("…"), keys))
        return groups

    def _gesture(self, row: Row) -> tuple[str, ...]:
        """How the mouse does it; keys that are part of it are those of now."""
        if row.id == "recall":
            first, last = self._words("recall-1"), self._words("recall-9")
            return (first, tr("to"), last) if first and last else ()
        if row.id == "original":
            held = self._words(row.id)
            return (tr("hold %1").replace("%1", held),) if held else ()
        return row.gesture

    def _words(self, id: str) -> str:
        return key_words(self._parts.actions()[id].shortcuts())

    def _command(self, row: Row) -> Entry:
        action = self._parts.actions()[row.id]
        why = "" if action.isEnabled() else self._why_not(row)
        menu = row.menu.split("/")[0]
        text = action.text()
        return Entry(tr("Commands"), text, action.trigger, menu, row.icon, self._keys(row), why)

    def _why_not(self, row: Row) -> str:
        if row.needs_model and not self._parts.model_open():
            return tr("opens with a model")
        if row.id == "snap-back":
            return tr("already on the shell")
        if row.id in ("undo", "redo"):
            return tr("nothing to %1").replace("%1", row.text.lower())
        return tr("not now")

    def _keys(self, row: Row) -> tuple[str, ...]:
        if row.id not in self._parts.actions():
            return ()
        shortcut = self._parts.actions()[row.id].shortcut()
        return keys_of(shortcut.toString(QKeySequence.SequenceFormat.NativeText))
