"""Names by effect, in words: asked for in a quiet moment for directions that only have a number."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from latentstudio.core.texts import sentence_case
from latentstudio.document.direction import Direction
from latentstudio.evaluate.messages import EffectName
from latentstudio.ui.directions.rows import default_name, only_numbered
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.ui.directions.board import Board
    from latentstudio.workers.studio_client import StudioClient

EVERYWHERE = "All over"
_SOON = 500  # ms; a model's directions come in several sets


class EffectNaming(QObject):
    """Asks what directions without a name should be called."""

    def __init__(self, board: "Board", client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self._board, self._client = board, client
        self._soon = timer(self, _SOON, self._ask)
        board.directions_changed.connect(self._soon.start)

    def _ask(self) -> None:
        model = self._board.model
        wanted = [one.id for one in self._board.directions if only_numbered(one)]
        if model is not None and wanted:
            self._client.directions.want_names(model.info.fingerprint, wanted)


def named_by_effect(
    directions: Iterable[Direction], effects: Mapping[str, EffectName]
) -> dict[str, str]:
    """A text for each direction without a name whose effect is known, each text once.

    Args:
        directions: All there are, in order: later ones of the same effect get a number.
        effects: What directions do, by id.
    """
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for one in directions:
        effect = effects.get(one.id)
        words = effect_words(effect, one) if effect and only_numbered(one) else ""
        if words:
            seen[words] = seen.get(words, 0) + 1
            found[one.id] = words if seen[words] == 1 else f"{words} {seen[words]}"
    return found


def effect_words(effect: EffectName, direction: Direction) -> str:
    """``Smile``, ``Top: darker``, ``Wider``, or with less to say ``Direction 7 (SeFa): top``.

    Empty where there is nothing to say.
    """
    if effect.attributes:
        return _attribute_words(effect.attributes)
    ways = tr(", ").join(shown(one) for one in effect.ways)
    if ways and not effect.where:
        return sentence_case(ways)
    if not effect.where or (effect.where == EVERYWHERE and not ways):
        return ""
    where = shown(effect.where)
    if not ways:
        words = tr("%1: %2").replace("%1", default_name(direction))
        return words.replace("%2", where[:1].lower() + where[1:])
    return tr("%1: %2").replace("%1", where).replace("%2", ways)


def _attribute_words(attributes: tuple[tuple[str, int], ...]) -> str:
    """``Smile``, ``Less smile``, ``Smile, more beard``: plus on the slider does what it says."""
    (first, sign), *others = attributes
    word = shown(first) if sign > 0 else tr("less %1").replace("%1", shown(first))
    parts = [sentence_case(word)]
    for name, way in others:
        words = tr("more %1") if way > 0 else tr("less %1")
        parts.append(words.replace("%1", shown(name)))
    return tr(", ").join(parts)
