"""How a preset is painted: strip, name and star, author, where it comes from."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from latentstudio.store.preset_cards import PresetCard
from latentstudio.ui.presets.cards import CARD, FIT, STRIP, Index
from latentstudio.ui.presets.words import by_line, source_words
from latentstudio.ui.theme import FontRole, theme
from latentstudio.ui.theme.icons import pixmap

GAP = 4
_PAD = 6
_FRAMES = 3
_STAR = 16


class CardDelegate(QStyledItemDelegate):
    """A card 106 px high at 100 %; two columns where there is room."""

    star_asked = Signal(object)
    """The star of a preset was pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.width = 149

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.width, self._strip_height() + self._text_height() + 3 * _PAD + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: PresetCard = index.data(CARD)
        box = self._box(option.rect)
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_back(painter, box, chosen)
        self._paint_strip(painter, box, index.data(STRIP))
        self._paint_words(painter, box, card, index)
        self._paint_star(painter, self._star(box), card.starred)
        painter.restore()

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            on_star = self._star(self._box(option.rect)).adjusted(-4, -4, 4, 4)
            place: QPoint = event.position().toPoint()
            if on_star.contains(place):
                if event.type() == QEvent.Type.MouseButtonRelease:
                    self.star_asked.emit(index.data(CARD))
                return True
        return False

    def _paint_back(self, painter: QPainter, box: QRect, chosen: bool) -> None:
        tokens = theme().current()
        frame = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(tokens.color("acc" if chosen else "line"), 1))
        painter.setBrush(tokens.color("accbg" if chosen else "raised"))
        painter.drawRoundedRect(frame, 6, 6)

    def _paint_strip(self, painter: QPainter, box: QRect, strip: QPixmap | None) -> None:
        place = QRect(box.x() + _PAD, box.y() + _PAD, box.width() - 2 * _PAD, self._strip_height())
        path = QPainterPath()
        path.addRoundedRect(QRectF(place), 4, 4)
        painter.save()
        painter.setClipPath(path)
        if strip is None or strip.isNull():
            painter.fillRect(place, theme().current().color("ctl"))
        else:
            shown = strip.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            corner = place.center() - QPoint(shown.width() // 2, shown.height() // 2)
            painter.drawPixmap(QRect(corner, shown), strip)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, card: PresetCard, index: Index) -> None:
        tokens = theme().current()
        left, width = box.x() + _PAD, box.width() - 2 * _PAD
        y = box.y() + _PAD + self._strip_height() + 3
        mark, tone, source = source_words(card, index.data(FIT))
        name = str(index.data())
        lines: tuple[tuple[str, FontRole, str, int], ...] = (
            (name, "label", "tx", _STAR + 4),
            (by_line(card), "caption", "tx2", 0),
            (source, "caption", tone, 0),
        )
        for text, role, colour, less in lines:
            high = self._line(role)
            start = left
            if text == source and mark:
                ratio = painter.device().devicePixelRatioF()
                image = pixmap(mark, tokens.hex(tone), 12, ratio)
                painter.drawPixmap(left, y + (high - 12) // 2, image)
                start, less = left + 16, 16
            painter.setFont(theme().font(role))
            painter.setPen(tokens.color(colour))
            elide = Qt.TextElideMode.ElideRight
            shown = QFontMetrics(painter.font()).elidedText(text, elide, width - less)
            place = QRect(start, y, width - less, high)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
            y += high

    def _paint_star(self, painter: QPainter, place: QRect, on: bool) -> None:
        tokens = theme().current()
        ratio = painter.device().devicePixelRatioF()
        image = pixmap("star", tokens.hex("warn" if on else "tx3"), _STAR, ratio)
        painter.drawPixmap(place.topLeft(), image)

    def _box(self, rect: QRect) -> QRect:
        return QRect(rect.x(), rect.y(), rect.width() - GAP, rect.height() - GAP)

    def _star(self, box: QRect) -> QRect:
        y = box.y() + _PAD + self._strip_height() + 3 + (self._line("label") - _STAR) // 2
        return QRect(box.right() - _PAD - _STAR, y, _STAR, _STAR)

    def _strip_height(self) -> int:
        return (self.width - GAP - 2 * _PAD) // _FRAMES

    def _text_height(self) -> int:
        return self._line("label") + 2 * self._line("caption")

    @staticmethod
    def _line(role: FontRole) -> int:
        return QFontMetrics(theme().font(role)).height() + 1
