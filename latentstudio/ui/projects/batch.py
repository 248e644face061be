"""Edits on many pictures: asks which and where to, and says when they are drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.seeds import parse_seeds
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.session.project_messages import BatchAsked
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_ENDINGS = ("png", "webp", "psd")


class BatchDialog(QDialog):
    """Gathers a `BatchAsked`; nothing is drawn here.

    Args:
        doc: Whose edits.
        folder: Where to suggest saving.
        parent: The window.
    """

    def __init__(self, doc: Document, folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Edits on many pictures"))
        self._doc = doc
        self.source = QComboBox()
        self.source.addItems([tr("Seeds"), tr("Pictures with recipes")])
        self.seeds, self.pictures = QLineEdit("0-19"), QLineEdit()
        home = Path(folder) if folder else Path.home()
        self.output = QLineEdit(str(home / tr("Batch")))
        self.format = QComboBox()
        for ending in _ENDINGS:
            self.format.addItem(ending.upper() if ending != "webp" else "WebP")
        self.wrong = label("", "caption", "bad", wrap=True)
        self._name()
        self._arrange()

    def asked(self) -> BatchAsked:
        """What was asked for.

        Raises:
            OptionError: The seeds are none.
        """
        by_seed = self.source.currentIndex() == 0
        seeds = tuple(parse_seeds(self.seeds.text())) if by_seed else None
        folder = None if by_seed else Path(self.pictures.text().strip())
        output = Path(self.output.text().strip()).expanduser()
        return BatchAsked(self._doc, output, _ENDINGS[self.format.currentIndex()], seeds, folder)

    def accept(self) -> None:
        """Stay open while something is wrong, and say what."""
        try:
            self.asked()
        except LatentStudioError as error:
            self.wrong.setText(shown(error.sentence()))
            return
        if self.output.text().strip():
            super().accept()

    def _name(self) -> None:
        self.source.setAccessibleName(tr("Apply to"))
        self.seeds.setAccessibleName(self.source.itemText(0))
        self.pictures.setAccessibleName(self.source.itemText(1))
        self.output.setAccessibleName(tr("Save to"))
        self.format.setAccessibleName(tr("Format"))

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(label(tr("Apply to"), "label", "tx2"), 0, 0)
        grid.addWidget(self.source, 0, 1)
        folder = QWidget()
        folder.setLayout(_with_browse(self.pictures, self))
        which = QStackedWidget()
        which.addWidget(self.seeds)
        which.addWidget(folder)
        self.source.currentIndexChanged.connect(which.setCurrentIndex)
        grid.addWidget(which, 1, 1)
        grid.addWidget(label(tr("Save to"), "label", "tx2"), 2, 0)
        grid.addLayout(_with_browse(self.output, self), 2, 1)
        grid.addWidget(label(tr("Format"), "label", "tx2"), 3, 0)
        grid.addWidget(self.format, 3, 1)
        grid.setColumnStretch(1, 1)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        draw = buttons.addButton(tr("Draw"), QDialogButtonBox.ButtonRole.AcceptRole)
        draw.setProperty("kind", "primary")
        draw.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(
            label(tr("Pictures that are there already are left out."), "caption", "tx3")
        )
        column.addLayout(grid)
        column.addWidget(self.wrong)
        column.addWidget(buttons)
        self.setMinimumWidth(520)


class Batch(QObject):
    """The command, and what is said when all is drawn.

    Args:
        window: What the dialog belongs to.
        history: Whose edits.
        client: The door to the engine.
        preferences: Know where pictures were saved last.
    """

    def __init__(
        self, window: QWidget, history: History, client: "StudioClient", preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window, self._history = window, history
        self._client, self._preferences = client, preferences
        client.projects.drawn.connect(self._drawn)

    def ask(self) -> None:
        """Ask which pictures and where to."""
        folder = self._preferences.now.save_folder
        dialog = BatchDialog(self._history.document, folder, self._window)
        if dialog.exec():
            self._client.projects.draw_many(dialog.asked())
        dialog.deleteLater()

    def _drawn(self, asked: BatchAsked, count: int) -> None:
        words = filled(tr("%1 pictures are in %2"), str(count), asked.output.name)
        self._client.notice.emit("ok", words)


def _with_browse(field: QLineEdit, parent: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(field, 1)
    row.addWidget(text_button(tr("Browse…"), press=_browse(field, parent), kind=""))
    return row


def _browse(field: QLineEdit, parent: QWidget) -> Callable[[], None]:
    def browse() -> None:
        found = QFileDialog.getExistingDirectory(parent, parent.windowTitle(), field.text())
        if found:
            field.setText(found)

    return browse
