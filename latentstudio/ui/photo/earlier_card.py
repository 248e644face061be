"""The offer to go on with a search that was under way when the studio closed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.session.photo_messages import KeptSearch
from latentstudio.ui.photo.frame_card import button_row
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class EarlierCard(QWidget):
    """Shown while there is such a search; `resumed` tells which one goes on."""

    resumed = Signal(object)  # KeptSearch

    def __init__(self, client: "StudioClient") -> None:
        super().__init__()
        self._client = client
        self._kept: KeptSearch | None = None
        self.words = label("", "body", wrap=True)
        self.resume = text_button(tr("Resume the search"), "redo-2", self._resume, kind="primary")
        self.forget = text_button(tr("Not any more"), "x", self._forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.words)
        column.addLayout(button_row(self.resume, self.forget))
        self.offer(None)

    def offer(self, kept: KeptSearch | None) -> None:
        """Offer to go on with a search; None takes the offer back."""
        self._kept = kept
        self.setVisible(kept is not None)
        if kept is not None:
            words = tr("The search for %1 was under way when the studio closed.")
            self.words.setText(words.replace("%1", kept.photo.name))

    def _resume(self) -> None:
        if self._kept is not None:
            self.resumed.emit(self._kept)

    def _forget(self) -> None:
        self.offer(None)
        self._client.photos.forget_kept()
