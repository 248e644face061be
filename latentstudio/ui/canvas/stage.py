"""The scene of the canvas: the picture, what it is compared with, and how both are laid out."""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QStyleOptionGraphicsItem,
    QWidget,
)

from latentstudio.ui.theme import theme

DIMMED = 0.4


class Mode(StrEnum):
    """How the picture is compared with the one before."""

    OFF = "off"
    HOLD = "hold"
    SPLIT = "split"
    SIDE = "side"
    DIFFERENCE = "difference"


class PictureItem(QGraphicsItem):
    """A picture in its own pixels, of which a vertical part may be shown."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self._part = (0.0, 1.0)

    def set_pixmap(self, pixmap: QPixmap) -> None:
        if pixmap.size() != self._pixmap.size():
            self.prepareGeometryChange()
        self._pixmap = pixmap
        self.update()

    def set_part(self, low: float, high: float) -> None:
        """Show only columns from `low` to `high`, as shares of the width."""
        self._part = (low, high)
        self.update()

    @property
    def pixmap(self) -> QPixmap:
        return self._pixmap

    def boundingRect(self) -> QRectF:
        return QRectF(QPointF(), QSizeF(self._pixmap.size()))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        box = self.boundingRect()
        low, high = self._part
        if (low, high) != (0.0, 1.0):
            painter.setClipRect(
                QRectF(box.width() * low, 0, box.width() * (high - low), box.height())
            )
        painter.drawPixmap(QPointF(), self._pixmap)


class Stage(QGraphicsScene):
    """Lays out the pictures; coordinates are picture pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.after = PictureItem()
        self.before = PictureItem()
        self.change = PictureItem()
        for item in (self.after, self.before, self.change):
            self.addItem(item)
        self._mode = Mode.OFF
        self._held = False
        self._split = 0.5
        self._half, self._middle = 1e9, 0.0
        self._swapped = False
        self._layout()
        theme().changed.connect(self.update)

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def split(self) -> float:
        """Where the split stands, as a share of the picture's width."""
        return self._split

    @property
    def shows_before(self) -> bool:
        """The picture before is shown instead of the one now."""
        return self._held and not self.before.pixmap.isNull()

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._layout()

    def set_held(self, held: bool) -> None:
        """Show the picture before in place of the one now, or stop."""
        self._held = held
        self._layout()

    def set_split(self, share: float) -> None:
        self._split = min(1.0, max(0.0, share))
        self._layout()

    def set_swapped(self, swapped: bool) -> None:
        """Put the picture before at the right instead of the left."""
        self._swapped = swapped
        self._layout()

    @property
    def swapped(self) -> bool:
        return self._swapped

    def set_dimmed(self, dimmed: bool) -> None:
        """Fade the picture, while it is only the last one kept."""
        self.after.setOpacity(DIMMED if dimmed else 1.0)

    def set_pictures(
        self,
        after: QPixmap | None = None,
        before: QPixmap | None = None,
        change: QPixmap | None = None,
    ) -> None:
        """Replace those given."""
        pairs = ((self.after, after), (self.before, before), (self.change, change))
        for item, pixmap in pairs:
            if pixmap is not None:
                item.set_pixmap(pixmap)
        self._layout()

    def content(self) -> QRectF:
        """What "fit" fits: the picture, or both with the gap between."""
        box = QRectF(QPointF(), self.after.boundingRect().size())
        return box.adjusted(0, 0, self._pitch(), 0) if self.beside else box

    # Two beside each other. Where both don't fit, each has half of the view and shows the
    # same part of its picture.

    def set_halves(self, half: float, middle: float) -> None:
        """How wide half of the view is, and where its middle lies, in picture pixels."""
        if (half, middle) != (self._half, self._middle):
            self._half, self._middle = half, middle
            if self.beside:
                self._layout()

    @property
    def halved(self) -> bool:
        """Each half of the view shows a picture of its own, cut off at the middle."""
        return self.beside and self._half < self._pitch()

    def within(self, point: QPointF) -> tuple[QPointF, bool]:
        """A point as one of the first picture, and whether the second one shows it there."""
        second = self.beside and point.x() >= self._middle
        return (point - QPointF(self._offset(), 0) if second else point), second

    def beyond(self, point: QPointF, second: bool) -> QPointF:
        """The other way round, where the second picture stands now."""
        return point + QPointF(self._offset(), 0) if second else point

    def _pitch(self) -> float:
        """From one picture to the other where both fit: a width and a gap."""
        width = self.before.boundingRect().width()
        return width + max(1.0, width / 32)

    def _offset(self) -> float:
        return self._half if self.halved else self._pitch()

    @property
    def beside(self) -> bool:
        """Two pictures are shown beside each other."""
        return self._mode is Mode.SIDE and not self.before.pixmap.isNull()

    def _layout(self) -> None:
        has_before = not self.before.pixmap.isNull()
        mode = self._mode if has_before else Mode.OFF
        held = self.shows_before
        side = mode is Mode.SIDE
        split = mode is Mode.SPLIT and not held
        self.after.setVisible(not held or side)
        self.before.setVisible(held or side or split)
        self.change.setVisible(mode is Mode.DIFFERENCE and not held)
        left, right = (self.before, self.after) if not self._swapped else (self.after, self.before)
        left.set_part(0.0, self._split if split else 1.0)
        right.set_part(self._split if split else 0.0, 1.0)
        left.setPos(0, 0)
        right.setPos(self._offset() if side else 0.0, 0)
        if side and self.halved:
            width = self.before.boundingRect().width()
            left.set_part(0.0, _share(self._middle / width))
            right.set_part(_share((self._middle - self._offset()) / width), 1.0)
        self.update()


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
