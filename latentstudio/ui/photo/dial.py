"""How close, how free: the dial from faithful to editable, with its two curves."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from latentstudio.session.photo_messages import DialPlace
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.meter import state_words
from latentstudio.ui.widgets.words import fixed, tr

_MARGIN = 8.0
USUAL = 0.5


class Dial(QWidget):
    """A slider over the places that were measured; `chosen` tells which one."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: Sequence[DialPlace] = ()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("How close, how free"))
        self.slider.setPageStep(1)
        self.plot = DialPlot()
        ends = QHBoxLayout()
        ends.addWidget(label(tr("Faithful"), "caption", "tx2"))
        ends.addStretch(1)
        ends.addWidget(label(tr("Editable"), "caption", "tx2"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.slider)
        column.addLayout(ends)
        column.addWidget(self.plot)
        self.faithful, self.editable = label("", "caption", "tx2"), label("", "caption", "tx2")
        self.editable.setAlignment(Qt.AlignmentFlag.AlignRight)
        told = QHBoxLayout()
        told.addWidget(self.faithful)
        told.addWidget(self.editable)
        column.addLayout(told)
        column.addWidget(label(tr("Line: error. Dashes: distance."), "caption", "tx3"))
        self.slider.valueChanged.connect(self._moved)

    def show_places(self, places: Sequence[DialPlace]) -> None:
        """Show what was measured, and stand in the middle."""
        self._places = places
        self.faithful.setText(_told(places[0]))
        self.editable.setText(_told(places[-1]))
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, len(places) - 1)
        middle = min(range(len(places)), key=lambda i: abs(places[i].honesty - USUAL))
        self.slider.setValue(middle)
        self.slider.blockSignals(blocked)
        self._moved(middle)

    @property
    def place(self) -> DialPlace:
        """Where it stands."""
        return self._places[self.slider.value()]

    def _moved(self, index: int) -> None:
        if self._places:
            self.plot.show_places(self._places, index)
            self.chosen.emit(index)


def _told(place: DialPlace) -> str:
    """What one end of the dial costs."""
    words = tr("Error %1").replace("%1", fixed(place.error, 3))
    return f"{words}\n{state_words(place.reading.state)}"


class DialPlot(QWidget):
    """Error as a line, distance from the middle of the shell as dashes, each to its own scale."""

    def __init__(self) -> None:
        super().__init__()
        self._places: Sequence[DialPlace] = ()
        self._at = 0
        self.setMinimumHeight(90)
        theme().changed.connect(self.update)

    def show_places(self, places: Sequence[DialPlace], at: int) -> None:
        self._places, self._at = places, at
        ends = tr("Error %1 to %2").replace("%1", fixed(places[0].error, 3))
        self.setAccessibleName(ends.replace("%2", fixed(places[-1].error, 3)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._places) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme().current()
        painter.setPen(QPen(tokens.color("line"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        errors = self._line([place.error for place in self._places])
        painter.setPen(QPen(tokens.color("acc"), 2))
        painter.drawPolyline(errors)
        away = [abs(place.reading.percentile - 50) for place in self._places]
        painter.setPen(QPen(tokens.color("ok"), 2, Qt.PenStyle.DashLine))
        painter.drawPolyline(self._line(away))
        painter.setPen(QPen(tokens.color("tx"), 1))
        here = errors[self._at]
        painter.drawLine(QPointF(here.x(), _MARGIN), QPointF(here.x(), self.height() - _MARGIN))
        painter.setBrush(tokens.color("acc"))
        painter.drawEllipse(here, 4, 4)
        painter.end()

    def _line(self, values: Sequence[float]) -> list[QPointF]:
        low, high = min(values), max(values)
        wide, tall = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        span = (high - low) or 1.0
        return [
            QPointF(
                _MARGIN + wide * index / (len(values) - 1),
                _MARGIN + tall * (1 - (value - low) / span),
            )
            for index, value in enumerate(values)
        ]
