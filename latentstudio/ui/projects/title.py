"""The title of the window, and beside the menus: which project, saved when, changed or not."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QWidget

from latentstudio.ui.model.words import model_title
from latentstudio.ui.projects.project_commands import ProjectCommands
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_LONGEST = 40
_EVERY_MS = 10_000


class ProjectTitle(QObject):
    """Keeps the title and the corner in step with the work.

    Args:
        window: Whose title it is.
        commands: Knows the project.
        client: Knows the model.
    """

    def __init__(
        self, window: QMainWindow, commands: ProjectCommands, client: "StudioClient"
    ) -> None:
        super().__init__(window)
        self._window, self._commands = window, commands
        self._model = ""
        self.name, self.when = label("", "label"), label("", "label", "tx3")
        self._corner = self._made_corner()
        client.models.model_opened.connect(lambda summary: self._set_model(model_title(summary)))
        client.models.model_closed.connect(lambda: self._set_model(""))
        commands.current.changed.connect(self.show)
        client.projects.saved.connect(lambda _: self.show())
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.show)
        self._timer.start()
        self.show()

    def show(self) -> None:
        """Write both anew."""
        current = self._commands.current
        path = current.path
        parts = [f"{path.name}[*]" if path else "", self._model, "LatentStudio"]
        self._window.setWindowTitle(" – ".join(part for part in parts if part))
        self._window.setWindowModified(path is not None and current.modified)
        name = path.name if path else ""
        self.name.setText(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")
        set_tip(self.name, str(path) if path else "")
        self.when.setText(self._when() if path else "")
        bar = self._window.menuBar()
        self._corner.setFixedSize(self._corner.sizeHint().width(), bar.maximumHeight())
        bar.setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

    def _set_model(self, name: str) -> None:
        self._model = name
        self.show()

    def _when(self) -> str:
        if self._commands.current.modified:
            return tr("changed")
        saved = self._commands.saved_at
        return tr("saved") if saved is None else saved_words(time.monotonic() - saved)

    def _made_corner(self) -> QWidget:
        corner = QWidget(self._window.menuBar())
        row = QHBoxLayout(corner)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.when)
        return corner


def saved_words(seconds: float) -> str:
    """How long ago it was saved: ``saved 12 s ago``."""
    if seconds < 60:
        return filled(tr("saved %1 s ago"), str(int(seconds)))
    if seconds < 3600:
        return filled(tr("saved %1 min ago"), str(int(seconds // 60)))
    return tr("saved")
