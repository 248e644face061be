"""Edits back into the whole photo, and what can be done where the photo is not there."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from latentstudio.document.history import History
from latentstudio.ui.photo.picture_source import ask_for_picture
from latentstudio.ui.photo.used_photos import UsedPhotos
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class BackCard(QWidget):
    """Saves the photo that the document's picture starts from, with the edits in it."""

    def __init__(self, history: History, client: "StudioClient", photos: UsedPhotos) -> None:
        super().__init__()
        self._history, self._client, self._photos = history, client, photos
        self.save = text_button(tr("Save the photo with the edits…"), "share", self._save)
        self.lost = label("", "body", "warn", wrap=True)
        self.find = text_button(tr("Show where it is…"), "folder-open", self._find)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.save, self.lost, self.find):
            column.addWidget(widget)

    def show_document(self) -> None:
        """Offer what the picture allows now."""
        start = self._history.document.picture.start
        lost = self._photos.lost(start)
        self.lost.setText(shown(lost) if lost else "")
        self.save.setVisible(self._photos.of(start) is not None)
        for widget in (self.lost, self.find):
            widget.setVisible(bool(lost))

    def _save(self) -> None:
        picture = self._history.document.picture
        used = self._photos.of(picture.start)
        if used is None:
            return
        name = f"{Path(used.photo.name).stem}-edited.png"
        kinds = f"{tr('Pictures')} (*.png *.webp *.jpg)"
        path, _ = QFileDialog.getSaveFileName(self.window(), self.save.text(), name, kinds)
        if path:
            self._client.photos.save(used.photo, used.crop, picture, path)

    def _find(self) -> None:
        path = ask_for_picture(self, tr("Show where the photo is"))
        if path:
            self._photos.find(self._history.document.picture.start, path)
