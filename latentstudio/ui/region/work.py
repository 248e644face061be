"""Joins the painted mask with the document, and asks the engine what the region can do."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.document import region_commands as commands
from latentstudio.document.direction import Local
from latentstudio.document.history import History
from latentstudio.document.state import Document, MaskUse, Region
from latentstudio.region import mask_tools
from latentstudio.region.registry import METHODS
from latentstudio.render.messages import Frame
from latentstudio.session.messages import ModelSummary
from latentstudio.session.region_messages import LeakNews, LocalNews, LocalRequest, TrialNews
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.directions.board import Board
from latentstudio.ui.region.mask_item import OPACITY, BrushRing, HeatItem, MaskItem
from latentstudio.ui.region.mask_painter import Bytes, MaskPainter, mask_size
from latentstudio.ui.region.strokes import Strokes

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SOON = 60  # ms after a stroke before the engine is asked: another may follow
_REST = 1200  # ms without a change before directions of another picture are looked for
_LEAK = 250  # ms without a change before what leaks is measured
STEP = 0.015
"""How much growing and shrinking move the border, as a share of the width."""


class RegionWork(QObject):
    """What the region panel and the painting tools share.

    Attributes:
        strokes: The hand.
        news: The newest local directions, or None.
        leak: What the local edits do outside, or None.
        trials: The last trial on other pictures, or None.
        failure: Why there are no local directions, a sentence.
        looking: How far the engine is, 0 to 1, or None while it isn't asked.
    """

    changed = Signal()
    tool_wanted = Signal(str)

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        board: Board,
        canvas: Canvas,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._history, self._client, self._board, self._canvas = history, client, board, canvas
        self.mask_item, self.ring, self.heat = MaskItem(), BrushRing(), HeatItem()
        for item in (self.heat, self.mask_item, self.ring):
            item.setParentItem(canvas.stage.after)
        self.strokes = Strokes(self.mask_item, self.ring, lambda: canvas.pixels, self)
        canvas.view.hand = self.strokes
        self.news: LocalNews | None = None
        self.leak: LeakNews | None = None
        self.trials: TrialNews | None = None
        self.failure = ""
        self.looking: float | None = None
        self.method, self.tau, self.count = "resefa", 1e-3, 6
        self.layers = "auto"
        self.heat_shown = False
        self.awake = False
        """A painting tool was taken, or the panel is open: the engine may look at pictures."""
        self.model: ModelSummary | None = None
        self._size: tuple[int, int] | None = None
        self._digest = ""
        self._asked: tuple[Any, ...] | None = None
        self._used: set[str] = set()
        self._soon = _timer(self, _SOON, self._ask)
        self._rest = _timer(self, _REST, self._ask)
        self._leaking = _timer(self, _LEAK, self._ask_leak)
        self._connect()

    def _connect(self) -> None:
        client = self._client
        self.strokes.ended.connect(self._stroke_done)
        self._canvas.view.left.connect(self.strokes.leave)
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.previews.frame_ready.connect(self._frame)
        client.regions.sliders_ready.connect(self._sliders)
        client.regions.sliders_failed.connect(self._failed)
        client.regions.progressed.connect(self._progress)
        client.regions.leak_ready.connect(self._leaked)
        client.regions.tries_ready.connect(self._tried)
        stop = self._history.changed.connect(self._document_changed)
        self.destroyed.connect(lambda: stop())

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
    def place(self) -> str:
        """The region's name, or where it lies as far as that is known."""
        if self.region is not None and self.region.name:
            return self.region.name
        return self.news.place if self.news is not None and not self.other_mask else ""

    @property
    def other_picture(self) -> bool:
        """The local directions are from an earlier picture."""
        now = commands.unmasked(self.document.picture)
        return self.news is not None and self.news.request.picture != now

    @property
    def other_mask(self) -> bool:
        """The local directions are for what was painted before."""
        digest = self.region.mask.digest if self.region is not None else ""
        use = self.news.request.use if self.news is not None else None
        return use is None or use.digest != digest

    # What an artist does

    def wake(self) -> None:
        """A painting tool was taken, or the panel opened: begin to look at the picture."""
        if not self.awake:
            self.awake = True
            self._soon.start()

    def set_tool(self, tool: str) -> None:
        """Take a tool; while it is none of these the strokes rest."""
        self.strokes.finish()
        self.strokes.tool = tool
        if self.strokes.paints:
            self.wake()
        self.strokes.leave()

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
            self._keep(_resized((mask * 255).round().astype(np.uint8), self._shape()), words)

    def set_feather(self, pixels: float, gesture: Hashable | None = None) -> None:
        """Soften the edge, in pixels of the picture."""
        if self._size is not None:
            self._history.do(commands.set_feather(pixels / self._size[1], gesture))

    @property
    def feather(self) -> float:
        """The soft edge in pixels of the picture."""
        share = self.region.mask.feather if self.region is not None else commands.FEATHER
        return share * (self._size[1] if self._size is not None else 64)

    def set_protect(self, protect: bool) -> None:
        """Keep the pixels outside of the mask."""
        self._history.do(commands.set_protect(protect))

    @property
    def takes_tau(self) -> bool:
        """Whether the method can be tighter or freer."""
        return METHODS[self.method].takes("tau")

    def set_tau(self, tau: float) -> None:
        """Tighter or freer; solved again at once, of what is known of the picture."""
        self.tau = tau
        self._soon.start()

    def set_method(self, method: str) -> None:
        """ReSeFa or LowRankGAN."""
        self.method = method
        self._soon.start()

    def set_count(self, count: int) -> None:
        """How many local directions are listed."""
        if count != self.count:
            self.count = count
            self._soon.start()

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

    def refresh(self) -> None:
        """Look at the picture as it is now."""
        self._ask()

    def show_heat(self, shown: bool) -> None:
        """Lay the heat map over the picture."""
        self.heat_shown = shown
        self.heat.setVisible(shown and self.leak is not None)
        self.changed.emit()

    def current(self) -> str:
        """The local direction that was moved last, else the best; empty where there is none."""
        for edit in reversed(self.document.picture.edits):
            if edit.mask is not None:
                return edit.direction
        return self.news.ids[0] if self.news is not None and self.news.ids else ""

    def try_on_others(self) -> None:
        """Ask for the current local direction on other pictures."""
        id = self.current()
        if id:
            amount = self.document.picture.amount(id) or 2.0
            picture = commands.unmasked(self.document.picture)
            self._client.regions.want_tries(id, amount, picture)

    def keep(self) -> None:
        """Let the current local direction stay as an ordinary one."""
        id = self.current()
        if id:
            group = self.place or "Kept"
            self._client.regions.keep([id], group)
            self._client.notice.emit("ok", f"{self._board.name(id)} stays in the list.")

    def complain(self, sentence: str) -> None:
        """Tell what went wrong."""
        self._client.notice.emit("error", sentence)

    # What happens

    def _made(self, what: str, mask: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        if what in ("clear", "all"):
            return np.full_like(mask, float(what == "all"))
        if what == "snap":
            pixels = self._canvas.pixels
            return mask if pixels is None else mask_tools.snapped(mask, pixels)
        if what in ("grow", "shrink"):
            return mask_tools.grown(mask, STEP if what == "grow" else -STEP)
        return mask_tools.inverted(mask) if what == "invert" else mask_tools.mirrored(mask)

    def _shape(self) -> tuple[int, int]:
        return mask_size(*(self._size or (64, 64)))

    def _stroke_done(self, words: str) -> None:
        painter = self.strokes.painter
        if painter is not None:
            self._keep(painter.mask, words)
        self._soon.start()  # what was asked while the hand was down has been put off

    def _keep(self, mask: Bytes, words: str) -> None:
        """What is painted becomes the document's."""
        digest = self._client.assets.put(mask)
        self._history.do(commands.paint_region(digest, words))

    def _document_changed(self, document: Document) -> None:
        self._show_region()
        self._note_used(document)
        if self._wanted() is not None and self._wanted() != self._asked:
            # Another mask is answered at once; another picture when the hand rests.
            (self._soon if self.other_mask else self._rest).start()
        self._leaking.start()
        self.changed.emit()

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
        return _resized(values, shape)

    def _note_used(self, document: Document) -> None:
        """Local directions that something uses are kept for the next start."""
        local = {e.direction for e in document.picture.edits if e.mask is not None}
        fresh = {id for id in local - self._used if self._is_local(id)}
        if fresh:
            self._used |= fresh
            self._client.regions.keep(sorted(fresh))

    def _is_local(self, id: str) -> bool:
        found = self._board.direction(id)
        return found is not None and isinstance(found.payload, Local)

    def _wanted(self) -> tuple[Any, ...] | None:
        """What the engine should answer now, or None for nothing."""
        if not self.awake or self.model is None:
            return None
        return (*self._request().asks, self._digest)

    def _request(self) -> LocalRequest:
        region = self.region
        share = self.share
        use: MaskUse | None = None
        if region is not None and 0 < share < 1:
            use = region.mask
        options: tuple[tuple[str, Any], ...] = (("layers", self.layers),)
        if self.takes_tau:
            options = (*options, ("tau", self.tau))
        return LocalRequest(
            commands.unmasked(self.document.picture),
            use,
            region.name if region is not None else "",
            self.method,
            options,
            self.count,
            frozenset(self._used),
        )

    def _ask(self) -> None:
        wanted = self._wanted()
        if wanted is None or wanted == self._asked or self.strokes.active:
            return
        self._asked, self.failure, self.looking = wanted, "", 0.0
        self._client.regions.want_sliders(self._request())
        self.changed.emit()

    def _ask_leak(self) -> None:
        if self.model is not None and not self.strokes.active:
            self._client.regions.want_leak(self.document.picture)

    def _sliders(self, news: LocalNews) -> None:
        now = self._request()
        if (news.request.picture, news.request.use and news.request.use.digest) != (
            now.picture,
            now.use and now.use.digest,
        ):
            return  # the picture or the mask changed while it was looked for
        self.news, self.failure = news, ""
        self.looking = None if news.named else news.known
        self.changed.emit()

    def _failed(self, request: LocalRequest, sentence: str) -> None:
        self.failure, self.looking = sentence, None
        self.changed.emit()

    def _progress(self, share: float) -> None:
        self.looking = None if share >= 1 else share
        self.changed.emit()

    def _leaked(self, news: LeakNews | None) -> None:
        if news is not None and news.picture != self.document.picture:
            return
        self.leak = news
        if news is not None:
            from latentstudio.ui.region.heat import heat_image

            box = self._canvas.stage.after.boundingRect()
            self.heat.show_heat(heat_image(news.heat), box.width(), box.height())
        self.heat.setVisible(self.heat_shown and news is not None)
        self.changed.emit()

    def _tried(self, news: TrialNews | None) -> None:
        self.trials = news
        self.changed.emit()

    def _model_opened(self, summary: ModelSummary) -> None:
        self._forget()
        self.model = summary

    def _model_closed(self) -> None:
        self._forget()
        self.changed.emit()

    def _forget(self) -> None:
        self.strokes.cancel()
        self.model = self.news = self.leak = self.trials = None
        self.failure, self.looking = "", None
        self._asked, self._used = None, set()
        self.heat.setVisible(False)
        if self.model is None:
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
            if self.awake:
                self._soon.start()
            self.changed.emit()


def _timer(parent: QObject, interval: int, run: Any) -> QTimer:
    timer = QTimer(parent, singleShot=True, interval=interval)
    timer.timeout.connect(run)
    return timer


def _resized(mask: Bytes, shape: tuple[int, int]) -> Bytes:
    """A mask at another size, as `render.mask_images` would lay it over the picture."""
    if mask.shape == shape:
        return mask
    from PIL import Image

    small = mask.shape[0] > shape[0]
    way = Image.Resampling.BOX if small else Image.Resampling.BILINEAR
    made = Image.fromarray(mask).resize((shape[1], shape[0]), way)
    return np.asarray(made, np.uint8)
