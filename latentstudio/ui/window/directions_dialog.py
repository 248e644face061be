"""Save moved directions as a preset: which, and where."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.export_names import directions_name, free
from latentstudio.ui.window.save_place import PlaceField, may_save, save_buttons

ENDING = "lpreset"


class DirectionsDialog(QDialog):
    """Names what is saved and asks for a file; nothing is written here.

    Args:
        names: Of the directions.
        folder: Where the last ones were saved, or empty.
        parent: The window.
    """

    def __init__(self, names: Sequence[str], folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save moved directions"))
        start = Path(folder or _documents()) / f"{directions_name(names)}.{ENDING}"
        self.place = PlaceField(free(start), (ENDING,), tr("Presets"))
        words = tr("%1 directions go into the preset, with their names and layers: %2.")
        one = tr("%2 goes into the preset, with its name and layers.")
        text = filled(words if len(names) > 1 else one, str(len(names)), ", ".join(names))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(text, "body", wrap=True))
        column.addWidget(self.place)
        column.addLayout(save_buttons(self, tr("Save"), "save"))
        self.setMinimumWidth(520)

    @property
    def path(self) -> Path:
        """Where to save."""
        return self.place.path_with(ENDING)

    def accept(self) -> None:
        """Ask before replacing a file; stay open without a name."""
        if may_save(self, self.place, self.path):
            super().accept()


def _documents() -> str:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return QStandardPaths.writableLocation(place) or str(Path.home())
