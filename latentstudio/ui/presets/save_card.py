"""The card that saves a preset: it floats over the canvas, which stays live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from latentstudio.core.texts import one_line, printable
from latentstudio.session.preset_messages import Draft
from latentstudio.ui.directions.board import Board
from latentstudio.ui.presets.choose_list import ChooseList
from latentstudio.ui.presets.film import FilmStrip
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.floating_card import FloatingCard
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.toggle import Toggle
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_LONGEST = 200
_NOTES = 9_000
LICENCES = ("", "CC0 1.0", "CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC BY-NC-SA 4.0", "MIT")


@dataclass(frozen=True, slots=True)
class SaveParts:
    """What the card works with."""

    board: Board
    client: "StudioClient"
    preferences: Preferences


class SaveCard(FloatingCard):
    """Gathers a `Draft` and has it saved.

    Args:
        over: The canvas.
        parts: See there.
    """

    def __init__(self, over: QWidget, parts: SaveParts) -> None:
        super().__init__(over, tr("Save preset"))
        self._parts = parts
        self.ids: tuple[str, ...] = ()
        self.name, self.tags, self.author = QLineEdit(), QLineEdit(), QLineEdit()
        self.notes, self.licence, self.folder = QPlainTextEdit(), QComboBox(), QComboBox()
        self.look = Toggle(tr("Include the look"))
        self.masks = Toggle(tr("Include mask"))
        self.count = label("", "label")
        self.choose = text_button(tr("Choose…"), "", self._choose, kind="link")
        self.film = FilmStrip(parts.board)
        self.save = QPushButton(tr("Save"))
        self._build()

    def open(self, ids: Sequence[str], *, look: bool) -> None:
        """Show the card for some directions, and the look if it is wanted."""
        edits = self._parts.board.document.picture.edits
        self.ids = tuple(dict.fromkeys(ids))
        self.look.setChecked(look and bool(edits))
        self.look.setEnabled(bool(edits))
        self.masks.setChecked(True)
        self.name.setText(self._suggested())
        self.tags.clear()
        self.notes.clear()
        now = self._parts.preferences.now
        self.author.setText(now.author)
        self.licence.setCurrentText(now.licence)
        self._show_folders(now.preset_folders)
        self._show_chosen()
        self.appear()
        self.name.setFocus()
        self.name.selectAll()

    def open_for(self, ids: Sequence[str], look: bool) -> None:
        """As `open`, for signals."""
        self.open(ids, look=look)

    @property
    def draft(self) -> Draft:
        """What is to be saved."""
        tags = [one_line(tag).strip()[:60] for tag in self.tags.text().split(",")]
        return Draft(
            one_line(self.name.text()).strip(),
            self.ids,
            self.look.isChecked(),
            self.masks.isChecked(),
            printable(self.notes.toPlainText()).strip()[:_NOTES],
            one_line(self.author.text()).strip(),
            one_line(self.licence.currentText()).strip()[:_LONGEST],
            tuple(dict.fromkeys(tag for tag in tags if tag)),
        )

    def accept(self) -> None:
        """Save, if there is a name and something to save."""
        draft = self.draft
        if not self.save.isEnabled():
            return
        self._parts.preferences.change(author=draft.author, licence=draft.licence)
        document = self._parts.board.document
        self._parts.client.presets.save(document, draft, self.folder.currentData() or "")
        self.hide()

    # Building

    def _build(self) -> None:
        for field in (self.name, self.tags, self.author):
            field.setMaxLength(_LONGEST)
        self.tags.setPlaceholderText(tr("face, mood"))
        self.notes.setPlaceholderText(tr("What it is for"))
        self.notes.setFixedHeight(48)
        self.notes.setTabChangesFocus(True)
        self.licence.setEditable(True)
        self.licence.addItems(LICENCES)
        set_role(self.save, "control")
        self.name.textChanged.connect(self._show_ready)
        self.look.toggled.connect(self._show_chosen)
        self.column.addWidget(self.film)
        self.column.addLayout(self._form())
        self.column.addLayout(self.buttons(self.save))

    def _form(self) -> QGridLayout:
        chosen = QWidget()
        line = QHBoxLayout(chosen)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.count, 1)
        line.addWidget(self.choose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._folder_label = label(tr("Folder"), "label", "tx2")
        rows: tuple[tuple[QWidget, QWidget], ...] = (
            (label(tr("Name"), "label", "tx2"), self.name),
            (label(tr("Directions"), "label", "tx2"), chosen),
            (label(tr("Include the look"), "label", "tx2"), self.look),
            (label(tr("Include mask"), "label", "tx2"), self.masks),
            (label(tr("Tags"), "label", "tx2"), self.tags),
            (label(tr("Notes"), "label", "tx2"), self.notes),
            (label(tr("Author"), "label", "tx2"), self.author),
            (label(tr("Licence"), "label", "tx2"), self.licence),
            (self._folder_label, self.folder),
        )
        toggles = (self.look, self.masks)
        for number, (text, widget) in enumerate(rows):
            grid.addWidget(text, number, 0)
            side = Qt.AlignmentFlag.AlignRight if widget in toggles else Qt.AlignmentFlag(0)
            grid.addWidget(widget, number, 1, side)
        for field, name in (
            (self.name, tr("Name")),
            (self.tags, tr("Tags")),
            (self.notes, tr("Notes")),
            (self.author, tr("Author")),
            (self.licence, tr("Licence")),
            (self.folder, tr("Folder")),
        ):
            field.setAccessibleName(name)
            set_role(field, "label")
        grid.setColumnStretch(1, 1)
        return grid

    # Showing

    def _suggested(self) -> str:
        board = self._parts.board
        edits = [edit.direction for edit in board.document.picture.active()]
        names = [board.name(id) for id in (self.ids or edits)[:2]]
        return " + ".join(names)[:_LONGEST]

    def _show_folders(self, folders: Sequence[str]) -> None:
        self.folder.clear()
        self.folder.addItem(tr("My library"), "")
        for folder in folders:
            self.folder.addItem(folder, folder)
        for part in (self.folder, self._folder_label):
            part.setVisible(bool(folders))

    def _show_chosen(self) -> None:
        board = self._parts.board
        self.count.setText(filled(tr("%1 chosen"), str(len(self.ids))))
        edits = [edit.direction for edit in board.document.picture.active()]
        self.film.show_ids((self.ids or edits) if self.look.isChecked() else self.ids)
        self._show_masks()
        self._show_ready()
        self.place()

    def _show_masks(self) -> None:
        """The switch for masks is of use where one would travel along."""
        board = self._parts.board
        edits = board.document.picture.edits if self.look.isChecked() else ()
        chosen = filter(None, map(board.direction, self.ids))
        painted = any(edit.mask for edit in edits) or any(one.kind == "local" for one in chosen)
        self.masks.setEnabled(painted)
        set_tip(self.masks, "" if painted else tr("Nothing chosen was painted."))

    def _show_ready(self) -> None:
        something = bool(self.ids) or self.look.isChecked()
        self.save.setEnabled(bool(self.name.text().strip()) and something)

    def _choose(self) -> None:
        board = self._parts.board
        names = [(one.id, board.name(one.id)) for one in board.directions]
        chosen = ChooseList(names, self.ids, self)
        chosen.changed.connect(self._take)
        chosen.open_below(self.choose)

    def _take(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self._show_chosen()
