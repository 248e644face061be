"""The lines of the palette, painted."""

from itertools import pairwise

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from latentstudio.ui.palette.entries import Entry, Heading, Line
from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.keycap import draw_key

ROW = 36
_HEAD = 28
_LINE = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class LineModel(QAbstractListModel):
    """Headings and entries; only entries can be chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.typed = ""

    def show_lines(self, lines: list[Line], typed: str) -> None:
        """Replace all of them."""
        self.beginResetModel()
        self.lines, self.typed = lines, typed
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        line = self.lines[index.row()]
        if role == _LINE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            why = getattr(line, "why_not", "")
            return f"{line.text}, {why}" if why else line.text
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if isinstance(self.lines[index.row()], Heading):
            return flag.ItemIsEnabled
        return flag.ItemIsEnabled | flag.ItemIsSelectable


class LineList(QListView):
    """The list under the search field; it never takes the focus."""

    def __init__(self, model: LineModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Lines(model, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Found commands"))
        self.setProperty("surface", "raised")
        self.setStyleSheet("QListView { background: transparent; }")


class _Lines(QStyledItemDelegate):
    def __init__(self, model: LineModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        heading = isinstance(index.data(_LINE), Heading)
        return QSize(100, round((_HEAD if heading else ROW) * theme().text_scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line = index.data(_LINE)
        box = option.rect.adjusted(6, 0, -6, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, Heading):
            painter.setFont(theme().font("label"))
            painter.setPen(theme().current().color("tx2"))
            painter.drawText(box.adjusted(12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, line.text)
        else:
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_entry(painter, box, line, chosen)
        painter.restore()

    def _paint_entry(self, painter: QPainter, box: QRect, entry: Entry, chosen: bool) -> None:
        tokens = theme().current()
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accbg"))
            painter.drawRoundedRect(box, 4, 4)
        if entry.why_not:
            painter.setOpacity(0.65)
        middle = box.center().y()
        ratio = painter.device().devicePixelRatioF()
        if entry.icon:
            tone = tokens.acc if chosen else tokens.tx2
            painter.drawPixmap(box.left() + 12, middle - 8, pixmap(entry.icon, tone, 16, ratio))
        right = self._paint_right(painter, box, entry)
        x = self._paint_text(painter, box, entry)
        painter.setFont(theme().font("label"))
        painter.setPen(tokens.color("tx2" if chosen else "tx3"))
        room = QRect(x + 12, box.top(), right - x - 24, box.height())
        detail = painter.fontMetrics().elidedText(
            entry.detail, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, detail)

    def _paint_right(self, painter: QPainter, box: QRect, entry: Entry) -> int:
        """The keys, or why it can't be used; gives the left edge of what was drawn."""
        right = box.right() - 10
        if entry.why_not:
            painter.setFont(theme().font("label"))
            painter.setPen(theme().current().color("tx2"))
            area = box.adjusted(0, 0, -10, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area, flags, entry.why_not)
            return right - painter.fontMetrics().horizontalAdvance(entry.why_not)
        for key in reversed(entry.keys):
            right = draw_key(painter, right, box.center().y(), key) - 4
        return right

    def _paint_text(self, painter: QPainter, box: QRect, entry: Entry) -> int:
        """The text with what was typed in blue; gives where it ends."""
        tokens = theme().current()
        typed = self._model.typed.strip()
        at = entry.text.casefold().find(typed.casefold()) if typed else -1
        cuts = (0, at, at + len(typed), len(entry.text)) if at >= 0 else (0, len(entry.text))
        x = box.left() + 40
        for number, (start, end) in enumerate(pairwise(cuts)):
            part = entry.text[start:end]
            hit = at >= 0 and number == 1
            painter.setFont(theme().font("title" if hit else "body"))
            painter.setPen(tokens.color("acc" if hit else "tx"))
            width = QFontMetrics(painter.font()).horizontalAdvance(part)
            place = QRect(x, box.top(), width + 2, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, part)
            x += width
        return x
