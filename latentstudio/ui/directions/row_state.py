"""What the document makes of a direction: its name, amount, groups and mask."""

from collections.abc import Mapping

from latentstudio.document import groups
from latentstudio.document.direction import ChannelGroups, Local
from latentstudio.document.history import History
from latentstudio.document.region_commands import FEATHER
from latentstudio.document.state import Document, MaskUse
from latentstudio.ui.directions.known import KnownDirections
from latentstudio.ui.widgets.strength import StrengthLook


class RowState:
    """Joins what is known of directions with the document.

    Args:
        history: The document.
        known: The directions.
    """

    def __init__(self, history: History, known: KnownDirections) -> None:
        self._history, self._known = history, known

    @property
    def document(self) -> Document:
        """The document now."""
        return self._history.document

    def name(self, id: str) -> str:
        """The artist's name, or the method's."""
        found = self._known.direction(id)
        return self.document.name_of(id, found.name if found else id)

    def source(self, id: str) -> str:
        """The method's name where the artist gave another, else empty."""
        found = self._known.direction(id)
        return found.name if found and found.name != self.name(id) else ""

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
        found = self._known.direction(id)
        known = self._known.bands.get(id)
        return StrengthLook(
            amount=self.document.picture.amount(id),
            low=found.low if found else -6.0,
            high=found.high if found else 6.0,
            band=known[1] if known else None,
            all_safe=self.document.picture.on_shell,
        )

    def mask_use(self, id: str) -> MaskUse | None:
        """The region that a local direction was found for, as it would be laid over the picture."""
        found = self._known.direction(id)
        if found is None or not isinstance(found.payload, Local) or not found.payload.mask:
            return None
        digest = found.payload.mask
        uses = [region.mask for region in self.document.regions if region.mask.digest == digest]
        return uses[0] if uses else MaskUse(digest, FEATHER)
