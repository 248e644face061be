"""One direction of the sheet: its name, to be typed over, above its strip."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.delegate import paint_film
from latentstudio.ui.directions.rows import method_words
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import tr

FRAMES = 7
_LARGEST, _LEAST = 64, 28
_FLAT = "QLineEdit { background: transparent; border: none; min-height: 0; padding: 0; }"


class SheetCard(QWidget):
    """A click on the strip selects the direction in the list; Enter ends a name."""

    chosen = Signal(str)

    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self.id, self._board = id, board
        self.name = QLineEdit()
        self.name.setStyleSheet(_FLAT)
        set_role(self.name, "strong")
        self.name.setAccessibleName(tr("Name of the direction"))
        self.name.editingFinished.connect(self._renamed)
        self.name.installEventFilter(self)
        self.source = label("", "caption", "tx3")
        self.strip = _Strip(board, id)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.source)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.strip)
        self.refresh()

    def refresh(self) -> None:
        """Show what the document says now; a name that is being typed stays."""
        found = self._board.direction(self.id)
        if not self.name.hasFocus():
            self.name.setText(self._board.name(self.id))
            self.name.setCursorPosition(0)
        self.source.setText(method_words(found.method) if found is not None else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.name.setText(self._board.name(self.id))
                self.name.clearFocus()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.name.clearFocus()
                return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.id)

    def _renamed(self) -> None:
        if self.name.text() != self._board.name(self.id):
            self._board.commands.rename(self.id, self.name.text())
        self.refresh()


class _Strip(QWidget):
    """Seven frames as wide as there is room."""

    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self._board, self._id = board, id
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(_LARGEST)

    @property
    def _side(self) -> float:
        return min(float(_LARGEST), (self.width() - FRAMES + 1) / FRAMES)

    def resizeEvent(self, event: QEvent) -> None:
        self.setFixedHeight(round(max(_LEAST, self._side)))

    def sizeHint(self) -> QSize:
        return QSize(FRAMES * 48, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        side = self._side
        places = [QRectF(k * (side + 1), 0, side, side) for k in range(FRAMES)]
        paint_film(painter, places, self._board.frames(self._id, FRAMES))
        painter.end()
