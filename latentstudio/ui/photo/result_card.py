"""What the model makes of a photo: the picture, the dial, the figures, the button that uses it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

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

SIDE = 130
"""Of the photo's square and of the model's picture, side by side."""


class ResultCard(QWidget):
    """Shows a search while it runs, and what it found."""

    def __init__(self) -> None:
        super().__init__()
        self.own, self.made = _framed(tr("Your picture")), _framed(tr("What the model makes of it"))
        self.strip = ProgressStrip()
        self.title = label(tr("How close, how free"), "body")
        self.dial = Dial()
        self.error = label("", "body", wrap=True)
        self.use = text_button(tr("Use this picture"), "check", kind="primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        pictures = QGridLayout()
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setVerticalSpacing(2)
        for index, picture in enumerate((self.own, self.made)):
            words = picture.accessibleName()
            pictures.addWidget(label(words, "caption", "tx2"), 0, index)
            pictures.addWidget(picture, 1, index)
        column.addLayout(pictures)
        for widget in (self.strip, self.title, self.dial, self.error, self.use):
            column.addWidget(widget)
        self.strip.chosen.connect(lambda news: self.show_pixels(news.pixels))

    def show_state(self, running: bool, found: PhotoFound | None) -> None:
        """Show what there is: pictures while it runs, the dial once it is found."""
        there = found is not None
        self.setVisible(running or there)
        for widget in (self.title, self.dial, self.error, self.use):
            widget.setVisible(there)

    def show_own(self, square: "Pixels") -> None:
        """Show what the frame cuts out, (n, n, 3), beside what the model makes of it."""
        self.own.setPixmap(to_pixmap(square))

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
        side, ratio = QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        self.made.setPixmap(to_pixmap(pixels).scaled(side, ratio, smooth))


def _framed(words: str) -> QLabel:
    """The place of a picture."""
    place = bare()
    place.setFixedSize(SIDE, SIDE)
    place.setAccessibleName(words)
    return place
