"""Changes that rows of directions make to the document, each as one command."""

from collections.abc import Hashable
from dataclasses import replace

from latentstudio.document import commands, groups
from latentstudio.document.history import History
from latentstudio.document.region_commands import set_local_amount
from latentstudio.document.state import Document
from latentstudio.ui.directions.known import KnownDirections
from latentstudio.ui.directions.row_state import RowState
from latentstudio.ui.directions.rows import default_name


class DirectionCommands:
    """Changes of the document, named by the direction they concern.

    Args:
        history: The document.
        known: The directions.
        rows: What the document makes of them.
    """

    def __init__(self, history: History, known: KnownDirections, rows: RowState) -> None:
        self._history, self._known, self._rows = history, known, rows

    @property
    def _document(self) -> Document:
        return self._history.document

    def amount(self, id: str, amount: float, gesture: Hashable | None = None) -> None:
        """Move a slider; a local one takes its mask along."""
        use = self._rows.mask_use(id)
        if use is not None and self._document.picture.edit(id) is None:
            name = self._rows.name(id)
            self._history.do(set_local_amount(id, amount, use, name, gesture))
            return
        self._history.do(commands.set_amount(id, amount, self._rows.name(id), gesture))

    def layers(self, id: str, layers: tuple[int, int] | None) -> None:
        """Choose a layer range."""
        self._history.do(commands.set_layers(id, layers, self._rows.name(id)))

    def toggle_group(self, id: str, group: int) -> None:
        """Switch a group of channels off, or on."""
        found, switches = self._known.direction(id), self._rows.groups(id)
        if found is None or group not in switches:
            return
        off = frozenset(g for g, on in switches.items() if on == (g == group))
        own = groups.own_off(found)
        chosen = None if off == own else off
        self._history.do(commands.set_groups_off(id, chosen, self._rows.name(id)))

    def toggle_solo(self, id: str) -> None:
        """Solo, or leave solo."""
        alone = self._document.picture.solo == id
        self._history.do(commands.set_solo(None if alone else id, self._rows.name(id)))

    def toggle_mute(self, id: str) -> None:
        """Mute, or hear again."""
        edit = self._document.picture.edit(id)
        self._history.do(commands.set_muted(id, edit is None or edit.on, self._rows.name(id)))

    def toggle_pin(self, id: str) -> None:
        """Pin, or let go."""
        pinned = id in self._document.pinned
        self._history.do(commands.pin_direction(id, not pinned, self._rows.name(id)))

    def toggle_reject(self, id: str) -> None:
        """Take out of the list, or bring back."""
        rejected = id in self._document.rejected
        self._history.do(commands.reject_direction(id, not rejected, self._rows.name(id)))

    def rename(self, id: str, name: str) -> None:
        """Give a name; the method's own, or nothing, takes the artist's back."""
        found = self._known.direction(id)
        names = (found.name, default_name(found), self._known.own_name(id)) if found else ()
        own = name.strip() in names
        self._history.do(commands.rename_direction(id, "" if own else name))

    def reset(self, id: str) -> None:
        """Put everything about one edit back: amount, mute and layers."""
        self._history.do(replace(commands.remove_edit(id), label=f"reset {self._rows.name(id)}"))
