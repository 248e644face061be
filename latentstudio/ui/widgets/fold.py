"""A heading that shows and hides what is under it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLayout, QSizePolicy, QVBoxLayout, QWidget

from latentstudio.ui.theme import icon, theme

_AIR = 4  # px


class FoldButton(QAbstractButton):
    """Chevron and title; checked is open."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme().font("label"))
        return QSize(metrics.horizontalAdvance(self.text()) + 24, max(24, metrics.height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        mark = icon("chevron-down" if self.isChecked() else "chevron-right", "tx2")
        # The sign has air within its 16 px: its stroke begins where texts above it do.
        mark.paint(painter, -_AIR, (self.height() - 16) // 2, 16, 16)
        painter.setFont(theme().font("label"))
        painter.setPen(tokens.color("tx2"))
        text = self.rect().adjusted(20 - _AIR, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class Fold(QWidget):
    """A heading over a content that it folds away."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = FoldButton(title)
        self._content = QWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button)
        column.addWidget(self._content)
        self.button.toggled.connect(self._content.setVisible)

    @property
    def content(self) -> QWidget:
        """What is folded away."""
        return self._content

    def set_content(self, layout: QLayout) -> None:
        """Put a layout under the heading."""
        self._content.setLayout(layout)
