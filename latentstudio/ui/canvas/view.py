"""Zoom and pan. Nothing here knows what the picture means."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from latentstudio.ui.canvas.stage import Stage
from latentstudio.ui.theme import theme

LEAST, MOST = 0.05, 64.0
_LADDER = (0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
LADDER = (*_LADDER, 10, 12, 14, 16, 20, 24, 32, 40, 48, 64)
"""Where the zoom buttons stop; 1 is one picture pixel on one pixel of the screen."""

_NOTCH = 120
_Hand = Qt.CursorShape


class PaintHandler(Protocol):
    """Takes mouse and pen events over the picture; positions are in its pixels."""

    active: bool

    @property
    def paints(self) -> bool:
        """Its tool is in use."""
        ...

    def press(
        self, at: QPointF, pressure: float = 1.0, eraser: bool = False, other: bool = False
    ) -> None:
        """Down."""
        ...

    def move(self, at: QPointF, pressure: float = 1.0) -> None:
        """Moved, down or not."""
        ...

    def finish(self) -> None:
        """Up, or lost."""
        ...


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """What a view shows: all of the picture, or a point of it in its middle at some zoom."""

    fitted: bool
    zoom: float
    centre: QPointF


class PictureView(QGraphicsView):
    """A view of a `Stage` that zooms at the pointer and pans without scroll bars.

    While it is fitted it stays fitted when its size or its free area changes; any zoom or
    pan by hand ends that.
    """

    moved = Signal()
    """Zoom, place or size changed: whatever lies on top finds its place again."""
    left = Signal()
    """The pointer went elsewhere."""
    held = Signal(bool)
    """The left button was pressed, or released, on a picture that shows what was before."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(stage, parent)
        self._stage = stage
        self._zoom = 1.0
        self._fitted = True
        self._cover = 0
        self._smooth = True
        self._tool = "hand"
        self._space = False
        self._pressed = False
        self._last: QPoint | None = None
        self.hold_to_compare = False
        self.hand: PaintHandler | None = None
        """Takes the strokes while its tool is in use."""
        self.setMouseTracking(True)
        self.setAcceptDrops(False)  # the window takes files; a scene would swallow all else
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 120)
        # The background covers it all: what lies behind need not be painted for each picture.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._dress()
        theme().changed.connect(self._dress)

    @property
    def zoom(self) -> float:
        """Pixels of the screen for one pixel of the picture."""
        return self._zoom

    @property
    def fitted(self) -> bool:
        return self._fitted

    @property
    def smooth(self) -> bool:
        return self._smooth

    @property
    def tool(self) -> str:
        """``hand``, ``zoom`` or one of the painting ones."""
        return self._tool

    def set_tool(self, tool: str) -> None:
        self._tool = tool
        self._show_cursor()

    def set_smooth(self, smooth: bool) -> None:
        """Interpolate when enlarged, or show every pixel as a square."""
        self._smooth = smooth
        self._dress()

    def set_panning(self, panning: bool) -> None:
        """While Space is down the left button pans, whatever the tool."""
        self._space = panning
        self._show_cursor()

    def set_cover(self, pixels: int) -> None:
        """Say how much of the right edge a drawer hides: fit uses what is left."""
        if pixels != self._cover:
            self._cover = pixels
            self._refit()

    def fit(self) -> None:
        """Show all of it, in steps that keep pixels even when it is enlarged."""
        self._fitted = True
        box, free = self._stage.content(), self._free()
        if box.isEmpty() or free.isEmpty():
            return
        air = 24 if min(free.width(), free.height()) >= 600 else 8
        room = min((free.width() - 2 * air) / box.width(), (free.height() - 2 * air) / box.height())
        wanted = room * self.devicePixelRatioF()
        self._apply(float(int(wanted * 2)) / 2 if wanted >= 2 else wanted)
        self._centre(box.center(), free.center())

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom to a factor, keeping the point of the picture under `at` (in the viewport)."""
        self._fitted = False
        place = at if at is not None else self._middle()
        fixed, second = self._stage.within(self._scene_at(place))
        self._apply(zoom)
        self._centre(self._stage.beyond(fixed, second), place)

    def place(self) -> ViewPlace:
        """How it shows the picture, for `go_to`."""
        return ViewPlace(self._fitted, self._zoom, self._scene_at(self._free().center()))

    def go_to(self, place: ViewPlace) -> None:
        """Show what was shown at a place: all of it where it was fitted."""
        if place.fitted:
            self.fit()
        else:
            self._fitted = False
            self._apply(place.zoom)
            self._centre(place.centre, self._free().center())

    def step_zoom(self, steps: int) -> None:
        """Go to the next place on the ladder, up or down."""
        if steps > 0:
            self.set_zoom(next((z for z in LADDER if z > self._zoom * 1.001), MOST))
        else:
            self.set_zoom(next((z for z in reversed(LADDER) if z < self._zoom * 0.999), LEAST))

    def keep_place(self) -> None:
        """The content changed its size: fit again, or leave the view where it is."""
        self._set_limits()
        self._refit()

    def _free(self) -> QRectF:
        rect = QRectF(self.viewport().rect())
        return rect.adjusted(0, 0, -self._cover, 0)

    def _middle(self) -> QPointF:
        """Of what is free; of its left half where two pictures share it."""
        free = self._free()
        if self._stage.beside:
            free.setWidth(free.width() / 2)
        return free.center()

    def _share_halves(self) -> None:
        """Tell the stage where the middle is: two pictures beside each other meet there."""
        free, scale = self._free(), self.transform().m11()
        middle = self._scene_at(QPointF(int(free.center().x()), 0)).x()
        self._stage.set_halves(int(free.width() / 2) / scale, middle)

    def _scene_at(self, place: QPointF) -> QPointF:
        back, _ = self.viewportTransform().inverted()
        return back.map(place)

    def _refit(self) -> None:
        if self._fitted:
            self.fit()
        self._share_halves()
        self.moved.emit()

    def _apply(self, zoom: float) -> None:
        self._zoom = min(MOST, max(LEAST, zoom))
        scale = self._zoom / self.devicePixelRatioF()
        self.setTransform(QTransform.fromScale(scale, scale))
        self._set_limits()
        self._share_halves()
        self._dress()

    def _set_limits(self) -> None:
        """Let the picture be pushed nearly out of sight, but no further."""
        scale = self.transform().m11()
        wide, high = self.viewport().width() / scale, self.viewport().height() / scale
        self.setSceneRect(self._stage.content().adjusted(-wide, -high, wide, high))

    def _centre(self, scene: QPointF, place: QPointF) -> None:
        gap = self.viewportTransform().map(scene) - place
        self._scroll(round(gap.x()), round(gap.y()))
        self.moved.emit()

    def _scroll(self, x: int, y: int) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + x)
        down.setValue(down.value() + y)
        self._share_halves()

    def _dress(self) -> None:
        self.setBackgroundBrush(theme().current().color("canvas"))
        smooth = self._smooth or self._zoom < 1
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self.viewport().update()

    def _show_cursor(self) -> None:
        if self._last is not None:
            self.viewport().setCursor(_Hand.ClosedHandCursor)
        elif self._space or self._tool == "hand":
            self.viewport().setCursor(_Hand.OpenHandCursor)
        elif self._tool in ("brush", "eraser") and self._painting is not None:
            self.viewport().setCursor(_Hand.BlankCursor)
        else:
            self.viewport().setCursor(_Hand.CrossCursor)

    # Events

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        self.set_zoom(self._zoom * 2 ** (turn / _NOTCH / 4), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        place = event.position().toPoint()
        if button == Qt.MouseButton.MiddleButton or (
            button == Qt.MouseButton.LeftButton
            and (self._space or (self._tool == "hand" and not self.hold_to_compare))
        ):
            self._last = place
            self._show_cursor()
        elif button == Qt.MouseButton.LeftButton and self._painting is not None:
            self._painting.press(self._on_picture(event.position()), other=_alt(event))
        elif button == Qt.MouseButton.LeftButton and self.hold_to_compare:
            self.held.emit(True)
        elif button == Qt.MouseButton.LeftButton:
            self._pressed = True
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            place = event.position().toPoint()
            step = self._last - place
            self._last = place
            if not step.isNull():
                self._fitted = False
                self._scroll(step.x(), step.y())
                self.moved.emit()
        elif self._painting is not None:
            if self._painting.active and not event.buttons() & Qt.MouseButton.LeftButton:
                self._painting.finish()  # the release went to somebody else
            self._painting.move(self._on_picture(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            self._last = None
            self._show_cursor()
        elif self.hand is not None and self.hand.active:
            self.hand.finish()
        elif self._pressed:
            self._zoom_click(event)
        elif self.hold_to_compare:
            self.held.emit(False)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _zoom_click(self, event: QMouseEvent) -> None:
        self._pressed = False
        self.set_zoom(self._zoom * (0.5 if _alt(event) else 2.0), event.position())

    @property
    def _painting(self) -> PaintHandler | None:
        return self.hand if self.hand is not None and self.hand.paints else None

    def _on_picture(self, place: QPointF) -> QPointF:
        return self._stage.after.mapFromScene(self._scene_at(place))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QTabletEvent) and self._painting is not None and not self._space:
            self._pen(event, self._painting)
            event.accept()
            return True
        if event.type() == QEvent.Type.Leave:
            self.left.emit()
        return super().viewportEvent(event)

    def _pen(self, event: QTabletEvent, hand: PaintHandler) -> None:
        at = self._on_picture(event.position())
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            hand.press(at, event.pressure(), eraser, _alt(event))
        elif kind == QEvent.Type.TabletMove:
            if hand.active and not event.buttons():
                hand.finish()
            hand.move(at, event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            hand.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Arrows belong to the split, everything else to the window.
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        middle = self._scene_at(QPointF(event.oldSize().width(), event.oldSize().height()) / 2)
        self._set_limits()
        if self._fitted:
            self.fit()
        elif event.oldSize().isValid():
            self._centre(middle, QRectF(self.viewport().rect()).center())
        self.moved.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_cursor()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.keep_place()


def _alt(event: QMouseEvent | QTabletEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
