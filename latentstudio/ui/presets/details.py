"""One preset: licence, notes, whether it fits, and a row for each thing in it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.texts import one_line
from latentstudio.exchange.presets.fit import Fit
from latentstudio.store.preset_cards import PresetCard
from latentstudio.ui.presets import words
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.labels import ElidedLabel, label, rule
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.words import tr

_THUMB = 28
_MOST_ROWS = 200


class Details(QWidget):
    """Shows a card; a look is chosen by pressing its row."""

    look_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.look = ""
        self.title = ElidedLabel("title")
        self.licence = ElidedLabel("caption", "tx2", at_right=True)
        self.notes = label("", "label", "tx2", wrap=True)
        self.fit = label("", "label", "tx", wrap=True)
        self._mark = bare()
        self._count = label("", "label", "tx")
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(12, 0, 12, 8)
        self._column.setSpacing(4)
        self.rows: list[Row] = []
        self._arrange()

    def show_card(self, card: PresetCard | None, fits: Fit | None) -> None:
        """Show a preset, or nothing."""
        self.setVisible(card is not None)
        if card is None:
            return
        self.title.say(one_line(card.name))
        self.licence.say(one_line(card.licence))
        self.notes.setText(card.problem or card.notes)
        self.notes.setVisible(bool(self.notes.text()))
        mark, tone, said = words.fit_words(fits)
        self._mark.setPixmap(icon(mark, tone).pixmap(16, 16))
        self.fit.setText(said)
        for part in (self.fit, self._mark):
            part.setVisible(not card.problem)
        self._count.setText(words.count_words(card))
        self._count.setVisible(not card.problem)
        self._show_rows(card)

    def _show_rows(self, card: PresetCard) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.look = card.looks[0].id if card.looks else ""
        self.rows = [
            Row(look.id, words.LOOK_ICON, words.look_words(look), card.previews, look=True)
            for look in card.looks[:_MOST_ROWS]
        ]
        self.rows += [
            Row(one.id, words.ICONS[one.kind], words.row_words(one), card.previews)
            for one in card.directions[:_MOST_ROWS]
        ]
        for row, one in zip(self.rows[len(card.looks) :], card.directions, strict=False):
            row.explain(words.useful_words(one))
        for row in self.rows:
            row.pressed.connect(self._choose)
            self._column.insertWidget(self._column.count() - 1, row)
        self._mark_look()

    def _choose(self, id: str) -> None:
        self.look = id
        self._mark_look()
        self.look_chosen.emit(id)

    def _mark_look(self) -> None:
        looks = [row for row in self.rows if row.look]
        for row in looks:
            row.set_chosen(row.id == self.look and len(looks) > 1)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.licence)
        notes = QVBoxLayout()
        notes.setContentsMargins(12, 2, 12, 0)
        notes.addWidget(self.notes)
        fits = QHBoxLayout()
        fits.setContentsMargins(12, 4, 12, 8)
        fits.setSpacing(6)
        fits.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        fits.addWidget(self.fit, 1)
        count = QVBoxLayout()
        count.setContentsMargins(12, 8, 12, 6)
        count.addWidget(self._count)
        self._column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(notes)
        column.addLayout(fits)
        column.addWidget(rule())
        column.addLayout(count)
        column.addWidget(ScrollColumn(self._rows), 1)


class Row(QWidget):
    """Icon of the kind, thumb, name, kind, range."""

    pressed = Signal(str)

    def __init__(
        self,
        id: str,
        mark: str,
        said: tuple[str, str, str],
        previews: Mapping[str, bytes],
        *,
        look: bool = False,
    ) -> None:
        super().__init__()
        self.id, self.look = id, look
        self._chosen = False
        name, kind, at_right = said
        self.setAccessibleName(", ".join(said))
        self._told = f"{name}\n{kind}"
        set_tip(self, self._told)
        picture = bare()
        picture.setPixmap(icon(mark, "tx2").pixmap(16, 16))
        title, below = ElidedLabel("label"), ElidedLabel("caption", "tx2")
        title.say(name)
        below.say(kind)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(title)
        texts.addWidget(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(picture)
        row.addWidget(Thumb(previews.get(id, b"")))
        row.addLayout(texts, 1)
        row.addWidget(label(at_right, "caption", "tx2"), alignment=Qt.AlignmentFlag.AlignTop)

    def explain(self, more: str) -> None:
        """Add a line to what the pointer is told."""
        if more:
            set_tip(self, f"{self._told}\n{more}")

    def set_chosen(self, chosen: bool) -> None:
        """Mark the look that is applied."""
        self._chosen = chosen
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.look and self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.color("acc" if self._chosen else "line"))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.end()


class Thumb(QWidget):
    """The last frame of a strip: as far as it goes."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.setFixedSize(_THUMB, _THUMB)
        strip = QImage.fromData(data) if data else QImage()
        side = min(strip.height(), strip.width())
        last = strip.copy(strip.width() - side, 0, side, side)
        self._picture = QPixmap.fromImage(last)
        set_tip(self, tr("At its upper end"))

    def sizeHint(self) -> QSize:
        return QSize(_THUMB, _THUMB)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            painter.fillRect(self.rect(), theme().current().color("ctl"))
        else:
            painter.drawPixmap(self.rect(), self._picture)
        painter.end()
