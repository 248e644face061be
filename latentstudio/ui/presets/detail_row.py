"""A row of a preset's details: icon of the kind, thumb or mask, name, kind, range."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.store.preset_inside import Small
from latentstudio.ui.presets.words import points_words
from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.words import tr

_THUMB = 28


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
        name, self._kind, at_right = said
        self.setAccessibleName(", ".join(said))
        self._told = f"{name}\n{self._kind}"
        set_tip(self, self._told)
        picture = bare()
        picture.setPixmap(icon(mark, "tx2").pixmap(16, 16))
        title, self.kind = ElidedLabel("label"), ElidedLabel("caption", "tx2")
        self.thumb = Thumb(previews.get(id, b""))
        title.say(name)
        self.kind.say(self._kind)
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(title, 1)
        upper.addWidget(label(at_right, "caption", "tx2"))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addLayout(upper)
        texts.addWidget(self.kind)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(picture)
        row.addWidget(self.thumb)
        row.addLayout(texts, 1)

    def explain(self, more: str) -> None:
        """Add a line to what the pointer is told."""
        if more:
            set_tip(self, f"{self._told}\n{more}")

    def say_points(self, count: int) -> None:
        """It is a path of so many points."""
        self.kind.say(points_words(self._kind, count))  # it may be told more than once

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

    def show_mask(self, mask: Small) -> None:
        """Show where it applies instead: white on black, (h, w)."""
        height, width = mask.shape
        grey = QImage(mask.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
        self._picture = QPixmap.fromImage(grey)  # a copy of its own
        set_tip(self, tr("Where it applies"))
        self.update()

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
