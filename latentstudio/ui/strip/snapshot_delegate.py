"""How one snapshot is painted: picture, star, number and name."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from latentstudio.ui.strip.snapshot_model import CURRENT, STARRED
from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.widgets.words import tr

THUMB, PITCH = 56, 72
_LEFT = 4
_Index = QModelIndex | QPersistentModelIndex


def draw_thumb(painter: QPainter, box: QRect, picture: QPixmap | None, *, ring: bool) -> None:
    """Draw a rounded small picture, in a focus ring if it is the one on the canvas."""
    tokens = theme().current()
    painter.save()
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    path = QPainterPath()
    path.addRoundedRect(QRectF(box), 4, 4)
    if picture is None:
        painter.fillPath(path, tokens.color("raised"))
    else:
        painter.setClipPath(path)
        painter.drawPixmap(box, picture)
        painter.setClipping(False)
    if ring:
        painter.setPen(QPen(tokens.color("acc"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(box).adjusted(-2, -2, 2, 2), 5, 5)
    painter.restore()


def draw_star(painter: QPainter, box: QRect) -> None:
    """Mark a small picture with a star."""
    badge = QRect(box.right() - 16, box.top() + 2, 15, 15)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().current().color("canvas", 0.85))
    painter.drawRoundedRect(badge, 3, 3)
    ratio = painter.device().devicePixelRatioF()
    star = pixmap("star", theme().current().tx, 12, ratio)
    painter.drawPixmap(badge.left() + 2, badge.top() + 1, star)


class SnapshotDelegate(QStyledItemDelegate):
    """A thumb of 56 px with its label beneath; the label can be edited in place."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(PITCH, 4 + THUMB + 3 + self._label_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = theme().current()
        current = bool(index.data(CURRENT))
        corner = option.rect.topLeft()
        box = QRect(corner.x() + _LEFT, corner.y() + 4, THUMB, THUMB)
        draw_thumb(painter, box, index.data(Qt.ItemDataRole.DecorationRole), ring=current)
        if option.state & QStyle.StateFlag.State_HasFocus and not current:
            painter.setPen(QPen(tokens.color("acc"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(-2, -2, 1, 1))
        if index.data(STARRED):
            draw_star(painter, box)
        painter.setFont(theme().font("caption"))
        painter.setPen(tokens.color("tx" if current else "tx3"))
        place = self._label(option.rect)
        text = QFontMetrics(painter.font()).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(80)
        editor.setStyleSheet("QLineEdit { min-height: 0; padding: 0 2px; border-radius: 4px; }")
        editor.setFont(theme().font("caption"))
        editor.setAccessibleName(tr("Name of the snapshot"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        editor.setGeometry(self._label(option.rect).adjusted(-2, -2, 0, 2))

    def _label(self, box: QRect) -> QRect:
        return QRect(box.left() + _LEFT, box.top() + THUMB + 7, PITCH - 6, self._label_height())

    def _label_height(self) -> int:
        return QFontMetrics(theme().font("caption")).height() + 2
