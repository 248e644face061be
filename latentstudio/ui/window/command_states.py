"""What the menus say of the commands: names of the steps, what is on, what can't be done now."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QMenuBar

from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.render.messages import Frame
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.opening import Opening


class CommandStates:
    """Keeps the actions in step with the document.

    Args:
        history: Names the steps that can be undone.
        actions: The commands.
        compare: Whether two pictures are compared.
        opening: Knows the recent models.
        model_open: Whether a model is open.
    """

    def __init__(
        self,
        history: History,
        actions: Actions,
        compare: Compare,
        opening: Opening,
        model_open: Callable[[], bool],
    ) -> None:
        self._history, self._actions = history, actions
        self._compare, self._opening, self._model_open = compare, opening, model_open
        self._told: tuple[object, ...] = ()
        self._outside = False

    def show_frame(self, frame: Frame) -> None:
        """There is a way back only from outside the shell, and only for a walk."""
        reading = frame.reading
        outside = reading is not None and reading.state != "on" and bool(frame.picture.active())
        if outside != self._outside:
            self._outside = outside
            self.forget()
            self.show_document(self._history.document)

    def add_recent_menu(self, bar: QMenuBar) -> None:
        """Put the recent models under Open."""
        menu = self._actions.menu(bar, tr("File"))
        recent = menu.addMenu(tr("Recent models"))
        menu.insertMenu(menu.actions()[1], recent)
        recent.setToolTipsVisible(True)
        recent.aboutToShow.connect(lambda: self._opening.fill_recent(recent))

    def add_recent_projects(self, bar: QMenuBar, fill: Callable[[QMenu], object]) -> None:
        """Put the recent projects under Open project."""
        menu = self._actions.menu(bar, tr("File"))
        recent = QMenu(tr("Recent projects"), menu)
        menu.insertMenu(self._actions["save"], recent)
        recent.setToolTipsVisible(True)
        recent.aboutToShow.connect(lambda: fill(recent))

    def forget(self) -> None:
        """Something else has switched the commands: what was told of them holds no more."""
        self._told = ()

    def show_document(self, document: Document) -> None:
        """Name the steps in the menu, and show what is on."""
        history, actions = self._history, self._actions
        is_open, comparing = self._model_open(), self._compare.on
        steps = (history.undo_label, history.redo_label)
        stay, edited = document.picture.on_shell, bool(document.picture.edits)
        told = (*steps, is_open, comparing, stay, edited, len(document.snapshots))
        if told == self._told:
            return  # the next step of the same drag
        self._told = told
        for id, word, label in (
            ("undo", tr("Undo"), steps[0]),
            ("redo", tr("Redo"), steps[1]),
        ):
            actions[id].setText(f"{word} {shown(label)}" if label else word)
            set_tip(actions[id], actions[id].text())  # Qt's own would be the text, as HTML
            actions[id].setEnabled(is_open and label is not None)
        actions["stay"].setChecked(stay)
        actions["reset"].setEnabled(is_open and edited)
        actions["snap-back"].setEnabled(is_open and self._outside)
        actions["swap"].setEnabled(is_open and comparing)
        for number in range(1, 10):
            there = number <= len(document.snapshots)
            actions[f"recall-{number}"].setEnabled(is_open and there)
