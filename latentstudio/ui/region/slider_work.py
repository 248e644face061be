"""Asks the engine for local sliders of what is painted, and follows the answers."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from latentstudio.document import region_commands as commands
from latentstudio.document.direction import Local
from latentstudio.document.history import History
from latentstudio.document.state import Document, MaskUse
from latentstudio.region.registry import METHODS
from latentstudio.session.messages import ModelSummary
from latentstudio.session.region_messages import LocalNews, LocalRequest
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.directions.board import Board
from latentstudio.ui.region.mask_work import MaskWork
from latentstudio.ui.region.path_queue import PathQueue
from latentstudio.ui.widgets.timers import timer

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SOON = 60  # ms after a stroke before the engine is asked: another may follow
_REST = 1200  # ms without a change before directions of another picture are looked for


class SliderWork(MaskWork):
    """The mask with its local sliders.

    Attributes:
        news: The newest local directions, or None.
        failure: Why there are no local directions, a sentence.
        looking: How far the engine is, 0 to 1, or None while it isn't asked.
        paths: Sliders that are being bent.
        method: Id of the way in which directions are found.
        tau: Tighter or freer.
        count: How many are listed.
        layers: That may change: ``auto``, ``all``, or a range such as ``4-7``.
        pictures: In how many pictures a direction is to be local.
        bends: Whether sliders follow paths that leak less in the end.
    """

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        board: Board,
        canvas: Canvas,
        parent: QObject,
    ) -> None:
        super().__init__(history, client, canvas, parent)
        self._board = board
        self.news: LocalNews | None = None
        self.failure = ""
        self.looking: float | None = None
        self.method, self.tau, self.count = "resefa", 1e-3, 6
        self.layers, self.bends, self.pictures = "auto", True, 1
        self.awake = False
        """A painting tool was taken, or the panel is open: the engine may look at pictures."""
        self._asked: tuple[Any, ...] | None = None
        self._shown: tuple[Any, ...] | None = None
        self._used: set[str] = set()
        self._soon = timer(self, _SOON, self._ask)
        self._rest = timer(self, _REST, self._ask)
        self.paths = PathQueue(history, client, self)
        self.paths.changed.connect(self.changed)
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.regions.sliders_ready.connect(self._sliders)
        client.regions.sliders_failed.connect(self._failed)
        client.regions.progressed.connect(self._progress)
        stop = history.changed.connect(self._document_changed)
        self.destroyed.connect(lambda: stop())

    # What is shown

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

    @property
    def takes_tau(self) -> bool:
        """Whether the method can be tighter or freer."""
        return METHODS[self.method].takes("tau")

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

    @property
    def layer_range(self) -> tuple[int, int] | None:
        """Layers that the artist chose; None for the usual ones, and for all."""
        if self.layers in ("auto", "all"):
            return None
        first, _, last = self.layers.partition("-")
        return int(first), int(last or first)

    def set_layer_range(self, layers: tuple[int, int] | None) -> None:
        """Which layers may change; None for the usual ones."""
        self.layers = "auto" if layers is None else f"{layers[0]}-{layers[1]}"
        self._soon.start()
        self.changed.emit()

    def set_pictures(self, count: int) -> None:
        """Look for directions that are local in so many pictures, this one among them."""
        self.pictures = count
        self._soon.start()
        self.changed.emit()

    def set_bends(self, bends: bool) -> None:
        """Let sliders follow paths that leak less, or go straight."""
        self.bends = bends
        self._soon.start()
        self.changed.emit()

    def refresh(self) -> None:
        """Look at the picture as it is now."""
        self._ask()

    # What happens

    def _stroke_done(self, words: str) -> None:
        super()._stroke_done(words)
        self._soon.start()  # what was asked while the hand was down has been put off

    def _document_changed(self, document: Document) -> None:
        self._show_region()
        self._note_used(document)
        wanted = self._wanted()
        if wanted is not None and wanted != self._asked:
            # Another mask is answered at once; another picture when the hand rests.
            (self._soon if self.other_mask else self._rest).start()
        shown = self._shown_of(document)
        if shown != self._shown:  # most moves of sliders change nothing of a region
            self._shown = shown
            self.changed.emit()

    def _shown_of(self, document: Document) -> tuple[Any, ...]:
        """All of a document that is shown of regions."""
        local = tuple(e.direction for e in document.picture.edits if e.mask is not None)
        return document.regions, document.region, local, self.other_picture, self.other_mask

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
            "refined" if self.bends else "straight",
            self.pictures,
        )

    def _ask(self) -> None:
        wanted = self._wanted()
        if wanted is None or wanted == self._asked or self.strokes.active:
            return
        self._asked, self.failure, self.looking = wanted, "", 0.0
        self.paths.stop()
        self._client.regions.want_sliders(self._request())
        self.changed.emit()

    def _sliders(self, news: LocalNews) -> None:
        now = self._request()
        if (news.request.picture, news.request.use and news.request.use.digest) != (
            now.picture,
            now.use and now.use.digest,
        ):
            return  # the picture or the mask changed while it was looked for
        self.news, self.failure = news, ""
        self.looking = None if news.named else news.known
        if news.named:
            if self.bends:
                self.paths.start(news, self.tau)
            self._client.regions.know_model(news.request)
        self.changed.emit()

    def _failed(self, request: LocalRequest, sentence: str) -> None:
        self.failure, self.looking = sentence, None
        self.changed.emit()

    def _progress(self, share: float) -> None:
        self.looking = None if share >= 1 else share
        self.changed.emit()

    def _model_opened(self, summary: ModelSummary) -> None:
        self._forget()
        self.model = summary

    def _model_closed(self) -> None:
        self._forget()
        self._forget_mask()
        self.changed.emit()

    def _forget(self) -> None:
        self.strokes.cancel()
        self.paths.stop()
        self.model = self.news = None
        self.failure, self.looking = "", None
        self._asked, self._shown, self._used = None, None, set()

    def _resized(self) -> None:
        if self.awake:
            self._soon.start()
