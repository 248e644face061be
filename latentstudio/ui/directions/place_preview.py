"""What lies at a place of a slider's track, shown while the mouse rests there."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.document.history import History
from latentstudio.render.messages import SliderPlace
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.density.words import verdict
from latentstudio.ui.directions.editor import RowSlider
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import signed

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SIDE, _WIDTH = 56, 244
_AWAY = 18  # px from the slider's middle to the card
_HANDLE = 10  # px around the handle's middle: what lies there is on the canvas already


class PlaceCard(QWidget):
    """A small picture, its amount, and where it lies; the mouse passes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.picture = bare()
        self.picture.setFixedSize(QSize(_SIDE, _SIDE))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.amount = label("", "body")
        self.words = label("", "caption", "tx2", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.amount)
        texts.addWidget(self.words, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.picture)
        row.addLayout(texts, 1)
        self.setFixedWidth(_WIDTH)
        self.hide()

    def show_place(self, place: SliderPlace) -> None:
        """Fill in what was found."""
        side = QSize(_SIDE, _SIDE)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
        small: QPixmap = to_pixmap(place.pixels)
        self.picture.setPixmap(small.scaled(side, keep, smooth.SmoothTransformation))
        self.amount.setText(signed(place.amount))
        self.words.setText("" if place.reading is None else verdict(place.reading))
        self.adjustSize()

    def move_beside(self, at: QPoint) -> None:
        """Stand above a point of the window, below it where there is no room."""
        room = self._window.rect()
        left = min(max(4, at.x() - self.width() // 2), room.width() - self.width() - 4)
        above = at.y() - _AWAY - self.height()
        self.move(left, above if above >= 4 else at.y() + _AWAY)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.color("line2"))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()


class PlacePreview(QObject):
    """Asks for the place under a resting mouse and shows it when it comes.

    Args:
        history: The picture that the slider would move.
        client: Draws it.
        sliders: Where the mouse may rest.
        parent: Where it belongs.
    """

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        sliders: tuple[RowSlider, ...],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._history, self._client = history, client
        self._card: PlaceCard | None = None
        self._wanted: tuple[RowSlider, str, float] | None = None
        for slider in sliders:
            slider.pointed.connect(lambda amount, slider=slider: self._pointed(slider, amount))
        client.previews.place_ready.connect(self._ready)
        self.destroyed.connect(history.changed.connect(lambda _: self._hide()))

    @property
    def card(self) -> PlaceCard | None:
        """What is shown, or None while nothing is."""
        return self._card if self._card is not None and self._card.isVisible() else None

    def _pointed(self, slider: RowSlider, amount: float | None) -> None:
        self._hide()
        if amount is not None and not _at_handle(slider, amount):
            self._wanted = slider, slider.id, amount
            picture = self._history.document.picture
            self._client.previews.want_place(picture, slider.id, amount)

    def _ready(self, place: SliderPlace | None) -> None:
        if place is None or self._wanted is None:
            return
        slider, id, amount = self._wanted
        same = (place.direction, place.amount, slider.id) == (id, amount, id)
        if not same or place.picture != self._history.document.picture:
            return
        if self._card is None or self._card.parentWidget() is not slider.window():
            self._card = PlaceCard(slider.window())
        self._card.show_place(place)
        at = QPoint(round(slider.track().x(amount)), slider.height() // 2)
        self._card.move_beside(slider.mapTo(slider.window(), at))
        self._card.raise_()
        self._card.show()

    def _hide(self) -> None:
        self._wanted = None
        if self._card is not None:
            self._card.hide()


def _at_handle(slider: RowSlider, amount: float) -> bool:
    track = slider.track()
    return bool(abs(track.x(amount) - track.x(slider.amount)) < _HANDLE)
