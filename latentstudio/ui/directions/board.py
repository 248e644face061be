"""What the rows show and ask for, gathered in one place for the list and the edits."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.directions.direction_commands import DirectionCommands
from latentstudio.ui.directions.known import KnownDirections
from latentstudio.ui.directions.row_state import RowState
from latentstudio.ui.directions.row_words import RowWords

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Board(KnownDirections):
    """Directions of the open model, joined with the document.

    Holds nothing that an artist made: that is in the document, and changes go there as
    commands.

    Attributes:
        rows: What the document makes of a direction.
        words: What a row says.
        commands: What a row asks of the document.
    """

    document_changed = Signal()

    def __init__(self, history: History, client: "StudioClient", parent: QObject) -> None:
        super().__init__(client, parent)
        self.history = history
        self.rows = RowState(history, self)
        self.words = RowWords(self, self.rows)
        self.commands = DirectionCommands(history, self, self.rows)
        stop = history.changed.connect(lambda _: self.document_changed.emit())
        self.destroyed.connect(stop)

    @property
    def document(self) -> Document:
        """The document now."""
        return self.history.document

    def name(self, id: str) -> str:
        """The artist's name of a direction, or the one by its effect, or the method's."""
        return self.rows.name(id)

    def can_hold(self, id: str) -> bool:
        """Something is painted that the direction could be held to."""
        found = self.direction(id)
        painted = self.document.chosen_region is not None
        return painted and found is not None and found.straight and found.vector.ndim == 1
