"""Asks whether a preset of another model is to be tried."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from latentstudio.core.texts import one_line
from latentstudio.exchange.import_options import NOTHING
from latentstudio.session.import_messages import ForeignPreset
from latentstudio.ui.widgets.plain_text import ask
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class ForeignPresets(QObject):
    """Asks once for each file, as long as the model is open.

    Args:
        window: What the question belongs to.
        client: Brings the directions when they are to be tried.
    """

    changed = Signal()
    """Another preset is being tried, or none any more."""

    def __init__(self, window: QWidget, client: "StudioClient") -> None:
        super().__init__(window)
        self._window, self._client = window, client
        self._tried: set[str] = set()
        client.directions.foreign_asked.connect(self.ask)
        client.models.model_opened.connect(lambda _: self._forget())
        client.models.model_closed.connect(self._forget)

    def is_tried(self, path: object) -> bool:
        """Whether somebody agreed to try a file on the open model."""
        return str(path) in self._tried

    def ask(self, found: ForeignPreset) -> None:
        """Ask, unless that was done before; then bring its directions and the look."""
        if not self.is_tried(found.path) and not self._agreed(one_line(found.name)):
            return
        self._tried.add(found.path)
        self._client.directions.import_directions(found.path, NOTHING, found.look)
        self.changed.emit()

    def _agreed(self, name: str) -> bool:
        return ask(
            self._window,
            filled(tr("Preset %1"), name),
            tr("These directions were made for another model. Try them anyway?"),
            tr("Try them"),
            tr("They may do something else here. In the list they are marked."),
            QMessageBox.Icon.Warning,
        )

    def _forget(self) -> None:
        self._tried.clear()
        self.changed.emit()
