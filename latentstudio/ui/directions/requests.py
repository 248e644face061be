"""Asks the engine for bands and films of the rows in view, and of no others."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject

from latentstudio.render.messages import Frame
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.films import around
from latentstudio.ui.widgets.timers import timer

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SOON = 30  # ms after a change before bands are asked for: the picture comes first
_QUIET = 150  # ms after the last change before films are worth making
_PATIENCE = 200  # ms that an answer about bands may take before the question is put again

Visible = Callable[[], Mapping[str, int]]
"""Ids of the rows in view, with the frames each wants: 3 or 7."""


class Requests(QObject):
    """Bands follow every picture; films wait for the preview and for a quiet moment.

    During a drag a new question about bands waits for the answer to the one before: newer
    questions replace older ones, and a steady stream of them would never be answered.
    A slider's own amount changes neither its band nor its film, so a drag asks for the
    others only.
    """

    def __init__(
        self, board: Board, client: "StudioClient", visible: Visible, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._board, self._client, self._visible = board, client, visible
        self._shown: object = None
        self._waiting = False
        self._asked = QElapsedTimer()
        self._soon = timer(self, _SOON, self._ask_bands)
        self._quiet = timer(self, _QUIET, self._ask_films)
        board.document_changed.connect(self.changed)
        board.directions_changed.connect(self.changed)
        client.previews.frame_ready.connect(self._frame_ready)
        client.previews.bands_ready.connect(self._bands_ready)
        client.previews.reference_ready.connect(self.changed)

    def changed(self) -> None:
        """The picture or the rows in view changed."""
        if not self._soon.isActive():  # a drag must not put it off for ever
            self._soon.start(_SOON)
        self._quiet.start()

    def _bands_ready(self) -> None:
        self._asked.invalidate()
        if not self._quiet.isActive():  # ends of sliders may have come, and strips follow them
            self._quiet.start()
        if self._soon.isActive():
            self._soon.start(0)

    def _ask_bands(self) -> None:
        if self._asked.isValid() and self._asked.elapsed() < _PATIENCE:
            self._soon.start(_PATIENCE - self._asked.elapsed())
            return
        picture = self._board.document.picture
        wanted = [id for id in self._visible() if not self._band_fits(id)]
        if wanted and not picture.on_shell:
            self._asked.start()
            self._client.previews.want_bands(picture, wanted)

    def _band_fits(self, id: str) -> bool:
        known = self._board.bands.get(id)
        picture = self._board.document.picture
        return known is not None and around(known[0], id) == around(picture, id)

    def _ask_films(self) -> None:
        picture = self._board.document.picture
        self._waiting = self._shown != picture
        if self._waiting:
            return
        fresh, ends = self._board.films.fresh, self._board.rows.ends
        rows = self._visible().items()
        wanted = {id: n for id, n in rows if not fresh(id, n, picture, ends(id))}
        if wanted:
            self._client.previews.want_films(picture, wanted, {id: ends(id) for id in wanted})

    def _frame_ready(self, frame: Frame) -> None:
        self._shown = frame.picture
        if self._waiting and not self._quiet.isActive():
            self._ask_films()
        elif frame.picture == self._board.document.picture:
            # A frame that nobody here asked for: showing it dropped the films under way.
            self._quiet.start()
