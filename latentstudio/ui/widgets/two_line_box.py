"""A choice whose list has a second, quieter line under each name."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentstudio.ui.theme import theme

_SECOND = int(Qt.ItemDataRole.UserRole) + 1
_Index = QModelIndex | QPersistentModelIndex


class TwoLineBox(QComboBox):
    """Shows the first line when closed, both in its list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Lines(self))
        # As wide as its place, not as its longest name.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    def set_second_line(self, number: int, text: str) -> None:
        """Put a text under the name of an item."""
        self.setItemData(number, text, _SECOND)


class _Lines(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        first, second = _metrics()
        wide = max(first.horizontalAdvance(_first(index)), second.horizontalAdvance(_second(index)))
        return QSize(wide + 24, first.height() + second.height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens, box = theme().current(), option.rect
        first, second = _metrics()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, tokens.color("accbg"))
        inner = box.adjusted(10, 5, -10, -5)
        top = Qt.AlignmentFlag.AlignTop
        painter.setFont(theme().font("body"))
        painter.setPen(tokens.color("tx"))
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(inner, top, first.elidedText(_first(index), elide, inner.width()))
        painter.setFont(theme().font("caption"))
        painter.setPen(tokens.color("tx2"))
        below = inner.adjusted(0, first.height(), 0, 0)
        painter.drawText(below, top, second.elidedText(_second(index), elide, inner.width()))
        painter.restore()


def _metrics() -> tuple[QFontMetrics, QFontMetrics]:
    return QFontMetrics(theme().font("body")), QFontMetrics(theme().font("caption"))


def _first(index: _Index) -> str:
    return str(index.data(Qt.ItemDataRole.DisplayRole) or "")


def _second(index: _Index) -> str:
    return str(index.data(_SECOND) or "")
