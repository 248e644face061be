"""Opens the picture of a walk. Its plot is imported when it is first wanted."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.document.history import History
from latentstudio.ui.directions.board import Board

if TYPE_CHECKING:
    from latentstudio.ui.density.walk_window import WalkWindow
    from latentstudio.workers.studio_client import StudioClient


class WalkOpener(QObject):
    """Holds what the window of a walk is made of, and the window once it was asked for.

    Args:
        history: The document.
        client: The engine.
        board: Names of the directions.
        parent: The main window.
    """

    def __init__(
        self, history: History, client: "StudioClient", board: Board, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._parts = history, client, board, parent
        self.window: WalkWindow | None = None

    def open_for(self, direction: str) -> None:
        """Show where a slider leads; empty for the strongest edit."""
        if self.window is None:
            from latentstudio.ui.density.walk_window import WalkWindow

            self.window = WalkWindow(*self._parts)
        self.window.open_for(direction)
