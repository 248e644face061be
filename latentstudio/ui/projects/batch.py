"""Edits on many pictures: asks which and where to, and says when they are drawn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.document.history import History
from latentstudio.session.project_messages import BatchRequest
from latentstudio.ui.projects.batch_dialog import BatchDialog, ChosenLook
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Batch(QObject):
    """The command, and what is said when all is drawn.

    Args:
        window: What the dialog belongs to.
        history: Whose edits.
        client: The door to the engine.
        preferences: Know where pictures were saved last.
    """

    def __init__(
        self, window: QWidget, history: History, client: "StudioClient", preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window, self._history = window, history
        self._client, self._preferences = client, preferences
        self.looks: Callable[[], Sequence[tuple[ChosenLook, str]]] = tuple
        """Looks of the library that fit the open model; set by the window."""
        self.list_anew: Callable[[], object] = lambda: None
        """Has the library listed, which may not have been wanted yet; set by the window."""
        client.projects.drawn.connect(self._drawn)

    def ask(self) -> None:
        """Ask which pictures and where to."""
        self.ask_for(None)

    def ask_for(self, chosen: ChosenLook | None) -> None:
        """Ask, with a look suggested."""
        document, now = self._history.document, self._preferences.now
        dialog = BatchDialog(document, now, self._window, self.looks(), chosen)
        listed = self._client.presets.listed
        following = listed.connect(lambda _: dialog.show_looks(self.looks()))
        self.list_anew()
        if dialog.exec():
            self._client.projects.draw_many(dialog.asked())
        listed.disconnect(following)  # the library outlives the dialog
        dialog.deleteLater()

    def _drawn(self, asked: BatchRequest, count: int) -> None:
        words = filled(tr("%1 pictures are in %2"), str(count), asked.output.name)
        self._client.notice.emit("ok", words)
