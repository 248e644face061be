"""One bar for every layer of a W+ code, against the shell."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentstudio.ui.theme import Tokens, theme
from latentstudio.ui.widgets.words import tr

_BARS, _MARK, _GAP = 40, 8, 4


class LayerStrip(QWidget):
    """Bars from the model's mean, a dashed line where the shell ends, a mark on high ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self._edge = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_layers(self, values: Sequence[float], edge: float) -> None:
        """Show one coordinate for each layer; `edge` is the outer end of the shell."""
        self._values = tuple(values)
        self._edge = edge
        high = [str(i) for i, value in enumerate(values) if value >= edge]
        beyond = tr("beyond the shell: layers %1").replace("%1", ", ".join(high))
        words = beyond if high else tr("all on the shell")
        self.setAccessibleName(": ".join((tr("Layers"), words)))
        self.update()

    def bar(self, index: int) -> QRectF:
        """Where a layer's bar is painted."""
        count = max(1, len(self._values))
        step = self.width() / count
        top = max(*self._values, self._edge * 1.3, 1e-9)
        tall = max(2.0, _BARS * self._values[index] / top)
        left = index * step + step * 0.1
        return QRectF(left, _MARK + _BARS - tall, step * 0.8, tall)

    def sizeHint(self) -> QSize:
        text = QFontMetrics(theme().font("caption")).height()
        return QSize(200, _MARK + _BARS + _GAP + text)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._values:
            return
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, value in enumerate(self._values):
            self._paint_bar(painter, index, value >= self._edge, tokens)
        self._paint_edge(painter, tokens)
        self._paint_numbers(painter, tokens)
        painter.end()

    def _paint_bar(self, painter: QPainter, index: int, high: bool, tokens: Tokens) -> None:
        rect = self.bar(index)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("warn" if high else "ok"))
        painter.drawRoundedRect(rect, 1, 1)
        if high:
            x, y = rect.center().x(), rect.top() - 3
            mark = [QPointF(x - 3, y), QPointF(x + 3, y), QPointF(x, y - 4.5)]
            painter.drawPolygon(QPolygonF(mark))

    def _paint_edge(self, painter: QPainter, tokens: Tokens) -> None:
        top = max(*self._values, self._edge * 1.3, 1e-9)
        y = round(_MARK + _BARS - _BARS * self._edge / top) + 0.5
        pen = QPen(tokens.color("tx2"), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def _paint_numbers(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(theme().font("caption"))
        painter.setPen(tokens.color("tx3"))
        wide = QFontMetrics(painter.font()).horizontalAdvance("00") + 2
        step = self.width() / len(self._values)
        every = max(1, round(wide / step + 0.49))
        for index in range(0, len(self._values), every):
            middle = (index + 0.5) * step
            box = QRectF(middle - 12, _MARK + _BARS + _GAP - 2, 24, self.height() - _MARK - _BARS)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(box, flags, str(index))
