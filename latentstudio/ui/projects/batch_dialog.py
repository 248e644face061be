"""Which edits are wanted on which pictures, and where to."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
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
from latentstudio.core.settings import Settings
from latentstudio.document.state import Document
from latentstudio.session.project_messages import BatchRequest, MetadataChoice
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.dialog_buttons import dialog_buttons
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.words import tr

_ENDINGS = ("png", "webp", "psd")
ChosenLook = tuple[Path, str]
"""The file of a preset and the id of a look in it."""


class BatchDialog(QDialog):
    """Gathers a `BatchRequest`; nothing is drawn here.

    Args:
        doc: Whose edits.
        now: Knows where pictures were saved last, and whether they carry recipes.
        parent: The window.
        looks: Looks of presets that may be put on instead, with their names.
        chosen: Which of them is suggested; None for the edits.
    """

    def __init__(
        self,
        doc: Document,
        now: Settings,
        parent: QWidget,
        looks: Sequence[tuple[ChosenLook, str]] = (),
        chosen: ChosenLook | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Edits on many pictures"))
        self._doc = doc
        self.edits = QComboBox()
        self._looks: list[ChosenLook | None] = []
        self.show_looks(looks, chosen)
        self.recipe = QCheckBox(tr("Keep the recipe in the pictures"))
        self.recipe.setChecked(now.save_recipe)
        self._made = now.save_made
        folder = now.save_folder
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

    def show_looks(
        self, looks: Sequence[tuple[ChosenLook, str]], chosen: ChosenLook | None = None
    ) -> None:
        """Offer the edits, where there are some, and looks; keep what is chosen."""
        if chosen is None and self._looks:
            chosen = self._looks[self.edits.currentIndex()]
        count = len(self._doc.picture.active())
        words = filled(tr("The edits now (%1)"), str(count))
        edits: list[tuple[ChosenLook | None, str]] = [(None, words)] if count or not looks else []
        rows = [*edits, *looks]
        self._looks = [look for look, _ in rows]
        self.edits.clear()
        self.edits.addItems([name for _, name in rows])
        self.edits.setCurrentIndex(self._looks.index(chosen) if chosen in self._looks else 0)

    def asked(self) -> BatchRequest:
        """What was asked for.

        Raises:
            OptionError: The seeds are none.
        """
        by_seed = self.source.currentIndex() == 0
        seeds = tuple(parse_seeds(self.seeds.text())) if by_seed else None
        folder = None if by_seed else Path(self.pictures.text().strip())
        output = Path(self.output.text().strip()).expanduser()
        preset, look = self._looks[self.edits.currentIndex()] or (None, "")
        carried = MetadataChoice(self._made, self.recipe.isChecked())
        ending = _ENDINGS[self.format.currentIndex()]
        return BatchRequest(self._doc, output, ending, seeds, folder, preset, look, carried)

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
        self.edits.setAccessibleName(tr("Apply"))
        self.source.setAccessibleName(tr("Apply to"))
        self.seeds.setAccessibleName(self.source.itemText(0))
        self.pictures.setAccessibleName(self.source.itemText(1))
        self.output.setAccessibleName(tr("Save to"))
        self.format.setAccessibleName(tr("Format"))

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(label(tr("Apply"), "label", "tx2"), 0, 0)
        grid.addWidget(self.edits, 0, 1)
        grid.addWidget(label(tr("To"), "label", "tx2"), 1, 0)
        grid.addWidget(self.source, 1, 1)
        folder = QWidget()
        folder.setLayout(_with_browse(self.pictures, self))
        which = QStackedWidget()
        which.addWidget(self.seeds)
        which.addWidget(folder)
        self.source.currentIndexChanged.connect(which.setCurrentIndex)
        grid.addWidget(which, 2, 1)
        grid.addWidget(label(tr("Save to"), "label", "tx2"), 3, 0)
        grid.addLayout(_with_browse(self.output, self), 3, 1)
        grid.addWidget(label(tr("Format"), "label", "tx2"), 4, 0)
        grid.addWidget(self.format, 4, 1)
        grid.addWidget(self.recipe, 5, 1)
        self.format.currentIndexChanged.connect(
            lambda place: self.recipe.setEnabled(_ENDINGS[place] != "psd")
        )
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(
            label(
                tr("Pictures that are there already are left out, so it goes on where it stopped."),
                "caption",
                "tx3",
            )
        )
        column.addLayout(grid)
        column.addWidget(self.wrong)
        column.addLayout(dialog_buttons(self, tr("Draw")))
        self.setMinimumWidth(520)


def _with_browse(field: QLineEdit, parent: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(field, 1)
    button = text_button(tr("Browse…"), press=_browse(field, parent), kind="")
    button.setAutoDefault(False)  # Enter draws
    row.addWidget(button)
    return row


def _browse(field: QLineEdit, parent: QWidget) -> Callable[[], None]:
    def browse() -> None:
        found = QFileDialog.getExistingDirectory(parent, parent.windowTitle(), field.text())
        if found:
            field.setText(found)

    return browse
