"""Chooses the layers that a direction may change."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import layer_words, tr

_CELL, _HIGH = 22, 24

Range = tuple[int, int]


class LayerBar(QWidget):
    """One cell a layer; dragging over cells chooses first to last.

    Keys: ← → move the range, Shift with them its end.
    """

    chosen = Signal(int, int)

    def __init__(self, layers: int, range_: Range, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = layers
        self._range = range_
        self._from: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def range(self) -> Range:
        """First and last layer chosen."""
        return self._range

    def show_range(self, range_: Range) -> None:
        """Show a range without asking for it."""
        self._range = range_
        self._say()
        self.update()

    def cell(self, layer: int) -> QRectF:
        """Where a layer's cell is."""
        step = self.width() / self._layers
        return QRectF(layer * step + 1, 1, step - 2, _HIGH - 2)

    def sizeHint(self) -> QSize:
        text = QFontMetrics(theme().font("caption")).height()
        return QSize(max(220, self._layers * _CELL), _HIGH + text + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = self._layer_at(event.position().x())
        self.show_range((self._from, self._from))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            here = self._layer_at(event.position().x())
            self.show_range((min(here, self._from), max(here, self._from)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self.chosen.emit(*self._range)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
            return
        first, last = self._range
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            last = min(self._layers - 1, max(first, last + step))
        elif first + step >= 0 and last + step < self._layers:
            first, last = first + step, last + step
        if (first, last) != self._range:
            self.show_range((first, last))
            self.chosen.emit(first, last)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font("caption"))
        first, last = self._range
        for layer in range(self._layers):
            on = first <= layer <= last
            border = "acc" if self.hasFocus() and on else "line2"
            painter.setPen(QPen(tokens.color(border), 1))
            painter.setBrush(tokens.color("acc" if on else "ctl"))
            painter.drawRoundedRect(self.cell(layer), 3, 3)
            painter.setPen(tokens.color("tx2" if on else "tx3"))
            under = QRectF(self.cell(layer)).translated(0, _HIGH)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, str(layer))
        painter.end()

    def _layer_at(self, x: float) -> int:
        return min(self._layers - 1, max(0, int(x * self._layers / max(1, self.width()))))

    def _say(self) -> None:
        self.setAccessibleName(": ".join((tr("Layers"), layer_words(self._range))))


class LayerRange(QFrame):
    """A small window with the bar; it closes when the artist presses elsewhere."""

    chosen = Signal(object)
    """(first, last), or None for the direction's own range."""

    def __init__(self, name: str, layers: int, now: Range | None, own: Range | None) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "raised")
        self._own = own or (0, layers - 1)
        self.bar = LayerBar(layers, now or self._own)
        self.bar.chosen.connect(self._choose)
        self.words = label(layer_words(self.bar.range), "label", "tx2")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(label(tr("Layers of %1").replace("%1", name), "title"))
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(text_button(tr("Its own range"), press=self._take_own, kind="link"))
        column.addLayout(row)

    def open_at(self, at: QPoint) -> None:
        """Show at a point of the screen."""
        self.adjustSize()
        self.move(at)
        self.show()
        self.bar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, first: int, last: int) -> None:
        self.words.setText(layer_words((first, last)))
        own = (first, last) == self._own
        self.chosen.emit(None if own else (first, last))

    def _take_own(self) -> None:
        self.bar.show_range(self._own)
        self._choose(*self._own)
