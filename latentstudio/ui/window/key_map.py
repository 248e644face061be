"""Which keys call which command: as the table has it, changed by the artist, never two alike."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from latentstudio.ui.palette.entries import keys_of
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions, sequences
from latentstudio.ui.window.command_row import Row
from latentstudio.ui.window.preferences import Preferences

_TAKEN = (
    *("Space", "Tab", "Shift+Tab", "Return", "Enter", "Esc", "Delete", "F2", "0"),
    *("Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown", "Alt+S", "Alt+M"),
)
"""Keys that lists, sliders, fields and the canvas hear themselves."""
_NATIVE = QKeySequence.SequenceFormat.NativeText
_PORTABLE = QKeySequence.SequenceFormat.PortableText


class KeyMap(QObject):
    """Keeps the actions' shortcuts, and what of them the artist has changed, in the settings.

    Args:
        actions: The commands.
        preferences: Hold the changed shortcuts.
    """

    changed = Signal()

    def __init__(self, actions: Actions, preferences: Preferences) -> None:
        super().__init__(actions)
        self._actions, self._preferences = actions, preferences
        self._reserved = {QKeySequence(key).toString(_PORTABLE) for key in _TAKEN}
        self._apply()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The commands that can have keys."""
        return tuple(row for row in self._actions.rows if row.run is not None)

    def keys(self, id: str) -> list[QKeySequence]:
        """Shortcuts of a command now."""
        return self._actions[id].shortcuts()

    def is_changed(self, id: str) -> bool:
        """Whether they are others than the usual ones."""
        return self.keys(id) != self._usual(id)

    def change(self, id: str, keys: Sequence[QKeySequence]) -> str:
        """Give a command other keys, or none.

        Returns:
            Why that can't be, a sentence, and nothing has changed; empty where it has.
        """
        trouble = self._trouble(id, keys)
        if trouble:
            return trouble
        usual = list(keys) == self._usual(id)
        kept = None if usual else tuple(key.toString(_PORTABLE) for key in keys)
        self._preferences.set_keys(id, kept)
        self._actions[id].setShortcuts(list(keys))
        self.changed.emit()
        return ""

    def reset(self, id: str) -> str:
        """Give a command its usual keys back; refused as `change` where another has them."""
        return self.change(id, self._usual(id))

    def reset_all(self) -> None:
        """Give all commands their usual keys back."""
        self._preferences.change(keys={})
        for row in self.rows:
            self._actions[row.id].setShortcuts(self._usual(row.id))
        self.changed.emit()

    def _apply(self) -> None:
        """Use what was kept, except what has come to belong to another command since."""
        for id, kept in self._preferences.now.keys.items():
            keys = [QKeySequence(text) for text in kept]
            if id in self._actions and not self._trouble(id, keys):
                self._actions[id].setShortcuts(keys)

    def _usual(self, id: str) -> list[QKeySequence]:
        return sequences(next(row.keys for row in self.rows if row.id == id))

    def _trouble(self, id: str, keys: Sequence[QKeySequence]) -> str:
        for key in keys:
            if key.isEmpty() or key.toString(_PORTABLE) in self._reserved:
                words = tr("%1 is used inside lists, sliders and the canvas. Choose other keys.")
                return words.replace("%1", key.toString(_NATIVE))
            for row in self.rows:
                if row.id != id and key in self.keys(row.id):
                    words = tr("%1 belongs to “%2”. Give that other keys first.")
                    name = row.text.rstrip("…")
                    return words.replace("%1", key.toString(_NATIVE)).replace("%2", name)
        return ""


def key_words(keys: Sequence[QKeySequence]) -> str:
    """The first of some shortcuts as tips write it: ``Ctrl D``; empty where there is none."""
    return " ".join(keys_of(keys[0].toString(_NATIVE))) if keys else ""
