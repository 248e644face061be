"""The canvas: the view, and everything laid over it."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from latentstudio.document.start import Start
from latentstudio.render.messages import Drawn, Frame, Pixels
from latentstudio.ui.canvas.empty import EmptyCanvas
from latentstudio.ui.canvas.labels import Plate
from latentstudio.ui.canvas.pixels import difference, gain, mean_difference, to_pixmap
from latentstudio.ui.canvas.split import SplitHandle
from latentstudio.ui.canvas.stage import Mode, PictureItem, Stage
from latentstudio.ui.canvas.starting import StartingCard
from latentstudio.ui.canvas.view import PictureView
from latentstudio.ui.canvas.warning import WarningBar, WarningFrame
from latentstudio.ui.widgets.words import fixed, grouped, tr

_EDGE = 12


class Canvas(QWidget):
    """Shows frames, compares them, and carries the words that belong to them."""

    moved = Signal()
    """Zoom or place changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Canvas"))
        self.stage = Stage()
        self.view = PictureView(self.stage, self)
        self.view.setAccessibleName(tr("Canvas"))
        self.split = SplitHandle(self)
        self.hud = Plate(self, tr("Size and zoom"))
        self.before_tag = Plate(self, tr("Before"), tag=True)
        self.after_tag = Plate(self, tr("After"), tag=True)
        self.frame = WarningFrame(self)
        self.warning = WarningBar(self)
        self.starting = StartingCard(self)
        self.empty = EmptyCanvas(self)
        self.empty.hide()
        self.starting.hide()
        self._after: Pixels | None = None
        self._before: Pixels | None = None
        self._tags = ("", "")
        self._gain = 1
        self._alone = self.view.place()
        self._still = ""
        self._coarse = False
        self._start: Start | None = None
        self._ignored: Start | None = None
        self._cover = 0
        self.view.moved.connect(self._place)
        self.view.held.connect(self.set_held)
        self.split.dragged.connect(self._drag_split)
        self.split.stepped.connect(lambda by: self._set_split(self.stage.split + by))
        self.warning.ignored.connect(self._ignore)

    # Pictures

    @property
    def pixels(self) -> Pixels | None:
        """What is shown now, (height, width, 3), or None before the first live picture."""
        return self._after

    @property
    def coarse(self) -> bool:
        """What is shown was seen by a preview head; the whole picture is on its way."""
        return self._coarse

    def show_still(self, picture: QPixmap, words: str) -> None:
        """Show a kept picture, dimmed, until the first live one comes."""
        self._still = words
        self.stage.set_dimmed(True)
        self.stage.set_pictures(after=picture)
        self.view.keep_place()
        self._place()

    def show_frame(self, frame: Frame, carrier: str = "") -> None:
        """Show a live picture; the zoom stays where it is while the size does.

        Args:
            frame: The picture and its reading.
            carrier: Name of the edit that leads most of the way out, if it is too far.
        """
        same = self._after is not None and self._after.shape == frame.pixels.shape
        known = self._after is frame.pixels  # has been painted already
        self._still = ""
        self._after, self._coarse = frame.pixels, frame.coarse
        if not same:
            self._before = None
        self.empty.hide()
        self.stage.set_dimmed(False)
        before = None if same else QPixmap()
        after = None if known else to_pixmap(frame.pixels)
        self.stage.set_pictures(after=after, before=before, change=before)
        self._show_change()
        if not same:
            self.view.fit()
        self._show_verdict(frame, carrier)
        self._place()

    def show_drawn(self, drawn: Drawn) -> None:
        """Bring a picture to the screen at once; its verdict comes with its frame.

        A picture of another size waits for its frame: much else changes with it.
        """
        if self._after is None or self._after.shape != drawn.pixels.shape or self._still:
            return
        self._after, self._coarse = drawn.pixels, drawn.coarse
        self.stage.set_pictures(after=to_pixmap(drawn.pixels))
        self._show_change()
        self.view.viewport().repaint()

    def show_before(self, pixels: Pixels) -> None:
        """The picture to compare with; one of another size is left out."""
        if self._after is not None and pixels.shape != self._after.shape:
            return
        first = self._before is None
        self._before = pixels
        self.stage.set_pictures(before=to_pixmap(pixels))
        self._show_change()
        if first and self.stage.mode is Mode.SIDE:
            self.view.fit()
        self._place()

    def clear(self) -> None:
        """No picture: ask for a model."""
        self._after = self._before = None
        blank = QPixmap()
        self.stage.set_pictures(after=blank, before=blank, change=blank)
        self.frame.hide()
        self.warning.hide()
        self.empty.show()
        self._place()

    # Compare

    def set_mode(self, mode: Mode) -> None:
        """Choose how to compare; see `Mode`."""
        was = self.stage.mode
        self.stage.set_mode(mode)
        self.view.hold_to_compare = mode is Mode.HOLD
        self._show_change()
        if was is not Mode.SIDE and mode is Mode.SIDE:
            self._alone = self.view.place()
            self.view.fit()
        elif was is Mode.SIDE and mode is not Mode.SIDE:
            self.view.go_to(self._alone)
        self._place()

    def set_swapped(self, swapped: bool) -> None:
        """Put the picture before at the right."""
        self.stage.set_swapped(swapped)
        self._place()

    def set_held(self, held: bool) -> None:
        """Show what was before instead, as long as a key or button is held."""
        self.stage.set_held(held)
        self._place()

    def set_tags(self, before: str, after: str) -> None:
        """Names of the two pictures, for example ``Before: seed 591``."""
        self._tags = (before, after)
        self._place()

    def _drag_split(self, x: float) -> None:
        box = self._on_screen()
        self._set_split((x - box.left()) / max(1, box.width()))

    def _set_split(self, share: float) -> None:
        self.stage.set_split(share)
        self._place()

    def _show_change(self) -> None:
        if self.stage.mode is Mode.DIFFERENCE and self._both() is not None:
            before, after = self._both_or_die()
            self._gain = gain(before, after)
            self.stage.set_pictures(change=to_pixmap(difference(before, after, self._gain)))

    def _both(self) -> tuple[Pixels, Pixels] | None:
        if self._after is None or self._before is None:
            return None
        return self._before, self._after

    def _both_or_die(self) -> tuple[Pixels, Pixels]:
        both = self._both()
        assert both is not None
        return both

    # The warning

    def _show_verdict(self, frame: Frame, carrier: str) -> None:
        off = frame.reading is not None and frame.reading.state == "off"
        self._start = frame.picture.start
        if off:
            self.warning.say(frame, carrier)
        self.frame.setVisible(off)
        self.warning.setVisible(off and self._start != self._ignored)

    def _ignore(self) -> None:
        """Not again until there is another start: seed, class or found code."""
        self._ignored = self._start
        self.warning.hide()

    # Placing

    def set_cover(self, pixels: int) -> None:
        """How much of the right side a drawer hides."""
        self._cover = pixels
        self.view.set_cover(pixels)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.setGeometry(self.rect())
        self._place()

    def picture_rect(self) -> QRect:
        """The part of this widget where the picture is to be seen."""
        box = self.view.viewportTransform().mapRect(self.stage.content()).toRect()
        return box.intersected(self.rect().adjusted(0, 0, -self._cover, 0))

    def _on_screen(self, item: PictureItem | None = None) -> QRect:
        """Where a picture stands in this widget; the one now unless another is given."""
        box = (item or self.stage.after).sceneBoundingRect()
        return self.view.viewportTransform().mapRect(box).toRect()

    def _place(self) -> None:
        free = self.rect().adjusted(0, 0, -self._cover, 0)
        self.empty.setGeometry(self.rect())
        self.frame.setGeometry(free)
        self.starting.adjustSize()
        card = self.starting.rect()
        card.moveCenter(free.center())
        self.starting.setGeometry(card)
        if not self.warning.isHidden():
            self.warning.place(free.width())
        self._place_split()
        self._say_hud()
        self._place_tags()
        for above in (self.frame, self.warning, self.starting, self.empty):
            above.raise_()
        self.moved.emit()

    def _place_split(self) -> None:
        stage = self.stage
        shown = stage.mode is Mode.SPLIT and self._both() is not None and not stage.shows_before
        if shown:
            box = self._on_screen()
            x = box.left() + stage.split * box.width()
            self.split.place(x, max(0, box.top()), min(self.height(), box.bottom() + 1))
        self.split.setVisible(shown)

    def _say_hud(self) -> None:
        self.hud.say(self._still or self._size_words())
        self.hud.move(_EDGE - 3, self.height() - self.hud.height() - 6)

    def _size_words(self) -> str:
        if self._after is None:
            return ""
        height, width, _ = self._after.shape
        words = tr("%1 × %2 shown at %3 %")
        numbers = (str(width), str(height), grouped(100 * self.view.zoom))
        for mark, number in zip(("%1", "%2", "%3"), numbers, strict=True):
            words = words.replace(mark, number, 1)
        both = self._both()
        if self.stage.mode is not Mode.OFF and both is not None:
            mean = tr("%1 % mean difference").replace("%1", fixed(100 * mean_difference(*both), 1))
            words = f"{words}. {mean}"
        if self._coarse:
            words += tr(", coarse while it moves")
        if self.stage.mode is Mode.DIFFERENCE:
            words += self._gain_words()
        return words

    def _gain_words(self) -> str:
        if self._gain == 1:
            return ""
        return tr(", shown %1 times stronger").replace("%1", str(self._gain))

    def _place_tags(self) -> None:
        stage = self.stage
        compares = stage.mode in (Mode.SPLIT, Mode.SIDE) and self._both() is not None
        before, after = self._tags
        holds = stage.mode is Mode.HOLD and self._both() is not None and not stage.shows_before
        hint = tr("Press and hold the picture to see it before") if holds else ""
        self.before_tag.say(before if compares or stage.shows_before else hint)
        self.after_tag.say(after if compares and not stage.shows_before else "")
        seen = self.rect().adjusted(0, 0, -self._cover, 0)
        one, two = stage.before, stage.after
        left, right = (two, one) if stage.swapped else (one, two)
        at_left, at_right = self.before_tag, self.after_tag
        if stage.swapped and not stage.shows_before:
            at_left, at_right = at_right, at_left
        a, b = (self._on_screen(item).intersected(seen) for item in (left, right))
        top = 8 if self.warning.isHidden() else self.warning.geometry().bottom() + 8
        ends = ((at_left, a.left() + 8, a), (at_right, b.right() - at_right.width() - 7, b))
        for tag, x, box in ends:
            last = max(8, seen.right() - tag.width() - 7)
            tag.move(min(max(x, 8), last), max(box.top() + 8, top))

    def words(self) -> str:
        """What a screen reader says of the canvas besides its name."""
        return self.hud.text()
