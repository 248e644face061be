"""The strip in 32 px, for low windows: how many snapshots, and the latest of them."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from latentstudio.ui.strip.snapshot_delegate import draw_thumb
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

_SIDE, _PITCH, _MOST = 22, 30, 6


class StripBar(QWidget):
    """A button that opens the strip, and up to six small pictures that recall."""

    opened = Signal()
    recalled = Signal(int)

    def __init__(self, model: SnapshotModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._button = QPushButton()
        self._button.setProperty("kind", "plain")
        self._button.setIcon(icon("chevron-up"))
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_tip(self._button, tr("Open snapshots and history"))
        self._button.clicked.connect(self.opened)
        self._thumbs = _Thumbs(model)
        self._thumbs.recalled.connect(self.recalled)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 10, 0)
        row.addWidget(self._button)
        row.addStretch(1)
        row.addWidget(self._thumbs)
        for signal in (model.modelReset, model.dataChanged):
            signal.connect(self._say)
        self._say()

    def _say(self) -> None:
        count = self._model.rowCount()
        words = tr("Snapshots") + (f"  {count}" if count else "")
        self._button.setText(words)
        self._thumbs.updateGeometry()
        self._thumbs.update()


class _Thumbs(QWidget):
    recalled = Signal(int)

    def __init__(self, model: SnapshotModel) -> None:
        super().__init__()
        self._model = model
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Latest snapshots"))
        set_tip(self, tr("Click to recall"))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_PITCH * len(self._rows()), 28)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        rows = self._rows()
        place = int(event.position().x()) // _PITCH
        if place < len(rows):
            self.recalled.emit(rows[place])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, row in enumerate(self._rows()):
            box = QRect(place * _PITCH + 4, (self.height() - _SIDE) // 2, _SIDE, _SIDE)
            picture = self._model.thumb(self._model.snapshot(row).picture)
            draw_thumb(painter, box, picture, ring=row == self._model.current_row())
        painter.end()

    def _rows(self) -> list[int]:
        count = self._model.rowCount()
        return list(range(max(0, count - _MOST), count))
