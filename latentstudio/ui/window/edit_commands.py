"""What the commands of the table do to the document, and the words that follow it."""

import random
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenuBar

from latentstudio.document import commands
from latentstudio.document.state import Document
from latentstudio.render.messages import Frame, Pixels
from latentstudio.ui.canvas.pixels import to_image
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import start_word, start_words, tr
from latentstudio.ui.window.export_dialog import ExportDialog

if TYPE_CHECKING:
    from latentstudio.ui.window.main_window import MainWindow

_DICE = 1_000_000
"""Dice give seeds that a person can remember and type."""


class EditCommands(QObject):
    """Every change goes to the history as one command."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._told: tuple[object, ...] = ()
        self._copying = False
        window.client.files.copied.connect(self._put_on_clipboard)

    def set_seed(self, seed: int) -> None:
        """Start from another seed."""
        self._window.history.do(commands.set_seed(seed))

    def new_seed(self) -> None:
        """Throw the dice."""
        self.set_seed(random.randrange(_DICE))

    def reset_all(self) -> None:
        self._window.history.do(commands.reset_edits())

    def save_directions(self) -> None:
        """Ask for a file, and write the directions of the edits as a preset."""
        window = self._window
        title, kinds = tr("Save moved directions"), tr("Presets (%1)").replace("%1", "*.lpreset")
        path, _ = QFileDialog.getSaveFileName(window, title, "directions.lpreset", kinds)
        if path:
            named = path if Path(path).suffix else f"{path}.lpreset"
            window.client.files.save_directions(window.history.document, named)

    def toggle_stay(self) -> None:
        history = self._window.history
        history.do(commands.set_stay_on_shell(not history.document.picture.on_shell))

    def take_snapshot(self) -> None:
        """Keep the picture now in the strip, named by what was done last to it."""
        history = self._window.history
        name = self._snapshot_name(history.document)
        history.do(commands.keep_snapshot(name))
        index = len(history.document.snapshots) - 1
        words = tr("Snapshot %1 kept").replace("%1", str(index + 1))
        self._window.toasts.show("ok", words, (tr("Rename"), lambda: self._rename(index)))

    def recall(self, index: int) -> None:
        """Show a snapshot again; nothing happens if there is none."""
        history = self._window.history
        shots = history.document.snapshots
        if index < len(shots):
            label = tr("recall %1").replace("%1", shots[index].name)
            history.do(commands.show_picture(label, shots[index].picture))

    def copy_picture(self) -> None:
        """Put the picture on the clipboard; a coarse one is waited out."""
        canvas = self._window.canvas
        self._copying = canvas.coarse
        pixels = None if canvas.coarse else canvas.pixels
        if pixels is None:
            return
        if self._window.model is not None and self._window.model.info.has_alpha:
            # The canvas shows it on a checkerboard, which is no part of the picture.
            self._window.client.files.copy_picture(self._window.history.document.picture)
        else:
            self._put_on_clipboard(pixels)

    def _put_on_clipboard(self, pixels: Pixels) -> None:
        QGuiApplication.clipboard().setImage(to_image(pixels).copy())
        self._window.toasts.show("ok", tr("Picture copied"))

    def copy_waiting(self) -> None:
        """The whole picture is shown now: copy it if that was asked while a coarse one was."""
        if self._copying and not self._window.canvas.coarse:
            self.copy_picture()

    def export_picture(self) -> None:
        """Ask how and where, then let the engine save it."""
        window = self._window
        pixels = window.canvas.pixels
        if pixels is None:
            return
        picture = window.history.document.picture
        now = window.preferences.now
        model = window.model.info.name if window.model else "picture"
        name = f"{model}-{start_word(picture.start)}"
        size = (pixels.shape[1], pixels.shape[0])
        dialog = ExportDialog(size, now.save_folder, name, now.smooth, window)
        if dialog.exec():
            path: Path = dialog.path
            window.preferences.change(save_folder=str(path.parent))
            smooth = dialog.smooth.isChecked() and dialog.factor > 1
            window.client.files.save_picture(picture, str(path), dialog.factor, smooth)
        dialog.deleteLater()

    def add_recent_menu(self, bar: QMenuBar) -> None:
        """Put the recent models under Open."""
        window = self._window
        menu = window.actions_.menu(bar, tr("File"))
        recent = menu.addMenu(tr("Recent models"))
        menu.insertMenu(menu.actions()[1], recent)
        recent.setToolTipsVisible(True)
        recent.aboutToShow.connect(lambda: window.opening.fill_recent(recent))

    def forget(self) -> None:
        """Something else has switched the commands: what was told of them holds no more."""
        self._told = ()

    def show_document(self, document: Document) -> None:
        """Name the steps in the menu, and show what is on."""
        history, actions = self._window.history, self._window.actions_
        is_open, comparing = self._window.model is not None, self._window.compare.on
        steps = (history.undo_label, history.redo_label)
        stay, edited = document.picture.on_shell, bool(document.picture.edits)
        told = (*steps, is_open, comparing, stay, edited, len(document.snapshots))
        if told == self._told:
            return  # the next step of the same drag
        self._told = told
        for id, word, label in (
            ("undo", tr("Undo"), steps[0]),
            ("redo", tr("Redo"), steps[1]),
        ):
            actions[id].setText(f"{word} {shown(label)}" if label else word)
            set_tip(actions[id], actions[id].text())  # Qt's own would be the text, as HTML
            actions[id].setEnabled(label is not None)
        actions["stay"].setChecked(stay)
        actions["reset"].setEnabled(is_open and edited)
        actions["swap"].setEnabled(is_open and comparing)
        for number in range(1, 10):
            there = number <= len(document.snapshots)
            actions[f"recall-{number}"].setEnabled(is_open and there)

    def carrier_name(self, frame: Frame) -> str:
        """The name that the artist reads of the edit that leads most of the way out."""
        return self._window.left.board.name(frame.carrier) if frame.carrier else ""

    def describe(self, frame: Frame) -> None:
        """Tell screen readers the verdict and the edits."""
        words = {
            "on": tr("On the shell"),
            "edge": tr("Near the edge"),
            "off": tr("Too far"),
        }
        board = self._window.left.board
        edits = ", ".join(board.name(e.direction) for e in frame.picture.active())
        state = words[frame.reading.state] if frame.reading else tr("Not measured yet")
        text = f"{state}. {edits}" if edits else state
        self._window.canvas.view.setAccessibleDescription(text)

    def _snapshot_name(self, document: Document) -> str:
        edits = document.picture.active()
        if edits:
            return self._window.left.board.name(edits[-1].direction)
        first = not document.snapshots
        return tr("Start") if first else start_words(document.picture.start)

    def _rename(self, index: int) -> None:
        strip = self._window.strip
        if index < strip.model.rowCount():
            strip.snapshots.edit(strip.model.index(index))
