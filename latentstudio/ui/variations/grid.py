"""The tiles of a grid of variations: painted, hovered, reached by keys, taken by a click."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from latentstudio.core.reading import State
from latentstudio.document.variations import Variations
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.variations.layout import GridLayout, fitted
from latentstudio.ui.variations.words import spoken_cell
from latentstudio.ui.variations.work import VariationWork
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import signed, tr

_LABELS_LEFT, _LABELS_TOP = 52, 22
_REST_MS = 350
_MARKS = {"edge": ("circle-alert", "warn"), "off": ("triangle-alert", "warn")}


class TileGrid(QWidget):
    """One tile has the keyboard; Enter, Space or a click takes it.

    `looked_at` tells the cell that the pointer or the keyboard rests on, or -1.
    """

    looked_at = Signal(int)

    def __init__(self, work: VariationWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._pictures: dict[int, QPixmap] = {}
        self._hovered = self._focused = self._looked = -1
        self._layout: GridLayout | None = None
        self._rest = timer(self, _REST_MS, lambda: self._look(self._wanted()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Variations"))
        work.changed.connect(self._show_grid)
        work.tile_changed.connect(self._show_tile)
        work.marked.connect(self._marked)
        theme().changed.connect(self._arrange)

    @property
    def tiles(self) -> GridLayout | None:
        """Where the tiles lie; None without a grid."""
        return self._layout

    @property
    def focused(self) -> int:
        """The tile that has the keyboard, or -1."""
        return self._focused

    def picture(self, cell: int) -> QPixmap | None:
        """What a tile shows, if it has come."""
        return self._pictures.get(cell)

    def focus_tile(self, cell: int) -> None:
        """Give the keyboard to a tile."""
        self._focused = cell
        self._describe()
        self._rest.start()
        self.update()

    # What the work says

    def _show_grid(self) -> None:
        self._pictures.clear()
        self._hovered = -1
        self._look(-1)
        asked = self._work.asked
        self._focused = asked.middle if asked is not None else -1
        self._arrange()

    def _show_tile(self, cell: int) -> None:
        tile = self._work.tiles.get(cell)
        if tile is not None:
            first = not self._pictures
            self._pictures[cell] = to_pixmap(tile.pixels)
            if first:
                self._arrange()
            self.update()

    def _marked(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        asked = self._work.asked
        if asked is None or self._focused < 0:
            self.setAccessibleDescription("")
            return
        now = self._focused == self._work.now
        words = spoken_cell(asked, self._focused, self._state(self._focused), now)
        self.setAccessibleDescription(words)

    def _state(self, cell: int) -> State | None:
        tile = self._work.tiles.get(cell)
        return tile.state if tile is not None else None

    # Placing

    def _arrange(self) -> None:
        asked = self._work.asked
        self._layout = None if asked is None else self._placed(asked)
        if self._layout is not None:
            tile = self._layout.tile
            longer = max(tile.width(), tile.height())
            self._work.set_side(round(longer * self.devicePixelRatioF()))
        self._describe()
        self.update()

    def _placed(self, asked: Variations) -> GridLayout:
        labels = asked.kind in ("grid", "rows")
        margin = (_LABELS_LEFT if labels else 0, _LABELS_TOP if labels else 0)
        space = self.rect().adjusted(margin[0], margin[1], -(8 if labels else 0), 0)
        shown = next(iter(self._pictures.values()), None)
        shape = (shown.height(), shown.width()) if shown is not None else self._shape()
        return fitted(space, asked.columns, asked.rows, shape)

    def _shape(self) -> tuple[int, int]:
        model = self._work.board.model
        return model.info.size if model is not None else (1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell != self._hovered:
            self._hovered = cell
            self._look(-1)
            self._rest.start()
            shape = Qt.CursorShape
            self.setCursor(shape.PointingHandCursor if cell >= 0 else shape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self._rest.stop()
        self._look(-1)
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell >= 0:
            self._focused = cell
            self._look(-1)
            self._rest.stop()
            self._work.take(cell)
            self._marked()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._look(-1)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        asked, key = self._work.asked, Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            if self._looked >= 0:
                self._look(-1)
            else:
                self._work.close()
        elif asked is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._work.take(self._focused)
        elif asked is not None and (step := _step(key, asked)) is not None:
            self._walk(asked, *step)
        else:
            event.ignore()

    def _walk(self, asked: Variations, right: int, down: int) -> None:
        row, column = divmod(max(0, self._focused), asked.columns)
        column = min(max(0, column + right), asked.columns - 1)
        row = min(max(0, row + down), asked.rows - 1)
        self._hovered = -1
        self._look(-1)
        self.focus_tile(row * asked.columns + column)

    def _cell_at(self, place: QPoint) -> int:
        return -1 if self._layout is None else self._layout.cell(place)

    def _wanted(self) -> int:
        return self._hovered if self._hovered >= 0 else self._focused if self.hasFocus() else -1

    def _look(self, cell: int) -> None:
        if cell != self._looked:
            self._looked = cell
            self.looked_at.emit(cell)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        asked, layout = self._work.asked, self._layout
        if asked is None or layout is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self._paint_labels(painter, asked, layout)
        for cell in range(len(asked)):
            self._paint_tile(painter, cell, layout.box(cell))
        self._paint_marks(painter, layout)
        painter.end()

    def _paint_tile(self, painter: QPainter, cell: int, box: QRect) -> None:
        tokens, picture, state = theme().current(), self._pictures.get(cell), self._state(cell)
        if picture is None:
            painter.fillRect(box, tokens.color("raised"))
            return
        painter.setOpacity(0.45 if state == "off" else 1.0)
        painter.drawPixmap(box, picture)
        painter.setOpacity(1.0)
        if state is None or state not in _MARKS:
            return
        name, role = _MARKS[state]
        plate = QRect(box.right() - 17, box.top() + 2, 16, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("canvas", 0.8))
        painter.drawRoundedRect(plate, 3, 3)
        mark = pixmap(name, tokens.hex(role), 12, self.devicePixelRatioF())
        painter.drawPixmap(plate.left() + 2, plate.top() + 2, mark)

    def _paint_marks(self, painter: QPainter, layout: GridLayout) -> None:
        tokens, now = theme().current(), self._work.now
        painter.setBrush(Qt.BrushStyle.NoBrush)
        focused = self._focused if self.hasFocus() else -1
        for cell in {self._hovered, focused} - {-1}:
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRect(QRectF(layout.box(cell)).adjusted(-1, -1, 1, 1))
        if now >= 0:
            box = layout.box(now)
            painter.setPen(QPen(tokens.color("tx"), 2))
            inner = 1 if now in (self._hovered, focused) else -1
            painter.drawRect(QRectF(box).adjusted(inner, inner, -inner, -inner))
            self._paint_now(painter, box)

    def _paint_now(self, painter: QPainter, box: QRect) -> None:
        tokens, words = theme().current(), tr("now")
        painter.setFont(theme().font("caption"))
        wide = QFontMetrics(painter.font()).horizontalAdvance(words) + 10
        plate = QRect(box.left() + 4, box.bottom() - 20, wide, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("canvas", 0.92))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(tokens.color("tx"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_labels(self, painter: QPainter, asked: Variations, layout: GridLayout) -> None:
        if asked.kind not in ("grid", "rows"):
            return
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().current().color("hud"))
        middle = Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if asked.kind == "grid":
            for column, amount in enumerate(asked.axes[0].amounts):
                box = layout.box(column)
                painter.drawText(box.adjusted(-8, -20, 8, -box.height()), middle, signed(amount))
        for row in range(asked.rows):
            box = layout.box(row * asked.columns)
            place = QRect(0, box.top(), box.left() - 8, box.height())
            painter.drawText(place, right, self._row_words(painter, asked, row, place.width()))

    def _row_words(self, painter: QPainter, asked: Variations, row: int, room: int) -> str:
        if asked.kind == "grid":
            return signed(tuple(reversed(asked.axes[1].amounts))[row])
        name = asked.axes[row].name
        return QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room)


def _step(key: Qt.Key, asked: Variations) -> tuple[int, int] | None:
    far = max(asked.columns, asked.rows)
    return {
        Qt.Key.Key_Left: (-1, 0),
        Qt.Key.Key_Right: (1, 0),
        Qt.Key.Key_Up: (0, -1),
        Qt.Key.Key_Down: (0, 1),
        Qt.Key.Key_Home: (-far, 0),
        Qt.Key.Key_End: (far, 0),
        Qt.Key.Key_PageUp: (0, -far),
        Qt.Key.Key_PageDown: (0, far),
    }.get(key)
