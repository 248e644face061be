"""QActions and menus made from the table of commands."""

from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from latentstudio.core.settings import Settings
from latentstudio.ui.theme import icon
from latentstudio.ui.window.command_row import Keys, Row

_REPEATED = ("zoom-in", "zoom-out", "undo", "redo", "smaller", "larger", "smaller-10", "larger-10")
_CHOICES = (
    ("dark", "light", "system"),
    ("text-100", "text-110", "text-125", "text-150"),
    ("hand", "zoom", "brush", "eraser", "lasso", "box", "ellipse", "fill"),
)


class Actions(QObject):
    """Every command as a `QAction`, by its id."""

    def __init__(self, rows: Iterable[Row], window: QWidget) -> None:
        super().__init__(window)
        self.rows = tuple(rows)
        self._actions = {row.id: self._make(row, window) for row in self.rows if row.run}
        for ids in _CHOICES:
            group = QActionGroup(self)
            for id in ids:
                self[id].setCheckable(True)
                group.addAction(self[id])

    def __getitem__(self, id: str) -> QAction:
        return self._actions[id]

    def __contains__(self, id: str) -> bool:
        return id in self._actions

    def set_model_open(self, is_open: bool) -> None:
        """Switch what needs a model."""
        for row in self.rows:
            if row.needs_model and row.run:
                self[row.id].setEnabled(is_open)

    def show_preferences(self, now: Settings) -> None:
        """Check what the person prefers."""
        self[now.theme].setChecked(True)
        size = f"text-{now.text_scale}"
        if size in self:
            self[size].setChecked(True)
        self["motion"].setChecked(now.reduce_motion)
        self["pixels"].setChecked(not now.smooth)

    def fill(self, bar: QMenuBar) -> None:
        """Put every command in its menu."""
        menus: dict[str, QMenu] = {}
        for row in self.rows:
            menu = self._menu(bar, menus, row)
            if row.run is not None:
                if row.apart and not menu.isEmpty():
                    menu.addSeparator()
                menu.addAction(self[row.id])

    def _menu(self, bar: QMenuBar, menus: dict[str, QMenu], row: Row) -> QMenu:
        path = ""
        parent: QMenuBar | QMenu = bar
        for part in row.menu.split("/"):
            path = f"{path}/{part}"
            if path not in menus:
                if row.apart and isinstance(parent, QMenu):
                    parent.addSeparator()
                menus[path] = parent.addMenu(part)
                menus[path].setToolTipsVisible(True)
            parent = menus[path]
        assert isinstance(parent, QMenu)
        return parent

    def menu(self, bar: QMenuBar, title: str) -> QMenu:
        """One of the menus at the top."""
        for action in bar.actions():
            found = action.menu()
            if action.text() == title and isinstance(found, QMenu):
                return found
        raise KeyError(title)

    def _make(self, row: Row, window: QWidget) -> QAction:
        action = QAction(row.text, window)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        action.setShortcuts(sequences(row.keys))
        action.setAutoRepeat(row.id in _REPEATED)
        if row.icon:
            action.setIcon(icon(row.icon))
            action.setIconVisibleInMenu(not row.checkable)
        run = row.run
        assert run is not None
        action.triggered.connect(lambda: run())
        window.addAction(action)
        return action


def sequences(keys: Keys) -> list[QKeySequence]:
    """The shortcuts of a row, standard keys as this platform has them, none twice."""
    found: list[QKeySequence] = []
    for key in keys:
        made = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
        found += [sequence for sequence in made if sequence not in found]
    return found


def hint(action: QAction, text: str = "") -> str:
    """A tooltip: what it does and its shortcut."""
    words = text or action.text().rstrip("…")
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words} ({keys.replace('+', ' ') if len(keys) > 1 else keys})" if keys else words
