"""What dialogs that save share: a field for the file, a question before replacing, buttons."""

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.plain_text import ask
from latentstudio.ui.widgets.words import tr


class PlaceField(QWidget):
    """A file's path, typed or chosen.

    Args:
        path: To begin with.
        endings: Of files of this kind, without dots.
        kinds: What they are called.
    """

    browsed = Signal(str)

    def __init__(self, path: Path, endings: tuple[str, ...], kinds: str) -> None:
        super().__init__()
        self._endings, self._kinds = endings, kinds
        self.edit = QLineEdit(str(path))
        self.edit.setAccessibleName(tr("File"))
        self.edit.setMinimumWidth(280)
        browse = QPushButton(tr("Browse…"))
        browse.setIcon(icon("folder-open"))
        browse.setIconSize(QSize(19, 16))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.edit)

    def path_with(self, ending: str) -> Path:
        """The path with an ending, in place of one of this kind."""
        typed = Path(self.edit.text().strip()).expanduser()
        if typed.suffix.lower().lstrip(".") in (*self._endings, "jpeg"):
            return typed.with_suffix(f".{ending}")
        return typed.with_name(f"{typed.name}.{ending}") if typed.name else typed

    def _browse(self) -> None:
        patterns = " ".join(f"*.{ending}" for ending in self._endings)
        # Replacing is asked about once, at the end.
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.window().windowTitle(),
            str(Path(self.edit.text().strip()).expanduser()),
            f"{self._kinds} ({patterns})",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.edit.setText(path)
            self.browsed.emit(path)


def may_save(dialog: QDialog, place: PlaceField, path: Path) -> bool:
    """Whether there is a name, and nothing is replaced that should stay."""
    if not place.edit.text().strip() or not path.stem:
        place.edit.setFocus()
        return False
    question = tr("%1 is there already. Replace it?").replace("%1", path.name)
    return not path.exists() or ask(dialog, dialog.windowTitle(), question, tr("Replace"))
