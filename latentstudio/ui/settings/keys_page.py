"""The page of shortcuts: every command with its keys, which can be changed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QVBoxLayout, QWidget

from latentstudio.ui.settings.search import SearchedPage
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.command_row import Row
from latentstudio.ui.window.key_map import KeyMap

_NATIVE = QKeySequence.SequenceFormat.NativeText


class KeyRow(QWidget):
    """A command, the field that takes its keys, and why they were refused."""

    def __init__(self, row: Row, keys: KeyMap) -> None:
        super().__init__()
        self.row, self._keys = row, keys
        self._name = row.text.rstrip("…")
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setClearButtonEnabled(True)
        self.field.setFixedWidth(170)
        self.field.setAccessibleName(tr("Keys of %1").replace("%1", self._name))
        set_tip(self.field, tr("Press the keys"))
        self._more = label("", "caption", "tx2")
        self.trouble = label("", "caption", "bad", wrap=True)
        self._reset = icon_button("rotate-ccw", tr("Usual keys"), self._set_usual)
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(kept)
        self._arrange()
        self.field.editingFinished.connect(self._finished)
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        keys = self._keys.keys(self.row.id)
        self.field.blockSignals(True)
        self.field.setKeySequence(keys[0] if keys else QKeySequence())
        self.field.blockSignals(False)
        others = ", ".join(key.toString(_NATIVE) for key in keys[1:])
        self._more.setText(tr("also %1").replace("%1", others) if others else "")
        self._reset.setVisible(self._keys.is_changed(self.row.id))

    @property
    def group(self) -> str:
        """The menu that its command is in."""
        return self.row.menu.split("/")[0]

    def fits(self, typed: str) -> bool:
        """Whether what is typed stands in the name or the keys."""
        keys = (key.toString(_NATIVE) for key in self._keys.keys(self.row.id))
        return any(typed in text.casefold() for text in (self._name, self.row.menu, *keys))

    def _finished(self) -> None:
        """Take what was pressed; a key that says nothing new changes nothing."""
        typed, now = self.field.keySequence(), self._keys.keys(self.row.id)
        if typed == (now[0] if now else QKeySequence()):
            self.trouble.setText("")
            return
        self._say(self._keys.change(self.row.id, [] if typed.isEmpty() else [typed]))

    def _set_usual(self) -> None:
        self._say(self._keys.reset(self.row.id))

    def _say(self, trouble: str) -> None:
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.show_keys()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        name = label(self._name, "body")
        words.addWidget(name)
        words.addWidget(self.trouble)
        self.trouble.hide()
        set_role(self.field, "label")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(10)
        row.addLayout(words, 1)
        for part in (self._more, self.field, self._reset):
            row.addWidget(part, alignment=Qt.AlignmentFlag.AlignVCenter)


class KeysPage(SearchedPage):
    """Commands under the menus they are in.

    Args:
        keys: Which keys call what.
        parent: The main window.
    """

    def __init__(self, keys: KeyMap, parent: QWidget) -> None:
        self.rows = [KeyRow(row, keys) for row in keys.rows]
        super().__init__(tr("Shortcuts"), self.rows, tr("Search commands and keys"), parent)
        self.finish_foot((text_button(tr("Reset all"), "rotate-ccw", keys.reset_all, kind=""),))
        keys.changed.connect(self._show_keys)

    def _show_keys(self) -> None:
        for row in self.rows:
            row.show_keys()
