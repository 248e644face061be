"""What the commands of the table do to the document, and the words that follow it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from latentstudio.core.texts import one_line
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.lineage_commands import bring_back_snapshot, recall_snapshot
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.render.messages import Frame, Pixels
from latentstudio.session.import_messages import TRIAL
from latentstudio.session.messages import ModelSummary
from latentstudio.session.project_messages import MetadataChoice
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.pixels import to_image
from latentstudio.ui.directions.board import Board
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import start_word, start_words, tr
from latentstudio.ui.window.export_dialog import ExportDialog
from latentstudio.ui.window.export_names import picture_name
from latentstudio.ui.window.opening import Opening
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_DICE = 1_000_000
"""Dice give seeds that a person can remember and type."""


@dataclass(frozen=True, slots=True)
class EditParts:
    """What the commands work with.

    Attributes:
        board: Names directions.
        opening: Opens the document's model again.
        model: The open model, or None.
    """

    history: History
    client: "StudioClient"
    canvas: Canvas
    strip: Strip
    toasts: ToastStack
    preferences: Preferences
    board: Board
    opening: Opening
    model: Callable[[], ModelSummary | None]


class EditCommands(QObject):
    """Every change goes to the history as one command."""

    def __init__(self, window: QWidget, parts: EditParts) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        self._copying = False
        self._waiting: Snapshot | None = None
        parts.client.models.model_opened.connect(self._model_opened)
        parts.client.models.model_failed.connect(self._model_failed)
        parts.client.files.copied.connect(self._put_on_clipboard)

    def set_seed(self, seed: int) -> None:
        """Start from another seed."""
        self._parts.history.do(commands.set_seed(seed))

    def new_seed(self) -> None:
        """Throw the dice."""
        self.set_seed(random.randrange(_DICE))

    def reset_all(self) -> None:
        self._parts.history.do(commands.reset_edits())

    def toggle_stay(self) -> None:
        history = self._parts.history
        history.do(commands.set_stay_on_shell(not history.document.picture.on_shell))

    def stay_on_shell(self) -> None:
        """From now on; whoever walks along it already goes on as before."""
        history = self._parts.history
        if not history.document.picture.on_shell:
            history.do(commands.set_stay_on_shell(True))

    def take_snapshot(self) -> None:
        """Keep the picture now in the strip, named by what was done last to it."""
        history = self._parts.history
        name = self.snapshot_name(history.document)
        history.do(commands.keep_snapshot(name))
        index = len(history.document.snapshots) - 1
        words = tr("Snapshot %1 kept").replace("%1", str(index + 1))
        rename = tr("Rename"), lambda: self._rename(index)
        self._parts.toasts.show("ok", words, rename, about="snapshot")

    def offer_snapshot_back(self, before: Document, row: int) -> None:
        """Say that a snapshot was taken out, with a way to have it again."""
        name = one_line(before.snapshots[row].name)
        back = bring_back_snapshot(before, row)
        undo = tr("Undo"), lambda: self._parts.history.do(back)
        self._parts.toasts.show("ok", filled(tr("Snapshot %1 removed"), name), undo)

    def recall(self, index: int) -> None:
        """Show a snapshot again, with its model; nothing happens if there is none."""
        history = self._parts.history
        shots = history.document.snapshots
        if index >= len(shots):
            return
        if self._parts.model() is None:
            self._waiting = shots[index]
            self._parts.opening.reopen(history.document.model)
            return
        self._show(index)

    def _show(self, index: int) -> None:
        history = self._parts.history
        label = tr("recall %1").replace("%1", history.document.snapshots[index].name)
        history.do(recall_snapshot(index, label))

    def _model_opened(self) -> None:
        """Show the snapshot for which the model was opened."""
        shot, self._waiting = self._waiting, None
        shots = self._parts.history.document.snapshots
        if shot is not None and shot in shots:
            self._show(shots.index(shot))

    def _model_failed(self) -> None:
        self._waiting = None

    def copy_picture(self) -> None:
        """Put the picture on the clipboard; a coarse one is waited out."""
        canvas = self._parts.canvas
        self._copying = canvas.coarse
        pixels = None if canvas.coarse else canvas.pixels
        if pixels is None:
            return
        model, client = self._parts.model(), self._parts.client
        if model is not None and model.info.has_alpha:
            # The canvas shows it on a checkerboard, which is no part of the picture.
            client.files.copy_picture(self._parts.history.document.picture)
        else:
            self._put_on_clipboard(pixels)

    def _put_on_clipboard(self, pixels: Pixels) -> None:
        QGuiApplication.clipboard().setImage(to_image(pixels).copy())
        self._parts.toasts.show("ok", tr("Picture copied"))

    def copy_waiting(self) -> None:
        """The whole picture is shown now: copy it if that was asked while a coarse one was."""
        if self._copying and not self._parts.canvas.coarse:
            self.copy_picture()

    def export_picture(self) -> None:
        """Ask how and where, then let the engine save it."""
        parts = self._parts
        pixels = parts.canvas.pixels
        if pixels is None:
            return
        picture, model = parts.history.document.picture, parts.model()
        edits = [(parts.board.name(edit.direction), edit.amount) for edit in picture.active()]
        title = model.info.name if model else "picture"
        name = picture_name(title, start_word(picture.start), edits)
        dialog = ExportDialog(pixels, name, parts.preferences.now, self._window)
        if dialog.exec():
            self._export(picture, dialog)
        dialog.deleteLater()

    def _export(self, picture: Picture, dialog: ExportDialog) -> None:
        """Remember what was chosen, and save."""
        parts, path, choice = self._parts, dialog.path, dialog.choice
        recipe, made = dialog.recipe.isChecked(), dialog.made.isChecked()
        parts.preferences.change(
            save_folder=str(path.parent),
            save_format=choice.ending,
            save_scale=choice.scale,
            save_quality=dialog.quality.value(),
            save_recipe=recipe,
            save_made=made,
        )
        metadata = MetadataChoice(made, recipe, parts.history.document.names)
        parts.client.files.save_picture(
            picture, str(path), choice.scale, choice.smooth, metadata, choice.quality
        )

    def carrier_name(self, frame: Frame) -> str:
        """The name that the artist reads of the edit that leads most of the way out."""
        if frame.carrier == TRIAL:
            return tr("This direction")
        return self._parts.board.name(frame.carrier) if frame.carrier else ""

    def describe(self, frame: Frame) -> None:
        """Tell screen readers the verdict and the edits."""
        words = {
            "on": tr("On the shell"),
            "edge": tr("Near the edge"),
            "off": tr("Too far"),
        }
        board = self._parts.board
        edits = ", ".join(board.name(e.direction) for e in frame.picture.active())
        state = words[frame.reading.state] if frame.reading else tr("Not measured yet")
        text = f"{state}. {edits}" if edits else state
        self._parts.canvas.view.setAccessibleDescription(text)

    def snapshot_name(self, document: Document) -> str:
        """What a snapshot of the picture now would be called: by what was done last to it."""
        edits = document.picture.active()
        if edits:
            return self._parts.board.name(edits[-1].direction)
        first = not document.snapshots
        return tr("Start") if first else start_words(document.picture.start)

    def _rename(self, index: int) -> None:
        strip = self._parts.strip
        if index < strip.model.rowCount():
            strip.snapshots.edit(strip.model.index(index))
