"""A few choices side by side, one of them on."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from latentstudio.ui.theme import theme


class Segmented(QWidget):
    """Choices in one sunk field. `chosen` tells the key of a choice that the artist makes."""

    chosen = Signal(str)

    def __init__(self, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for key, text in choices:
            button = QPushButton(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, key=key: self._choose(key))
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self.set_tight(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_choice(choices[0][0])

    @property
    def choice(self) -> str:
        """Key of the choice that is on."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def show_choice(self, key: str) -> None:
        """Show a choice without asking for it."""
        self._buttons[key].setChecked(True)

    def set_tight(self, tight: bool) -> None:
        """Leave less room beside the words, for narrow windows."""
        room = 4 if tight else 10
        for button in self._buttons.values():
            button.setStyleSheet(f"QPushButton {{ min-height: 22px; padding: 0 {room}px; }}")

    def button(self, key: str) -> QPushButton:
        """One of the buttons, to disable it or to give it a tooltip."""
        return self._buttons[key]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        tokens = theme().current()
        painter.setBrush(tokens.color("canvas" if tokens.look == "dark" else "win"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.end()

    def _choose(self, key: str) -> None:
        self.chosen.emit(key)
