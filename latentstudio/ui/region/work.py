"""All that the region panel and the painting tools share: mask, local sliders, what leaks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from latentstudio.document import region_commands as commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.session.region_messages import LeakNews, PathRequest, TrialNews
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.directions.board import Board
from latentstudio.ui.region.slider_work import SliderWork
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_LEAK = 250  # ms without a change before what leaks is measured


class RegionWork(SliderWork):
    """Mask and sliders with what local edits do elsewhere, and what is kept of them.

    Attributes:
        leak: What the local edits do outside, or None.
        trials: The last trial on other pictures, or None.
    """

    def __init__(
        self,
        history: History,
        client: "StudioClient",
        board: Board,
        canvas: Canvas,
        parent: QObject,
    ) -> None:
        super().__init__(history, client, board, canvas, parent)
        self.leak: LeakNews | None = None
        self.trials: TrialNews | None = None
        self.heat_shown = False
        self._leaking = timer(self, _LEAK, self._ask_leak)
        client.regions.leak_ready.connect(self._leaked)
        client.regions.tries_ready.connect(self._tried)

    # What an artist does

    def show_heat(self, shown: bool) -> None:
        """Lay the heat map over the picture."""
        self.heat_shown = shown
        self.heat.setVisible(shown and self.leak is not None)
        self.changed.emit()

    def current(self) -> str:
        """The local direction that was moved last, else the best; empty where there is none."""
        for edit in reversed(self.document.picture.edits):
            if edit.mask is not None:
                return edit.direction
        return self.news.ids[0] if self.news is not None and self.news.ids else ""

    def try_on_others(self) -> None:
        """Ask for the current local direction on other pictures."""
        id = self.current()
        if id:
            amount = self.document.picture.amount(id) or 2.0
            picture = commands.unmasked(self.document.picture)
            self._client.regions.want_tries(id, amount, picture)

    def keep(self) -> None:
        """Let the current local direction stay as an ordinary one."""
        id = self.current()
        if id:
            group = self.place or "Kept"
            self._client.regions.keep([id], group)
            self._client.notice.emit("ok", f"{self._board.name(id)} stays in the list.")

    def can_hold(self, id: str) -> bool:
        """Whether something is painted that a direction could be held to."""
        return 0 < self.share < 1 and self._board.can_hold(id)

    def hold(self, id: str) -> None:
        """Make a direction of its own from any other, held to what is painted."""
        region = self.region
        if region is None or not self.can_hold(id):
            self.complain(tr("Paint a part of the picture first; the direction is held to it."))
            return
        picture = commands.unmasked(self.document.picture).without(id)
        request = PathRequest(picture, id, (), region.mask, self.place, self.tau)
        name = self._board.name(id)
        self._client.regions.hold(request, tr("Holding %1 to the region").replace("%1", name))

    # What happens

    def _document_changed(self, document: Document) -> None:
        super()._document_changed(document)
        self._leaking.start()

    def _ask_leak(self) -> None:
        if self.model is not None and not self.strokes.active:
            self._client.regions.want_leak(self.document.picture)

    def _leaked(self, news: LeakNews | None) -> None:
        if news is not None and news.picture != self.document.picture:
            return
        self.leak = news
        if news is not None:
            from latentstudio.ui.region.heat import heat_image

            box = self._canvas.stage.after.boundingRect()
            self.heat.show_heat(heat_image(news.heat), box.width(), box.height())
        self.heat.setVisible(self.heat_shown and news is not None)
        self.changed.emit()

    def _tried(self, news: TrialNews | None) -> None:
        self.trials = news
        self.changed.emit()

    def _forget(self) -> None:
        super()._forget()
        self.leak = self.trials = None
        self.heat.setVisible(False)
