"""The snapshots as a tree from the left to the right: which was made from which."""

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.lineage import Node, tree
from latentstudio.document.state import Snapshot
from latentstudio.ui.strip.snapshot_delegate import draw_star, draw_thumb
from latentstudio.ui.strip.snapshot_menu import SnapshotMenu
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

THUMB, ROW, COLUMN = 40, 50, 150
_LEFT, _TOP, _TEXT = 6, 5, 88


class LineageTree(QWidget):
    """Click or Enter recalls, Ctrl+click chooses a second one, F2 renames, Delete removes."""

    def __init__(self, model: SnapshotModel, history: History, menu: SnapshotMenu) -> None:
        super().__init__()
        self._model, self._history, self._menu = model, history, menu
        self._nodes: tuple[Node, ...] = ()
        self._shots: tuple[Snapshot, ...] = ()
        self._chosen: tuple[int, ...] = ()
        self._editor: QLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName(tr("Lineage"))
        model.modelReset.connect(self._show_nodes)
        model.dataChanged.connect(self.update)
        theme().changed.connect(self.update)
        self._show_nodes()

    @property
    def chosen(self) -> tuple[int, ...]:
        """Rows of the snapshots that are chosen: none, one, or two."""
        return self._chosen

    def choose(self, *rows: int) -> None:
        """Choose one or two; the last one has the keyboard."""
        self._chosen = rows[-2:]
        self._describe()
        self.update()

    def box(self, row: int) -> QRect:
        """Where a snapshot's small picture is."""
        node = self._nodes[row]
        return QRect(_LEFT + node.column * COLUMN, _TOP + node.row * ROW, THUMB, THUMB)

    def sizeHint(self) -> QSize:
        columns = 1 + max((node.column for node in self._nodes), default=0)
        rows = 1 + max((node.row for node in self._nodes), default=0)
        return QSize(_LEFT + columns * COLUMN, _TOP + rows * ROW)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _show_nodes(self) -> None:
        self._shots = tuple(self._model.snapshot(row) for row in range(self._model.rowCount()))
        self._nodes = tree(self._shots)
        self._chosen = tuple(row for row in self._chosen if row < len(self._nodes))
        self._end_edit()
        self._describe()
        self.updateGeometry()
        self.update()

    def _describe(self) -> None:
        row = self._row()
        self.setAccessibleDescription("" if row < 0 else self._words(row))

    def _words(self, row: int) -> str:
        shot, node = self._shots[row], self._nodes[row]
        words = [f"{row + 1} {shot.name}", _how(shot)]
        if node.parent >= 0:
            words.append(tr("from %1").replace("%1", self._shots[node.parent].name))
        return ", ".join(part for part in words if part)

    def _row(self) -> int:
        return self._chosen[-1] if self._chosen else -1

    # Pointer and keys

    def _row_at(self, place: QPoint) -> int:
        hits = (n.index for n in self._nodes if self._whole(n.index).contains(place))
        return next(hits, -1)

    def _whole(self, row: int) -> QRect:
        return self.box(row).adjusted(-2, -3, 6 + _TEXT, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        second = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if second and self._chosen and row not in self._chosen:
            self.choose(self._chosen[-1], row)
        else:
            self.choose(row)
            if not second:
                self._menu.recall(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self._row_at(event.pos())
        row = self._row() if row < 0 else row
        if row < 0:
            return
        if row not in self._chosen:
            self.choose(row)
        rows = (*(one for one in self._chosen if one != row), row)
        menu = self._menu.fill(self, rows, self.begin_rename)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self._row(), Qt.Key(event.key())
        if key in _WAYS and self._nodes:
            self.choose(self._neighbour(max(0, row), key))
        elif row < 0:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._menu.recall(row)
        elif key == Qt.Key.Key_Delete:
            self._menu.remove(row)
        elif key == Qt.Key.Key_F2:
            self.begin_rename(row)
        else:
            event.ignore()

    def _neighbour(self, row: int, key: Qt.Key) -> int:
        """Left is the parent, right the first child, up and down the next row."""
        now = self._nodes[row]
        if key == Qt.Key.Key_Left:
            return now.parent if now.parent >= 0 else row
        if key == Qt.Key.Key_Right:
            return next((n.index for n in self._nodes if n.parent == row), row)
        step = -1 if key == Qt.Key.Key_Up else 1
        there = [n for n in self._nodes if n.row == now.row + step]
        return min(there, key=lambda n: abs(n.column - now.column)).index if there else row

    # Renaming in its place

    def begin_rename(self, row: int) -> None:
        """Edit the name of a snapshot where it stands."""
        self._end_edit()
        editor = QLineEdit(self._shots[row].name, self)
        editor.setMaxLength(80)
        editor.setStyleSheet("QLineEdit { min-height: 0; padding: 0 2px; border-radius: 4px; }")
        editor.setAccessibleName(tr("Name of the snapshot"))
        editor.setFont(theme().font("caption"))
        box = self.box(row)
        editor.setGeometry(box.right() + 4, box.top(), _TEXT + 2, 20)
        editor.editingFinished.connect(lambda: self._rename(row, editor))
        editor.show()
        editor.setFocus()
        editor.selectAll()
        self._editor = editor

    def _rename(self, row: int, editor: QLineEdit) -> None:
        name = editor.text().strip()
        if editor is self._editor:
            self._end_edit()
            if name and row < len(self._shots) and name != self._shots[row].name:
                self._history.do(commands.change_snapshot(row, name=name))

    def _end_edit(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()

    # Painting

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._chosen and self._nodes:
            self.choose(max(0, self._model.current_row()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for node in self._nodes:
            self._paint_line(painter, node, node.parent, Qt.PenStyle.SolidLine)
            self._paint_line(painter, node, node.other, Qt.PenStyle.DashLine)
        current = self._model.current_row()
        for node in self._nodes:
            self._paint_node(painter, node.index, node.index == current)
        painter.end()

    def _paint_line(self, painter: QPainter, node: Node, parent: int, style: Qt.PenStyle) -> None:
        if parent < 0:
            return
        start, end = self.box(parent), self.box(node.index)
        painter.setPen(QPen(theme().current().color("edge"), 1, style))
        begin = QPointF(start.right() + 13 + self._words_width(parent), start.center().y())
        if node.row != self._nodes[parent].row:
            begin = QPointF(start.center().x(), start.bottom() + 3)
        path = QPainterPath(begin)
        target = QPointF(end.left() - 3, end.center().y())
        path.cubicTo(QPointF(begin.x(), target.y()), QPointF(begin.x(), target.y()), target)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _words_width(self, row: int) -> int:
        """Of a snapshot's name as it is painted, so that a line begins behind it."""
        metrics = QFontMetrics(theme().font("caption"))
        return min(_TEXT - 4, metrics.horizontalAdvance(f"{row + 1} {self._shots[row].name}"))

    def _paint_node(self, painter: QPainter, row: int, current: bool) -> None:
        tokens, shot, box = theme().current(), self._shots[row], self.box(row)
        if row in self._chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accbg"))
            painter.drawRoundedRect(self._whole(row), 5, 5)
        draw_thumb(painter, box, self._model.thumb(shot.picture), ring=current)
        if row == self._row() and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.color("acc"), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self._whole(row), 5, 5)
        if shot.starred:
            draw_star(painter, box)
        painter.setFont(theme().font("caption"))
        metrics = QFontMetrics(painter.font())
        for line, (text, tone) in enumerate(
            ((f"{row + 1} {shot.name}", "tx" if current else "tx2"), (_how(shot), "tx2"))
        ):
            place = QRect(box.right() + 7, box.top() + 3 + line * 17, _TEXT - 4, 17)
            painter.setPen(tokens.color(tone))
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, short)


_WAYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def _how(shot: Snapshot) -> str:
    words = {
        "kept": "",
        "variation": tr("variation"),
        "bred": tr("bred"),
        "opened": tr("from a file"),
    }
    return words[shot.how]
