"""Several rows of the list that are chosen together: Ctrl takes one in or out, Shift a range."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Chosen:
    """Ids of rows; none where only one row is meant."""

    def __init__(self) -> None:
        self._ids: frozenset[str] = frozenset()
        self._anchor = ""

    @property
    def ids(self) -> frozenset[str]:
        """Those that are chosen, two or more, or none."""
        return self._ids

    def within(self, order: Sequence[str]) -> tuple[str, ...]:
        """Those that are chosen and shown, in the order of the list."""
        return tuple(id for id in order if id in self._ids)

    def press(self, id: str, keys: Qt.KeyboardModifier, current: str, order: Sequence[str]) -> bool:
        """A row was pressed; whether others are chosen now, so that it isn't selected.

        Args:
            id: Of the row.
            keys: Held meanwhile.
            current: The selected row, which is among those chosen first.
            order: Ids of all rows that are shown.
        """
        begun = self._ids or frozenset({current} & set(order))
        anchor = self._anchor or current
        if keys & _SHIFT and anchor in order:
            self._anchor = anchor
            ends = sorted((order.index(anchor), order.index(id)))
            self._set(frozenset(order[ends[0] : ends[1] + 1]) | (begun if keys & _CTRL else set()))
            return True
        self._anchor = id
        if keys & _CTRL:
            self._set(begun ^ {id})
            return True
        self._ids = frozenset()
        return False

    def clear(self) -> bool:
        """Choose none; whether any were."""
        were, self._ids, self._anchor = bool(self._ids), frozenset(), ""
        return were

    def _set(self, ids: frozenset[str]) -> None:
        self._ids = ids if len(ids) > 1 else frozenset()
