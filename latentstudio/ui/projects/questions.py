"""What is asked of a person about project files."""

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from latentstudio.exchange.projects import ENDING, Project
from latentstudio.ui.projects.previews import pixmap_of
from latentstudio.ui.widgets.dialog_buttons import dialog_buttons
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import ask, bare, message
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr

_SIDE = 192


class Questions:
    """Dialogs; each gives the answer.

    Args:
        window: What they belong to.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def where_to_save(self, suggested: Path) -> Path | None:
        """Ask for a file; None where nobody wants one."""
        kinds = tr("Projects (%1)").replace("%1", f"*{ENDING}")
        title = tr("Save the project")
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(suggested), kinds)
        return with_ending(Path(name)) if name else None

    def which_to_open(self, folder: str) -> Path | None:
        """Ask for a project to open."""
        kinds = tr("Projects (%1)").replace("%1", f"*{ENDING}")
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a project"), folder, kinds)
        return Path(name) if name else None

    def keep_changes(self, name: str) -> str:
        """What becomes of changes that are not in the project: save, leave or cancel."""
        text = filled(tr("Save the changes of %1 before another project opens?"), name)
        more = tr("Without saving, they are kept as earlier work.")
        box = message(self._window, tr("Open a project"), text, more, QMessageBox.Icon.Question)
        save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(tr("Don't save"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save)
        box.exec()
        box.deleteLater()
        chosen = box.clickedButton()
        return "save" if chosen is save else "leave" if chosen is leave else "cancel"

    def may_replace_changed(self, name: str) -> bool:
        """Whether a file that another program has changed may be written over."""
        text = filled(tr("%1 was changed since you opened it. Replace it with yours?"), name)
        return ask(self._window, tr("Save the project"), text, tr("Replace"))

    def use_another_model(self, project: Project, name: str) -> str:
        """What to do where the model is not the one of the project: open, find or cancel."""
        text = filled(
            tr("%1 is not the model that this project was made with, or it has changed."), name
        )
        more = tr("Its pictures will look different, and some edits may not fit.")
        box = message(self._window, tr("Open a project"), text, more, QMessageBox.Icon.Warning)
        find = box.addButton(tr("Find the model…"), QMessageBox.ButtonRole.AcceptRole)
        open_ = box.addButton(tr("Open anyway"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(find)
        _show_preview(box, project)
        box.exec()
        box.deleteLater()
        chosen = box.clickedButton()
        return "open" if chosen is open_ else "find" if chosen is find else "cancel"

    def where_is_the_model(self, project: Project) -> Path | None:
        """Show the project's picture, and ask for the file of its model."""
        if not MissingModel(project, self._window).exec():
            return None
        return self.which_model(project)

    def which_model(self, project: Project) -> Path | None:
        """Ask for the file of a project's model."""
        title = filled(tr("Find the model %1"), project.model.name)
        folder = Path(project.model.path).parent
        start = str(folder) if folder.is_dir() else ""
        name, _ = QFileDialog.getOpenFileName(self._window, title, start)
        return Path(name) if name else None


class MissingModel(QDialog):
    """Says that a project's model is not where it was, beside the project's picture."""

    def __init__(self, project: Project, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Find the model"))
        picture = bare()
        picture.setPixmap(preview_of(project))
        picture.setAccessibleName(tr("The project's picture"))
        model = project.model
        said = filled(tr("%1, the model of this project, is not there any more:"), model.name)
        safe = tr("Your picture is safe in the project. Find the model's file to go on.")
        words = QVBoxLayout()
        words.setSpacing(8)
        for made in (
            label(said, wrap=True),
            label(model.path, "caption", wrap=True),
            label(safe, wrap=True),
        ):
            words.addWidget(made)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(row)
        column.addLayout(dialog_buttons(self, tr("Find the model…")))
        self.setMinimumWidth(520)


def preview_of(project: Project) -> QPixmap:
    """A project's picture as large as a dialog shows it; null where there is none."""
    picture = pixmap_of(QByteArray(project.preview), _SIDE)
    if picture.isNull():
        return picture
    kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return picture.scaled(_SIDE, _SIDE, kept, smooth)


def _show_preview(box: QMessageBox, project: Project) -> None:
    picture = preview_of(project)
    if not picture.isNull():
        box.setIconPixmap(picture)


def with_ending(path: Path) -> Path:
    """The path with the ending of projects."""
    return path if path.suffix.lower() == ENDING else path.with_name(path.name + ENDING)
