"""Paints the rows of the list: headers, small rows and the large one."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.geometry import (
    GROUP,
    MARGIN,
    Places,
    inner_width,
    row_height,
    row_places,
)
from latentstudio.ui.directions.group_switches import switches_height
from latentstudio.ui.directions.local_bars import paint_local
from latentstudio.ui.directions.model import ROW, Index
from latentstudio.ui.directions.rows import Group, Item
from latentstudio.ui.theme import FontRole, icon, theme
from latentstudio.ui.widgets import strength
from latentstudio.ui.widgets.words import short, signed

_QUIET = 0.55  # opacity of what is muted
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class RowDelegate(QStyledItemDelegate):
    """Draws from the board; a row with a live slider leaves its place free."""

    def __init__(self, board: Board, parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        self.width = 344.0
        self.compact = False
        self.current = ""
        self.chosen: frozenset[str] = frozenset()
        self.focused_group = ""
        self.hovered = ""
        self.live: frozenset[str] = frozenset()
        self.buttons_width = 0.0

    def large(self, id: str) -> bool:
        """Whether a row is the large one."""
        return id == self.current and not self.compact

    def places(self, id: str, rect: QRectF) -> Places:
        """The parts of a row that lies at `rect`."""
        return row_places(
            rect,
            self.width,
            large=self.large(id),
            text_scale=theme().text_scale,
            switches=self._switches(id) if self.large(id) else 0,
            bars=self._board.local_measures(id) is not None,
        )

    def _switches(self, id: str) -> int:
        count = len(self._board.rows.groups(id))
        return switches_height(count, inner_width(self.width), theme().text_scale)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(ROW)
        scale = theme().text_scale
        if isinstance(row, Item):
            large = self.large(row.id)
            switches = self._switches(row.id) if large else 0
            bars = self._board.local_measures(row.id) is not None
            height = row_height(
                self.width, large=large, text_scale=scale, switches=switches, bars=bars
            )
            return QSize(80, height)
        return QSize(80, round(GROUP * scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if isinstance(row, Item):
            self._paint_item(painter, row, self.places(row.id, rect))
        elif isinstance(row, Group):
            self._paint_group(painter, row, rect)
        painter.restore()

    def _paint_group(self, painter: QPainter, group: Group, rect: QRectF) -> None:
        tokens = theme().current()
        if group.key == self.focused_group:
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRoundedRect(rect.adjusted(5, 2, -5, -2), 6, 6)
        chevron = icon("chevron-right" if group.folded else "chevron-down", "tx2")
        mark = QRectF(rect.left() + 8, rect.center().y() - 8, 16, 16).toRect()
        chevron.paint(painter, mark)
        painter.setFont(theme().font("label"))
        painter.setPen(tokens.color("tx2"))
        right = rect.left() + self.width - MARGIN
        text = QRectF(rect.left() + 26, rect.top(), right - rect.left() - 60, rect.height())
        painter.drawText(text, _LEFT, _cut(painter, group.title, text.width()))
        painter.setPen(tokens.color("tx3"))
        count = QRectF(right - 48, rect.top(), 48, rect.height())
        painter.drawText(count, _RIGHT, str(group.count))

    def _paint_item(self, painter: QPainter, item: Item, places: Places) -> None:
        tokens = theme().current()
        look = self._board.rows.look(item.id)
        if item.id in self.chosen:
            painter.fillRect(places.row, tokens.color("accbg"))
        elif item.id == self.current:
            painter.fillRect(places.row, tokens.color("raised"))
        elif item.id == self.hovered:
            painter.fillRect(places.row, tokens.color("raised", 0.5))
        if look.amount:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("acc"))
            bar = QPainterPath()
            bar.addRoundedRect(places.bar.adjusted(-3, 0, 0, 0), 2, 2)
            painter.setClipRect(places.row)
            painter.drawPath(bar)
            painter.setClipping(False)
        if not self._board.rows.counts(item.id):
            painter.setOpacity(_QUIET)
        large = self.large(item.id)
        paint_film(painter, places.frames, self._board.frames(item.id, 7 if large else 3))
        if item.id not in self.live:
            strength.paint_strength(painter, places.slider, look, places.inset)
        measures = self._board.local_measures(item.id)
        if measures is not None:
            paint_local(painter, places.bars, *measures)
        if large:
            self._paint_head(painter, item, places.head, bool(look.amount))
            _paint_scale(painter, places, look)
        else:
            self._paint_line(painter, item, places.name, look.amount)

    def _paint_head(self, painter: QPainter, item: Item, head: QRectF, used: bool) -> None:
        room = head.width() - self.buttons_width
        name = self._board.name(item.id)
        used_width = _paint_text(painter, name, head, room, "strong" if used else "body", "tx")
        source = self._board.words.source_words(item.id)
        rest, room = QRectF(head.adjusted(used_width + 8, 1, 0, 0)), room - used_width - 8
        if QFontMetricsF(theme().font("caption")).horizontalAdvance(source) > room:
            source = self._board.words.short_words(item.id)  # the tooltip has it all
        if source and room > 24:
            _paint_text(painter, source, rest, room, "caption", "tx3")

    def _paint_line(self, painter: QPainter, item: Item, line: QRectF, amount: float) -> None:
        value = signed(amount)
        painter.setFont(theme().font("label"))
        painter.setPen(theme().current().color("tx" if amount else "tx3"))
        painter.drawText(line, _RIGHT, value)
        taken = QFontMetricsF(painter.font()).horizontalAdvance(value) + 8
        if item.id in self._board.document.pinned:
            right = round(line.right() - max(taken, 40))
            mark = QRectF(right - 14, line.center().y() - 7, 14, 14).toRect()
            icon("pin", "tx2", 14).paint(painter, mark)
            taken = line.right() - mark.left() + 6
        role: FontRole = "strong" if amount else "body"
        name = self._board.name(item.id)
        width = _paint_text(painter, name, line, line.width() - taken, role, "tx")
        self._paint_small_source(painter, item, line, width, taken)

    def _paint_small_source(
        self, painter: QPainter, item: Item, line: QRectF, width: float, taken: float
    ) -> None:
        edit = self._board.document.picture.edit(item.id)
        words = self._board.words.short_words(item.id)
        if edit is not None and edit.layers is not None:
            words = f"{edit.layers[0]}–{edit.layers[1]}"
        if not words:
            return
        rest = line.adjusted(width + 6, 1, 0, 0)
        room = line.width() - taken - width - 6
        if room > 24:
            _paint_text(painter, words, rest, room, "caption", "tx3")


def paint_film(
    painter: QPainter, places: Sequence[QRectF], frames: Sequence[QPixmap] | None
) -> None:
    """Paint frames side by side, rounded at the outer corners; grey until they come."""
    outer = QPainterPath()
    outer.addRoundedRect(places[0].united(places[-1]), 4, 4)
    painter.save()
    painter.setClipPath(outer, Qt.ClipOperation.IntersectClip)
    if frames is None or len(frames) != len(places):
        painter.fillRect(places[0].united(places[-1]), theme().current().color("ctl", 0.6))
    else:
        for place, frame in zip(places, frames, strict=True):
            painter.drawPixmap(place, frame, QRectF(frame.rect()))
    painter.restore()


def _paint_scale(painter: QPainter, places: Places, look: strength.StrengthLook) -> None:
    track = strength.track_in(places.slider, look, places.inset)
    painter.setFont(theme().font("caption"))
    painter.setPen(theme().current().color("tx3"))
    for amount in ticks(look.low, look.high):
        middle = QPointF(track.x(amount), places.scale.center().y())
        box = QRectF(middle.x() - 24, places.scale.top(), 48, places.scale.height())
        painter.drawText(box, _CENTRE, short(amount))


def ticks(low: float, high: float) -> list[float]:
    """At most seven round numbers from `low` to `high`, zero among them."""
    wanted = max(1e-6, high - low) / 6
    ten = 10.0 ** math.floor(math.log10(wanted))
    step = next(s * ten for s in (1, 2, 5, 10) if s * ten >= wanted * 0.999)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [number * step for number in range(first, last + 1)]


def _paint_text(
    painter: QPainter, text: str, rect: QRectF, room: float, role: FontRole, tone: str
) -> float:
    """Paint a text cut to its room and give the width it took."""
    painter.setFont(theme().font(role))
    painter.setPen(theme().current().color(tone))
    shown = _cut(painter, text, room)
    painter.drawText(rect, _LEFT, shown)
    return QFontMetricsF(painter.font()).horizontalAdvance(shown)


def _cut(painter: QPainter, text: str, room: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
