"""Grids of variations, and pictures bred of two."""

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from latentstudio.core.progress import Step
from latentstudio.document.state import Picture
from latentstudio.document.variations import Variations
from latentstudio.session.variation_messages import Planned, Tile
from latentstudio.workers.engine import FILMS, SMALL, Engine


class VariationClient(QObject):
    """What the grid asks for, behind everything else that is drawn. The newest only."""

    planned = Signal(object)  # Planned
    tile_ready = Signal(object)  # Tile
    finished = Signal()  # all tiles of the newest grid are there
    failed = Signal(str)  # why there is no grid
    large_ready = Signal(object, object)  # Picture, Pixels
    bred_ready = Signal(object)  # Bred
    breeding_failed = Signal(str)

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._grid = engine.latest(FILMS, interrupt=True, failed=self.failed.emit)
        self._large = engine.latest(SMALL, interrupt=True)
        self._bred = engine.latest(SMALL, interrupt=True, failed=self.breeding_failed.emit)
        self._grid.progressed.connect(self._on_step)
        self._grid.ready.connect(lambda _: self.finished.emit())
        self._large.ready.connect(lambda pair: self.large_ready.emit(*pair))
        self._bred.ready.connect(self.bred_ready)

    def want_grid(self, asked: Variations, side: int, known: Collection[int] = ()) -> None:
        """Ask for a grid; tiles come one by one from the middle outward."""
        have = frozenset(known)
        self._engine.ask(self._grid, lambda s: s.variations.grid(asked, side, have))

    def want_large(self, picture: Picture, side: int) -> None:
        """Ask for one picture larger."""
        self._engine.ask(self._large, lambda s: s.variations.large(picture, side))

    def want_bred(
        self, first: Picture, second: Picture, shares: tuple[float, ...], side: int
    ) -> None:
        """Ask for a picture made of two."""
        self._engine.ask(self._bred, lambda s: s.variations.bred(first, second, shares, side))

    def drop(self) -> None:
        """Stop drawing the grid: something more urgent is to be drawn, or nobody looks."""
        self._grid.drop()

    def model_closed(self) -> None:
        """Drop all that was asked of the model that has gone."""
        for latest in (self._grid, self._large, self._bred):
            latest.drop()

    def _on_step(self, step: Step) -> None:
        if isinstance(step.preview, Planned):
            self.planned.emit(step.preview)
        elif isinstance(step.preview, Tile):
            self.tile_ready.emit(step.preview)
