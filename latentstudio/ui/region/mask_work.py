"""The painted mask: what the hand does to it, and where it lies in the document."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.document import region_commands as commands
from latentstudio.document.history import History
from latentstudio.document.state import Document, Region
from latentstudio.region import mask_snapping, mask_tools
from latentstudio.render.messages import Frame
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.region.mask_item import OPACITY, BrushRing, HeatItem, MaskItem
from latentstudio.ui.region.mask_painter import Bytes, MaskPainter, mask_size
from latentstudio.ui.region.strokes import Strokes

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

STEP = 0.015
"""How much growing and shrinking move the border, as a share of the width."""


class MaskWork(QObject):
    """Joins what is painted with the document.

    Attributes:
        strokes: The hand.
        model: What is open, or None.
    """

    changed = Signal()

    def __init__(
        self, history: History, client: "StudioClient", canvas: Canvas, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._history, self._client, self._canvas = history, client, canvas
        self.mask_item, self.ring, self.heat = MaskItem(), BrushRing(), HeatItem()
        for item in (self.heat, self.mask_item, self.ring):
            item.setParentItem(canvas.stage.after)
        self.strokes = Strokes(self.mask_item, self.ring, lambda: canvas.pixels, self)
        canvas.view.hand = self.strokes
        self.model: ModelSummary | None = None
        self._size: tuple[int, int] | None = None
        self._digest = ""
        self.strokes.ended.connect(self._stroke_done)
        canvas.view.left.connect(self.strokes.leave)
        client.previews.frame_ready.connect(self._frame)

    # What is shown

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def region(self) -> Region | None:
        """The one that is painted now."""
        return self.document.chosen_region

    @property
    def share(self) -> float:
        """How much of the picture is painted, 0 to 1."""
        return self.strokes.painter.share if self.strokes.painter is not None else 0.0

    @property
    def side(self) -> int:
        """The picture's longer side, in pixels."""
        return max(self._size or (64, 64))

    @property
    def mask(self) -> Bytes | None:
        """What is painted, (h, w), 0 to 255."""
        return self.strokes.painter.mask if self.strokes.painter is not None else None

    @property
    def feather(self) -> float:
        """The soft edge in pixels of the picture."""
        share = self.region.mask.feather if self.region is not None else commands.FEATHER
        return share * (self._size[1] if self._size is not None else 64)

    # What an artist does

    def resize_brush(self, by: float) -> None:
        """Make the brush larger or smaller, in pixels of the picture."""
        self.strokes.change_brush(size=min(self.side, max(1.0, self.strokes.brush.size + by)))

    def swap(self) -> None:
        """Add instead of taking away, or the other way round."""
        self.strokes.change_brush(subtract=not self.strokes.brush.subtract)

    def set_tint(self, tinted: bool, opacity: float = OPACITY) -> None:
        """Whether what is painted is tinted."""
        self.mask_item.set_tint(tinted, opacity)
        self.changed.emit()

    def apply(self, what: str) -> None:
        """Change all of the mask: grow, shrink, invert, mirror, snap, clear, all.

        A mask that can't be changed so is left, and the reason told.
        """
        painter = self.strokes.painter
        if painter is None:
            return
        mask = painter.mask.astype(np.float32) / 255
        try:
            made = self._made(what, mask)
        except LatentStudioError as error:
            self._client.notice.emit("warn", error.sentence())
            return
        self._keep((made * 255).round().astype(np.uint8), f"{what} mask")

    def take(self, mask: "np.ndarray[Any, Any]", words: str) -> None:
        """Paint a whole mask, (h, w) from 0 to 1, of any size."""
        if self.strokes.painter is not None:
            self._keep(_at_size((mask * 255).round().astype(np.uint8), self._shape()), words)

    def set_feather(self, pixels: float, gesture: Hashable | None = None) -> None:
        """Soften the edge, in pixels of the picture."""
        if self._size is not None:
            self._history.do(commands.set_feather(pixels / self._size[1], gesture))

    def set_protect(self, protect: bool) -> None:
        """Keep the pixels outside of the mask."""
        self._history.do(commands.set_protect(protect))

    def set_blend(self, features: str, _checked: bool = True) -> None:
        """Blend by features from a layer on; empty for by pixels."""
        self._history.do(commands.set_blend(features))

    def new_region(self) -> None:
        """Start another mask; the ones before stay."""
        blank = np.zeros(self._shape(), np.uint8)
        self._history.do(commands.add_region(self._client.assets.put(blank)))

    def choose(self, index: int) -> None:
        self._history.do(commands.choose_region(index))

    def rename(self, name: str) -> None:
        self._history.do(commands.rename_region(name))

    def remove(self) -> None:
        self._history.do(commands.remove_region())

    def complain(self, sentence: str) -> None:
        """Tell what went wrong."""
        self._client.notice.emit("error", sentence)

    # What happens

    def _made(self, what: str, mask: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        if what in ("clear", "all"):
            return np.full_like(mask, float(what == "all"))
        if what == "snap":
            pixels = self._canvas.pixels
            return mask if pixels is None else mask_snapping.snapped(mask, pixels)
        if what in ("grow", "shrink"):
            return mask_tools.grown(mask, STEP if what == "grow" else -STEP)
        return mask_tools.inverted(mask) if what == "invert" else mask_tools.mirrored(mask)

    def _shape(self) -> tuple[int, int]:
        return mask_size(*(self._size or (64, 64)))

    def _stroke_done(self, words: str) -> None:
        painter = self.strokes.painter
        if painter is not None:
            self._keep(painter.mask, words)

    def _keep(self, mask: Bytes, words: str) -> None:
        """What is painted becomes the document's."""
        digest = self._client.assets.put(mask)
        self._history.do(commands.paint_region(digest, words))

    def _show_region(self) -> None:
        """Show the mask of the document, unless it is the one that was just painted."""
        painter, region = self.strokes.painter, self.region
        digest = region.mask.digest if region is not None else ""
        if painter is None or digest == self._digest:
            return
        self.strokes.cancel()
        self._digest = digest
        painter.replace(self._loaded(digest))
        self.mask_item.update_part(painter.whole)
        self.mask_item.find_border()

    def _loaded(self, digest: str) -> Bytes:
        shape = self._shape()
        if not digest:
            return np.zeros(shape, np.uint8)
        try:
            found = self._client.assets.get(digest)
        except LatentStudioError as error:
            self._client.notice.emit("error", error.sentence())
            return np.zeros(shape, np.uint8)
        values = found if found.dtype == np.uint8 else (found * 255).round().astype(np.uint8)
        return _at_size(values, shape)

    def _forget_mask(self) -> None:
        """The model has gone, and its picture with it."""
        self.strokes.painter, self._size, self._digest = None, None, ""
        self.mask_item.clear()

    def _frame(self, frame: Frame) -> None:
        """A picture of another size needs a mask of another size."""
        if self.model is None:
            return
        size = (frame.pixels.shape[0], frame.pixels.shape[1])
        if size != self._size:
            self._size = size
            region = self.region
            self._digest = region.mask.digest if region is not None else ""
            shape = self._shape()
            self.strokes.cancel()
            self.strokes.painter = MaskPainter(self._loaded(self._digest))
            self.strokes.scale = shape[1] / size[1]
            self.mask_item.show_mask(self.strokes.painter.mask, size[1], size[0])
            self.strokes.change_brush(size=max(2.0, round(size[1] * 0.11)))
            self._resized()
            self.changed.emit()

    def _resized(self) -> None:
        """The first picture came, or one of another size."""


def _at_size(mask: Bytes, shape: tuple[int, int]) -> Bytes:
    """A mask at another size, as `render.mask_images` would lay it over the picture."""
    if mask.shape == shape:
        return mask
    from PIL import Image

    small = mask.shape[0] > shape[0]
    way = Image.Resampling.BOX if small else Image.Resampling.BILINEAR
    made = Image.fromarray(mask).resize((shape[1], shape[0]), way)
    return np.asarray(made, np.uint8)
