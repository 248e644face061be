"""Keeps a grid of variations in step with the document, and takes one of its pictures."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from latentstudio.document.assets import used_by, used_by_picture
from latentstudio.document.history import History
from latentstudio.document.lineage_commands import adopt_variation
from latentstudio.document.start import Latent
from latentstudio.document.state import Document, Picture
from latentstudio.document.variations import Variations
from latentstudio.render.messages import Frame, Pixels
from latentstudio.session.variation_messages import Planned, Tile
from latentstudio.ui.directions.board import Board
from latentstudio.ui.variations import choices as setting
from latentstudio.ui.variations.choices import Choices
from latentstudio.ui.variations.words import cell_name
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.timers import timer

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_KEPT_DRAWS = 4
_REST_MS = 150
"""After the last change: a hand that moves a slider has moved it again by then."""


class VariationWork(QObject):
    """Asks for pictures only while the grid is open, and only when the hand rests.

    Args:
        history: The document.
        client: The engine.
        board: The directions.
        name_now: Names the picture as it is, for the snapshot that a variation comes from.
        parent: The window.

    Attributes:
        choices: What the bar sets.
        asked: The grid that is shown; None where there is nothing to show.
        pictures: Its recipes, empty until they have come.
        tiles: Its pictures that have come, by cell.
        trouble: Why there is no grid; else empty.
        seconds: What drawing it took; 0 while it is drawn.
    """

    changed = Signal()
    """Another grid, or other choices."""
    tile_changed = Signal(int)
    marked = Signal()
    """Another of its pictures is the one now."""
    opened = Signal(bool)
    large_ready = Signal(object, object)  # Picture, Pixels

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        board: Board,
        name_now: Callable[[Document], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._history, self._client, self._board = history, client.variations, board
        self._name_now = name_now
        self.choices = Choices()
        self.is_open = False
        self.asked: Variations | None = None
        self.pictures: tuple[Picture, ...] = ()
        self.tiles: dict[int, Tile] = {}
        self.trouble = ""
        self.seconds = 0.0
        self._assets = client.assets
        self._drawn: deque[tuple[Picture, ...]] = deque()
        self._taken: set[str] = set()
        self._side = 96
        self._began = 0.0
        self._rest = timer(self, _REST_MS, self._ask)
        stop = history.changed.connect(self._document_changed)
        self.destroyed.connect(lambda: stop())
        self._client.planned.connect(self._planned)
        self._client.tile_ready.connect(self._tile_ready)
        self._client.finished.connect(self._finished)
        self._client.failed.connect(self._failed)
        self._client.large_ready.connect(self._large_ready)
        client.models.model_opened.connect(lambda _: self._forget())
        client.models.model_closed.connect(self.close)
        client.previews.frame_ready.connect(self._frame_ready)
        board.directions_changed.connect(self._directions_changed)

    @property
    def board(self) -> Board:
        """The directions there are."""
        return self._board

    @property
    def now(self) -> int:
        """The cell that shows the picture now, or -1; the middle where several do."""
        picture = self._history.document.picture
        found = [cell for cell, one in enumerate(self.pictures) if one == picture]
        if self.asked is not None and self.asked.middle in found:
            return self.asked.middle
        return found[0] if found else -1

    def toggle(self) -> None:
        """Open the grid or close it."""
        self.close() if self.is_open else self.open()

    def open(self) -> None:
        """Show variations of the picture now."""
        if not self.is_open:
            self.is_open = True
            self.opened.emit(True)
            self._plan()

    def close(self) -> None:
        """Back to the canvas."""
        if self.is_open:
            self.is_open = False
            self._rest.stop()
            self._client.drop()
            self._clear()
            self.opened.emit(False)

    def choose(self, **values: Any) -> None:
        """Set some of the choices."""
        self._set(replace(self.choices, **values))

    def set_reach(self, id: str, reach: float) -> None:
        """Set how far a direction goes to either side."""
        self._set(self.choices.with_reach(id, reach))

    def again(self) -> None:
        """Draw other random steps, or the same grid around the picture now."""
        self.choose(seed=self.choices.seed + 1)

    def set_side(self, side: int) -> None:
        """Tell how large a tile is on the screen, in device pixels."""
        if side == self._side:
            return
        grown = side > self._side * 1.1
        self._side = side
        if grown and self.is_open and self.asked is not None:
            self.tiles.clear()
            self._rest.start()

    def take(self, cell: int) -> None:
        """Go on with one of the pictures: one undo step."""
        if self.asked is None or not 0 <= cell < len(self.pictures):
            return
        picture, asked = self.pictures[cell], self.asked
        document = self._history.document
        if picture == document.picture:
            return
        self._taken |= used_by_picture(picture)
        name, before = cell_name(asked, cell), self._name_now(document)
        self._history.do(adopt_variation(picture, asked.picture, name, before))

    def want_large(self, cell: int, side: int) -> None:
        """Ask for one of the pictures larger."""
        if 0 <= cell < len(self.pictures):
            self._client.want_large(self.pictures[cell], side)

    def _set(self, choices: Choices) -> None:
        if choices != self.choices:
            self.choices = choices
            if self.is_open:
                self._plan()

    def _plan(self) -> None:
        """Ask for another grid around the picture now."""
        self._clear()
        self.choices = setting.fitting(self.choices, self._board)
        self.asked = setting.asked(self.choices, self._board, self._history.document.picture)
        self.changed.emit()
        self._ask()

    def _clear(self) -> None:
        self.asked, self.pictures, self.trouble, self.seconds = None, (), "", 0.0
        self.tiles.clear()

    def _ask(self) -> None:
        asked = self.asked
        if not self.is_open or asked is None:
            return
        if self.pictures and self._history.document.picture not in self.pictures:
            self._plan()
        elif len(self.tiles) < len(asked):
            self._began = time.monotonic()
            self._client.want_grid(asked, self._side, self.tiles)

    def _document_changed(self, document: Document) -> None:
        if not self.is_open:
            return
        # The picture that a hand moves comes first: what is missing here follows it.
        self._client.drop()
        if document.picture in self.pictures:
            self.marked.emit()
        self._rest.start()

    def _directions_changed(self) -> None:
        if self.is_open and self.asked is None:
            self._plan()

    def _frame_ready(self, frame: Frame) -> None:
        if self.is_open and not frame.coarse and self._unfinished():
            self._rest.start()

    def _unfinished(self) -> bool:
        return self.asked is not None and len(self.tiles) < len(self.asked)

    def _forget(self) -> None:
        """Another model: its directions come later."""
        self._clear()
        self.changed.emit()
        if self.is_open:
            self._plan()

    def _planned(self, plan: Planned) -> None:
        if plan.asked is self.asked:
            self.trouble = ""
            self._let_go(plan.pictures)
            self.pictures = plan.pictures
            self.marked.emit()

    def _let_go(self, pictures: tuple[Picture, ...]) -> None:
        """Drop the latents of draws long gone: the engine may be at the newest ones still."""
        if pictures != self.pictures:
            self._drawn.append(pictures)
        if len(self._drawn) <= _KEPT_DRAWS:
            return
        old = self._drawn.popleft()
        named = self._taken | used_by(self._history.document)
        for kept in self._drawn:
            named |= frozenset().union(*map(used_by_picture, kept))
        codes = {one.start.codes for one in old if isinstance(one.start, Latent)}
        self._assets.forget(codes - named)

    def _tile_ready(self, tile: Tile) -> None:
        if tile.asked is self.asked:
            self.tiles[tile.cell] = tile
            self.tile_changed.emit(tile.cell)

    def _finished(self) -> None:
        if self.asked is not None and not self._unfinished():
            self.seconds = time.monotonic() - self._began
            self.tile_changed.emit(-1)

    def _failed(self, sentence: str) -> None:
        if self.is_open:
            self.trouble = shown(sentence)
            self.changed.emit()

    def _large_ready(self, picture: Picture, pixels: Pixels) -> None:
        if picture in self.pictures:
            self.large_ready.emit(picture, pixels)
