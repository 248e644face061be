"""Captions and tooltips of the rows."""

from latentstudio.document.direction import CurvedPath
from latentstudio.document.state import Edit
from latentstudio.ui.directions.agreement_words import (
    agreement_tip,
    agreement_words,
    short_agreement_words,
)
from latentstudio.ui.directions.known import KnownDirections
from latentstudio.ui.directions.measuring import measure_tip, measure_words
from latentstudio.ui.directions.row_state import RowState
from latentstudio.ui.directions.rows import Order, group_words
from latentstudio.ui.widgets.words import layer_words, tr


class RowWords:
    """What rows say of their directions.

    Args:
        known: The directions.
        rows: What the document makes of them.
    """

    def __init__(self, known: KnownDirections, rows: RowState) -> None:
        self._known, self._rows = known, rows
        self.order: Order = "found"
        """What the list is sorted by; where that was measured, rows show it."""

    def source_words(self, id: str) -> str:
        """The caption beside a name: ``PCA 18 · found by 4 methods``."""
        measured = measure_words(self.order, self._known.measures.get(id))
        words = (
            self._rows.source(id),
            measured or agreement_words(self._known.agreement.get(id), self._rows.name),
        )
        return " · ".join(part for part in words if part)

    def short_words(self, id: str) -> str:
        """The caption of a small row: its measure if the list is sorted by it, else agreement."""
        measured = measure_words(self.order, self._known.measures.get(id))
        return measured or short_agreement_words(self._known.agreement.get(id))

    def tip(self, id: str) -> str:
        """The tooltip of a row: its name, where it comes from, and what is like it."""
        found = self._known.direction(id)
        if found is None:
            return ""
        about = f"{found.name}, {group_words(found)}"
        if isinstance(found.payload, CurvedPath):
            about = ", ".join((about, tr("a curved path")))
        name = self._rows.name(id)
        parts = (
            name if name != found.name else "",
            about,
            agreement_tip(self._known.agreement.get(id), self._rows.name),
            measure_tip(self._known.measures.get(id)),
        )
        return "\n".join(part for part in parts if part)

    def edit_words(self, edit: Edit) -> str:
        """The second line of an edit: ``PCA 18 · whole image``."""
        found = self._known.direction(edit.direction)
        layers = edit.layers or (found.layers if found else None)
        if found is None:
            return layer_words(layers)
        source = self._rows.source(edit.direction) or group_words(found).split(",")[0]
        if edit.mask is not None:
            source = group_words(found).split(",")[0]
            kept = tr("protected outside") if edit.mask.protect else tr("outside free")
            return f"{source} · {kept}"
        return f"{source} · {self._reach_words(edit.direction, layers)}"

    def _reach_words(self, id: str, layers: tuple[int, int] | None) -> str:
        switches = self._rows.groups(id)
        if not switches:
            return layer_words(layers)
        words = tr("%1 of %2 groups").replace("%1", str(sum(switches.values())))
        return words.replace("%2", str(len(switches)))
