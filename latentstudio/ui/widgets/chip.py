"""Small filters in a row: one is chosen."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.flow import FlowLayout

_HEIGHT, _PAD = 22, 9


class Chip(QAbstractButton):
    """A 22 px filter; the chosen one is filled."""

    def __init__(self, key: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme().changed.connect(self.updateGeometry)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme().font("mark"))
        height = max(_HEIGHT, metrics.height() + 6)
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _PAD, height)

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        border = "accbg" if on else "line2"
        painter.setPen(QPen(tokens.color("acc" if self.hasFocus() else border), 1))
        painter.setBrush(tokens.color("accbg") if on else Qt.BrushStyle.NoBrush)
        if self.underMouse() and not on:
            painter.setBrush(tokens.color("ctlh"))
        if self.hasFocus():
            painter.setPen(QPen(tokens.color("acc"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setFont(theme().font("mark"))
        painter.setPen(tokens.color("acc" if on else "tx2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class ChipRow(QWidget):
    """Chips of which one is chosen; they wrap where there is no room."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, gap=4)
        self._chips: dict[str, Chip] = {}
        self._key = ""
        self.before: QWidget | None = None
        """From which Tab leads to the chips; else they follow all that was made before them."""

    @property
    def key(self) -> str:
        """Key of the chosen chip."""
        return self._key

    def set_chips(self, chips: list[tuple[str, str]]) -> None:
        """Show (key, text) pairs, keeping the choice if it is still there, else the first."""
        if list(self._chips) != [key for key, _ in chips]:
            self._rebuild(chips)
        for key, text in chips:
            if self._chips[key].text() != text:
                self._chips[key].setText(text)
                self._chips[key].updateGeometry()
        if self._key not in self._chips and chips:
            self.choose(chips[0][0])

    def choose(self, key: str) -> None:
        """Choose one; the others are let go."""
        changed = key != self._key
        self._key = key
        for other in self._chips.values():
            other.setChecked(other.key == key)
        if changed:
            self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = list(self._chips)
        if step is None or self._key not in keys:
            event.ignore()
            return
        following = keys[(keys.index(self._key) + step) % len(keys)]
        self.choose(following)
        self._chips[following].setFocus(Qt.FocusReason.TabFocusReason)

    def _rebuild(self, chips: list[tuple[str, str]]) -> None:
        # Those that stay are kept: every one that is shown anew lays out all that is around it.
        known, self._chips = self._chips, {}
        for key, text in chips:
            self._chips[key] = known.pop(key) if key in known else self._made(key, text)
        for chip in known.values():
            self._flow.removeWidget(chip)
            chip.hide()  # it goes later, and must not stand under the others until then
            chip.deleteLater()
        for key, chip in self._chips.items():
            self._flow.removeWidget(chip)
            self._flow.addWidget(chip)
            chip.setChecked(key == self._key)
            chip.show()
        before = self.before
        for chip in self._chips.values():
            if before is not None:
                QWidget.setTabOrder(before, chip)
                before = chip

    def _made(self, key: str, text: str) -> Chip:
        chip = Chip(key, text, self)
        chip.clicked.connect(lambda: self.choose(key))
        return chip
