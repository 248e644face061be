"""How strong and local directions are: asked for when the list is sorted by it, and in words."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from latentstudio.evaluate.messages import Measure
from latentstudio.ui.directions.rows import Order
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import percent, tr

if TYPE_CHECKING:
    from latentstudio.ui.directions.board import Board
    from latentstudio.workers.studio_client import StudioClient

MEASURED: tuple[Order, ...] = ("strength", "locality")
"""Orders that need measures."""
_SOON = 300  # ms; a model's directions come in several sets


class Measuring(QObject):
    """Asks for the measures that the order of the list needs and nobody has made yet."""

    def __init__(self, board: "Board", client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self._board, self._client = board, client
        self._soon = timer(self, _SOON, self._ask)
        board.directions_changed.connect(self._soon.start)

    def order_changed(self) -> None:
        """The list is sorted by something else now."""
        self._soon.start(0)

    def _ask(self) -> None:
        board = self._board
        if board.words.order not in MEASURED:
            return
        rejected = board.document.rejected
        wanted = [d.id for d in board.directions if d.id not in rejected]
        missing = [id for id in wanted if id not in board.measures]
        if missing:
            self._client.directions.want_measures(missing)


def measure_words(order: Order, measure: Measure | None) -> str:
    """What the list is sorted by, as a caption: ``3.1 % a unit``, ``in 24 %``."""
    if measure is None or order not in MEASURED:
        return ""
    if order == "strength":
        return tr("%1 a unit").replace("%1", _percent(measure.strength))
    return tr("in %1").replace("%1", _percent(1 - measure.locality))


def measure_tip(measure: Measure | None) -> str:
    """The same as a sentence."""
    if measure is None:
        return ""
    words = tr("One unit changes pixels by %1 on average, mostly in %2 of the picture.")
    share = _percent(1 - measure.locality)
    return words.replace("%1", _percent(measure.strength)).replace("%2", share)


def _percent(share: float) -> str:
    value = 100 * share
    return percent(value / 100, 0 if value >= 10 else 1)
