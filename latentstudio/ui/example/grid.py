"""Samples as tiles, each marked by a click: has it, or doesn't."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from latentstudio.ui.example.work import ExampleWork
from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.variations.layout import GridLayout, fitted
from latentstudio.ui.widgets.words import tr

_PLATE = 22
_COLUMNS = ((600, 8), (440, 6), (0, 4))


class ExampleGrid(QWidget):
    """A click says that a picture has it, a click with Shift or on the minus that it doesn't."""

    def __init__(self, work: ExampleWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._hovered = self._focused = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Samples to mark"))
        work.changed.connect(self._changed)
        work.picture_came.connect(lambda _: self.update())
        theme().changed.connect(self.update)

    @property
    def tiles(self) -> GridLayout | None:
        """Where the tiles lie; None without samples."""
        count = len(self._work.seeds)
        if not count:
            return None
        columns = next(n for width, n in _COLUMNS if self.width() >= width)
        columns = min(columns, count)
        shown = next(iter(self._work.pictures.values()), None)
        shape = (shown.height(), shown.width()) if shown is not None else (1, 1)
        return fitted(self.rect().adjusted(2, 2, -2, -2), columns, -(-count // columns), shape)

    def _changed(self) -> None:
        if self._focused >= len(self._work.seeds):
            self._focused = -1
        self._describe()
        self.update()

    def _describe(self) -> None:
        seed = self._seed(self._focused)
        has = None if seed is None else self._work.marks.get(seed)
        words = {True: tr("has it"), False: tr("doesn’t have it"), None: tr("not marked")}
        place = tr("Picture %1").replace("%1", str(self._focused + 1))
        self.setAccessibleDescription("" if seed is None else f"{place}: {words[has]}")

    def _seed(self, cell: int) -> int | None:
        seeds = self._work.seeds
        return seeds[cell] if 0 <= cell < len(seeds) else None

    # Pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().toPoint())
        if cell != self._hovered:
            self._hovered = cell
            shape = Qt.CursorShape
            self.setCursor(shape.PointingHandCursor if cell >= 0 else shape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        cell = self._cell_at(place)
        seed = self._seed(cell)
        if seed is None:
            return
        self._focused = cell
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        right = event.button() == Qt.MouseButton.RightButton
        minus = self._minus(cell).contains(place)
        lacks = shift or right or minus
        if seed in self._work.marks and not lacks and self._work.marks[seed] is False:
            self._work.mark(seed, None)  # a plain click on a mark takes it away
        else:
            self._work.mark(seed, not lacks)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        seed, key = self._seed(self._focused), Qt.Key(event.key())
        step = self._step(key)
        if key == Qt.Key.Key_Escape:
            self._work.cancel()
        elif step is not None:
            self._focused = min(max(0, self._focused + step), len(self._work.seeds) - 1)
            self._describe()
            self.update()
        elif seed is not None and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Space):
            self._work.mark(seed, True)
        elif seed is not None and key == Qt.Key.Key_Minus:
            self._work.mark(seed, False)
        elif seed is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._work.mark(seed, None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._focused = max(0, self._focused)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _step(self, key: Qt.Key) -> int | None:
        tiles = self.tiles
        across = tiles.columns if tiles is not None else 1
        return {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -across,
            Qt.Key.Key_Down: across,
        }.get(key)

    def _cell_at(self, place: QPoint) -> int:
        tiles = self.tiles
        cell = -1 if tiles is None else tiles.cell(place)
        return cell if cell < len(self._work.seeds) else -1

    def _minus(self, cell: int) -> QRect:
        """Where the hovered tile offers its minus."""
        tiles = self.tiles
        if tiles is None or cell < 0:
            return QRect()
        corner = tiles.box(cell).bottomRight() - QPoint(_PLATE + 3, _PLATE + 3)
        return QRect(corner, QSize(_PLATE, _PLATE))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tiles = self.tiles
        if tiles is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        for cell, seed in enumerate(self._work.seeds):
            self._paint_tile(painter, cell, seed, tiles.box(cell))
        painter.end()

    def _paint_tile(self, painter: QPainter, cell: int, seed: int, box: QRect) -> None:
        tokens, picture = theme().current(), self._work.pictures.get(seed)
        if picture is None:
            painter.fillRect(box, tokens.color("raised"))
        else:
            painter.drawPixmap(box, picture)
        mark = self._work.marks.get(seed)
        if mark is not None:
            role = "ok" if mark else "warn"
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.color(role), 2))
            painter.drawRect(QRectF(box).adjusted(1, 1, -1, -1))
            corner = box.topRight() - QPoint(_PLATE + 3, -3)
            self._paint_plate(painter, QRect(corner, QSize(_PLATE, _PLATE)), mark)
        focused = cell == self._focused and self.hasFocus()
        if cell == self._hovered or focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRect(QRectF(box).adjusted(-1, -1, 1, 1))
        if cell == self._hovered and mark is None:
            self._paint_plate(painter, self._minus(cell), False)

    def _paint_plate(self, painter: QPainter, place: QRect, has: bool) -> None:
        tokens = theme().current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("canvas", 0.92))
        painter.drawRoundedRect(place, 4, 4)
        name, role = ("check", "ok") if has else ("minus", "warn")
        sign = pixmap(name, tokens.hex(role), 16, self.devicePixelRatioF())
        painter.drawPixmap(place.left() + 3, place.top() + 3, sign)
