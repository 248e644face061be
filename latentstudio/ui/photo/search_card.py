"""A search or a fit under way: its stages, pause and stop, and the question about far pictures."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.session.photo_messages import PhotoNews
from latentstudio.ui.photo.frame_card import button_row
from latentstudio.ui.photo.stage_list import StageList
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class SearchCard(QWidget):
    """Follows the job of the client's photos, and holds it."""

    def __init__(self, client: "StudioClient") -> None:
        super().__init__()
        photos = self._photos = client.photos
        self._asked = self._waits = self._running = False
        self.stages = StageList()
        self.pause = text_button(tr("Pause"), "pause", self._pause)
        self.keep = text_button(tr("Stop and keep"), "check", lambda: photos.keep())
        self.far = label("", "body", "warn", wrap=True)
        self.go_on = text_button(tr("Go on"), "check", self._go_on)
        self.give_up = text_button(tr("Stop"), "x", lambda: photos.stop())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.stages)
        column.addLayout(button_row(self.pause, self.keep))
        column.addWidget(self.far)
        column.addLayout(button_row(self.go_on, self.give_up))

    def begin(self) -> None:
        """A search begins: no stage is done, and a far picture is asked about again."""
        self._asked = False
        self.stages.begin()

    def show_state(self, running: bool, there: bool) -> None:
        """Show what there is.

        Args:
            running: A search or a fit is under way.
            there: Something was found.
        """
        if running != self._running:
            self._running, self._waits = running, False
            self.pause.setText(tr("Pause"))
        self.setVisible(running or there)
        goes, waits = running and not self._waits, running and self._waits
        for button in (self.pause, self.keep):
            button.setVisible(goes)
        self.far.setVisible(waits)
        for button in (self.go_on, self.give_up):
            button.setVisible(waits)

    def show_news(self, news: PhotoNews) -> None:
        """A stage goes on; a picture that is far from what the model draws waits for a word."""
        self.stages.show_news(news)
        if not news.stranger or self._asked:
            return
        self._asked = self._waits = True
        words = tr(
            "This picture is %1 times as far from what the model draws as its pictures are from "
            "one another. The result may look like something else."
        )
        self.far.setText(words.replace("%1", fixed(news.stranger, 1)))
        self._photos.pause(True)
        self.show_state(self._running, True)

    def _go_on(self) -> None:
        self._waits = False
        self._photos.pause(False)
        self.show_state(self._running, True)

    def _pause(self) -> None:
        paused = self.pause.text() == tr("Pause")
        self.pause.setText(tr("Resume") if paused else tr("Pause"))
        self._photos.pause(paused)
