"""The offer to go on with a search or a fit that was under way when the studio closed."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.ui.photo.frame_card import button_row
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import tr


class EarlierCard(QWidget):
    """Shown while there is such work.

    Args:
        sentence: What was under way, with %1 for the photo.
        resume: Words of the button.
        resumed: Goes on.
        forgotten: It is not wanted any more.
    """

    def __init__(
        self,
        sentence: str,
        resume: str,
        resumed: Callable[[], object],
        forgotten: Callable[[], object],
    ) -> None:
        super().__init__()
        self._sentence = sentence
        self.words = label("", "body", wrap=True)
        self.resume = text_button(resume, "redo-2", resumed, kind="primary")
        self.forget = text_button(tr("Not any more"), "x", forgotten)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.words)
        column.addLayout(button_row(self.resume, self.forget))
        self.offer("")

    def offer(self, photo: str) -> None:
        """Offer to go on with the work on a photo of this name; none takes the offer back."""
        self.setVisible(bool(photo))
        self.words.setText(self._sentence.replace("%1", photo))
