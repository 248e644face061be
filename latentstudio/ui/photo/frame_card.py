"""The photo with its frame, and the buttons that set it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.ui.photo.crop_view import CropView
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import fixed, tr


class FrameCard(QWidget):
    """Shows a photo; its `view` tells every move of the frame."""

    def __init__(self) -> None:
        super().__init__()
        self.view = CropView()
        self.turned = label("", "caption", "tx3", wrap=True)
        self.mirror = text_button(tr("Mirror"), "arrow-left-right")
        self.face = text_button(tr("Eyes and mouth"), "scan")
        for button in (self.mirror, self.face):
            button.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view)
        column.addWidget(self.turned)
        column.addLayout(button_row(self.mirror, self.face))
        self.view.changed.connect(self._moved)
        self.mirror.toggled.connect(self.view.set_mirror)
        self.face.toggled.connect(self.view.show_face)

    def show_photo(self, photo: Photo) -> None:
        """Begin with another photo."""
        for button in (self.mirror, self.face):
            button.setChecked(False)
        self.view.show_photo(photo)

    def show_crop(self, crop: Crop) -> None:
        """Show a frame that was set before."""
        self.mirror.setChecked(crop.mirror)
        self.view.set_crop(crop)

    def _moved(self, crop: Crop) -> None:
        words = tr("Turned %1°. Drag a corner or the round handle.")
        self.turned.setText(words.replace("%1", fixed(crop.angle, 1)))


def button_row(*widgets: QWidget) -> QHBoxLayout:
    """Buttons beside one another, from the left."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
