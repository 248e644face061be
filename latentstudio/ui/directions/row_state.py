"""What the document makes of a direction: its name, amount, groups and mask."""

from collections.abc import Mapping

from latentstudio.core.round_numbers import rounded_up
from latentstudio.document import groups
from latentstudio.document.direction import ChannelGroups, Local
from latentstudio.document.history import History
from latentstudio.document.region_commands import FEATHER
from latentstudio.document.state import Document, MaskUse
from latentstudio.ui.directions.known import KnownDirections
from latentstudio.ui.directions.rows import default_name
from latentstudio.ui.widgets.strength import StrengthLook
from latentstudio.ui.widgets.words import tr

FARTHER = 2.0
"""Times a direction's own ends, to which its slider can be pulled."""
Ends = tuple[float, float]


def stretched(ends: Ends, amount: float) -> Ends:
    """Ends that hold an amount, in the same proportion."""
    low, high = ends
    if low <= amount <= high:
        return ends
    side = abs(low if amount < 0 else high) or max(abs(low), abs(high))
    times = rounded_up(abs(amount)) / side
    return min(low * times, amount), max(high * times, amount)


class RowState:
    """Joins what is known of directions with the document.

    Args:
        history: The document.
        known: The directions.
    """

    def __init__(self, history: History, known: KnownDirections) -> None:
        self._history, self._known = history, known
        self._held: tuple[str, Ends] | None = None

    @property
    def document(self) -> Document:
        """The document now."""
        return self._history.document

    def name(self, id: str) -> str:
        """The artist's name, or the one by its effect, or the method's."""
        return self.document.name_of(id, self._known.own_name(id) or self._unknown())

    def _unknown(self) -> str:
        """What stands for a direction that the engine has not told, or does not have."""
        loaded = self._known.model is not None and not self._known.searching
        return tr("Lost direction") if loaded else "…"

    def source(self, id: str) -> str:
        """The method's name where the artist or the effect gave another, else empty."""
        found = self._known.direction(id)
        own = {found.name, default_name(found)} if found else set()
        return found.name if found and self.name(id) not in own else ""

    def groups(self, id: str) -> Mapping[int, bool]:
        """Groups of channels that a direction works through, and which are on."""
        found = self._known.direction(id)
        if found is None or not isinstance(found.payload, ChannelGroups):
            return {}
        off = groups.off(found, self.document.picture.edit(id))
        return {group: group not in off for group in groups.groups(found)}

    def counts(self, id: str) -> bool:
        """Whether the row takes part: not muted, and soloed if any is."""
        picture = self.document.picture
        edit = picture.edit(id)
        return (edit is None or edit.on) and picture.solo in (None, id)

    def look(self, id: str) -> StrengthLook:
        """The slider of a row."""
        known = self._known.bands.get(id)
        low, high = self.ends(id)
        return StrengthLook(
            amount=self.document.picture.amount(id),
            low=low,
            high=high,
            band=known[1] if known else None,
            all_safe=self.document.picture.on_shell,
        )

    def ends(self, id: str) -> Ends:
        """Between which amounts a slider goes.

        To a little beyond what is of use; wider where the picture has more, which an old
        document may, and an artist who drags on or types. They stand still during a drag.
        """
        if self._held is not None and self._held[0] == id:
            return self._held[1]
        own, known, picture = self._own(id), self._known.bands.get(id), self.document.picture
        useful = known[1].useful if known and not picture.on_shell else None
        return stretched(useful or own, picture.amount(id))

    def reach(self, id: str) -> Ends:
        """How far a slider can be pulled or typed."""
        low, high = self._own(id)
        return FARTHER * low, FARTHER * high

    def hold_ends(self, id: str) -> None:
        """A drag begins."""
        self._held = (id, self.ends(id))

    def let_ends_go(self) -> None:
        """It is over."""
        self._held = None

    def _own(self, id: str) -> Ends:
        found = self._known.direction(id)
        return (found.low, found.high) if found else (-6.0, 6.0)

    def mask_use(self, id: str) -> MaskUse | None:
        """The region that a local direction was found for, as it would be laid over the picture."""
        found = self._known.direction(id)
        if found is None or not isinstance(found.payload, Local) or not found.payload.mask:
            return None
        digest = found.payload.mask
        uses = [region.mask for region in self.document.regions if region.mask.digest == digest]
        return uses[0] if uses else MaskUse(digest, FEATHER)
