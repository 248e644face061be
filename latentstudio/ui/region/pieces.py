"""Small pictures of the region panel: the mask, the heat map, the spectrum, the trials."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentstudio.render.messages import Pixels
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.region.heat import heat_stops
from latentstudio.ui.region.mask_painter import Bytes
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

_MOST_BARS = 20


class Thumb(QWidget):
    """A small image with rounded corners."""

    def __init__(self, side: int, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self.setFixedSize(side, side)
        self.setAccessibleName(name)

    def show_image(self, image: QImage) -> None:
        """Show an image, fitted."""
        self._image = image
        self.update()

    def show_mask(self, mask: Bytes | None) -> None:
        """Show a mask, (h, w), in grey."""
        if mask is None:
            self.show_image(QImage())
            return
        height, width = mask.shape
        form = QImage.Format.Format_Grayscale8
        grey = QImage(mask.tobytes(), width, height, width, form)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
        self.show_image(grey.scaled(self.size() * 2, keep, smooth.SmoothTransformation).copy())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.fillPath(outline, tokens.color("canvas"))
        painter.setClipPath(outline)
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(box, self._image)
        painter.setClipping(False)
        painter.setPen(tokens.color("line2"))
        painter.drawPath(outline)
        painter.end()


class HeatScale(QWidget):
    """The colours of the heat map, from none to most."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(6)
        self.setMinimumWidth(60)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = QLinearGradient(0, 0, self.width(), 0)
        colours.setStops(heat_stops())
        painter.setBrush(colours)
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.end()


class Spectrum(QWidget):
    """What a region can do, a bar for each direction; a marker says how many are listed."""

    count_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._values: tuple[float, ...] = ()
        self._count = 6
        self.setFixedHeight(112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("How many local directions"))

    def show_values(self, values: Sequence[float], count: int) -> None:
        """Show a spectrum, largest first."""
        self._values, self._count = tuple(values[:_MOST_BARS]), count
        self.setAccessibleDescription(tr("%1 kept").replace("%1", str(count)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 112)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._ask(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._values:
            event.ignore()
            return
        self.count_asked.emit(max(1, min(len(self._values), self._count + step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._values:
            return
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font("caption"))
        painter.setPen(Qt.PenStyle.NoPen)
        slot, floor, room = self._slot, self.height() - 20.0, self.height() - 40.0
        for number, high in enumerate(self._heights()):
            kept = number < self._count
            painter.setBrush(tokens.color("acc" if kept else "edge", 1.0 if kept else 0.8))
            box = QRectF(number * slot + 1, floor - high * room, slot - 3, high * room)
            painter.drawRoundedRect(box, 1, 1)
        self._paint_marker(painter, self._count * slot - 0.5, floor)
        painter.setPen(tokens.color("tx3"))
        for number in sorted({1, self._count, 10, 15, len(self._values)}):
            if number <= len(self._values):
                place = QRectF((number - 1) * slot - 10, floor + 4, slot + 20, 16)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.end()

    def _paint_marker(self, painter: QPainter, x: float, floor: float) -> None:
        tokens = theme().current()
        painter.setPen(tokens.color("tx"))
        painter.drawLine(QPointF(x, 8), QPointF(x, floor))
        painter.setBrush(tokens.color("tx"))
        corners = [QPointF(x - 4, 2), QPointF(x + 4, 2), QPointF(x + 4, 8), QPointF(x, 12)]
        painter.drawPolygon(QPolygonF([*corners, QPointF(x - 4, 8)]))
        painter.setPen(tokens.color("tx2"))
        words = tr("%1 kept, drag to change").replace("%1", str(self._count))
        place = QRectF(x + 9, 0, self.width(), 16)
        if painter.fontMetrics().horizontalAdvance(words) > self.width() - x - 9:
            words = tr("%1 kept").replace("%1", str(self._count))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    @property
    def _slot(self) -> float:
        return self.width() / max(1, len(self._values))

    def _heights(self) -> list[float]:
        """On a logarithmic scale of two powers of ten and more, 0.05 to 1."""
        from math import log10

        top = max(self._values[0], 1e-12)
        least = max(min(self._values), top * 1e-4)
        span = max(0.5, log10(top / least))
        return [
            max(0.05, 1 - 0.9 * log10(top / max(value, least)) / span) for value in self._values
        ]

    def _ask(self, x: float) -> None:
        if self._values:
            wanted = max(1, min(len(self._values), round(x / self._slot)))
            if wanted != self._count:
                self.count_asked.emit(wanted)


class Trials(QWidget):
    """A strip of other pictures with the same edit, and what leaks in each."""

    def __init__(self) -> None:
        super().__init__()
        self._trials: tuple[tuple[int, Pixels, float], ...] = ()
        self.setFixedHeight(68)
        self.setAccessibleName(tr("On other pictures"))

    def show_trials(self, trials: tuple[tuple[int, Pixels, float], ...]) -> None:
        """Show seeds, pictures and the share of the change that lands outside."""
        self._trials = trials
        words = (f"{seed}: {round(100 * leak)} %" for seed, _, leak in trials)
        self.setAccessibleDescription(", ".join(words))
        set_tip(self, tr("The same edit on other seeds, and how much of it lands outside"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._trials:
            return
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().current().color("tx2"))
        side = min(48.0, (self.width() - 2.0 * (len(self._trials) - 1)) / len(self._trials))
        for number, (_, pixels, leak) in enumerate(self._trials):
            box = QRectF(number * (side + 2), 0, side, side)
            picture = to_pixmap(pixels)
            painter.drawPixmap(box, picture, QRectF(picture.rect()))
            place = QRectF(box.left(), side + 2, side, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{round(100 * leak)} %")
        painter.end()
