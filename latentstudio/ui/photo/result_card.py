"""What the model makes of a photo: the picture, the dial, the figures, the button that uses it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.session.photo_messages import PhotoFound, PhotoNews
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.density.words import sentence
from latentstudio.ui.photo.dial import Dial
from latentstudio.ui.photo.progress_strip import ProgressStrip
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.meter import state_words
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.render.messages import Pixels

_SIDE = 160


class ResultCard(QWidget):
    """Shows a search while it runs, and what it found."""

    def __init__(self) -> None:
        super().__init__()
        self.made = bare()
        self.made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.made.setFixedHeight(_SIDE)
        self.made.setAccessibleName(tr("What the model makes of it"))
        self.strip = ProgressStrip()
        self.title = label(tr("How close, how free"), "body")
        self.dial = Dial()
        self.error = label("", "body", wrap=True)
        self.use = text_button(tr("Use this picture"), "check", kind="primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.made, self.strip, self.title, self.dial, self.error, self.use):
            column.addWidget(widget)
        self.strip.chosen.connect(lambda news: self.show_pixels(news.pixels))

    def show_state(self, running: bool, found: PhotoFound | None) -> None:
        """Show what there is: pictures while it runs, the dial once it is found."""
        there = found is not None
        self.setVisible(running or there)
        for widget in (self.title, self.dial, self.error, self.use):
            widget.setVisible(there)

    def show_news(self, news: PhotoNews) -> None:
        """A picture of the search, or of the fit."""
        self.strip.add(news)
        self.show_pixels(news.pixels)

    def show_place(self) -> None:
        """Where the dial stands: its picture and its figures."""
        place = self.dial.place
        self.show_pixels(place.pixels)
        words = tr("Error %1, %2 dB.").replace("%1", fixed(place.error, 3))
        words = words.replace("%2", fixed(place.psnr, 1))
        reading = place.reading
        self.error.setText(f"{words} {state_words(reading.state)}. {sentence(reading)}")

    def show_pixels(self, pixels: "Pixels") -> None:
        """Show a picture (n, n, 3) large."""
        side, ratio = QSize(_SIDE, _SIDE), Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        self.made.setPixmap(to_pixmap(pixels).scaled(side, ratio, smooth))
