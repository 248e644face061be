"""A card over the canvas: not modal, at the lower right; the canvas stays live behind it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import tr

WIDTH = 320
_EDGE = 12
_LEAST = 120


class FloatingCard(QFrame):
    """Title and cross above, `column` for the rest; Esc closes, Ctrl+Enter accepts.

    Args:
        over: The canvas.
        title: Of the card.
    """

    appearing = Signal()
    """It is about to be shown: what hides this corner should go."""
    left = Signal()
    """It was closed while it had the keyboard."""
    moved = Signal()
    """It came, went or changed its place."""

    def __init__(self, over: QWidget, title: str) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.title = label(title, "title")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(icon_button("x", tr("Close"), self.hide))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 8, 12, 12)
        self.column.setSpacing(8)
        self.column.addLayout(head)
        self.setFixedWidth(WIDTH)
        over.installEventFilter(self)
        self.hide()

    def accept(self) -> None:
        """What Ctrl+Enter does."""
        raise NotImplementedError

    def buttons(self, primary: QPushButton) -> QHBoxLayout:
        """Cancel and the primary one, at the right."""
        primary.setProperty("kind", "primary")
        primary.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        primary.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(text_button(tr("Cancel"), "", self.hide, kind=""))
        row.addWidget(primary)
        return row

    def appear(self) -> None:
        """Show it above everything on the canvas."""
        self.appearing.emit()
        self.show()
        self.raise_()
        self.place()

    def place(self) -> None:
        """Find the corner again; no taller than the canvas."""
        self.adjustSize()
        room = self._over.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        height = min(self.sizeHint().height(), max(_LEAST, room.height()))
        top = max(_EDGE, room.bottom() - height + 1)
        self.setGeometry(max(0, room.right() - WIDTH + 1), top, WIDTH, height)
        self.moved.emit()

    def hide(self) -> None:
        """Close it; where it had the keyboard, `left` tells that it is free."""
        focused = QApplication.focusWidget()
        had = focused is not None and self.isAncestorOf(focused)
        super().hide()
        if had:
            self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.moved.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        else:
            event.accept()  # keys typed here are no commands of the window
