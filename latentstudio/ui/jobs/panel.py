"""The list of jobs, newest first."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.job_item import JobItem
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.job_list import JobInfo
    from latentstudio.workers.studio_client import StudioClient

_KEPT = 30
_ALIVE = ("waiting", "running", "paused")


class JobsPanel(QWidget):
    """Follows every job of the client; ended ones stay until they are cleared."""

    def __init__(self, client: "StudioClient", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._items: dict[int, JobItem] = {}
        self.setProperty("surface", "panel")
        self.words = label(tr("No jobs running"), "label", "tx2")
        self.words.setContentsMargins(12, 16, 12, 12)
        self.clear = text_button(tr("Clear ended"), press=self._clear, kind="link")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addLayout(self._lines)
        foot = QHBoxLayout()
        foot.setContentsMargins(6, 4, 6, 4)
        foot.addWidget(self.clear)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addStretch(1)
        scroll = ScrollColumn(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        client.job_changed.connect(self._changed)
        self._show_words()

    @property
    def tickets(self) -> tuple[int, ...]:
        """Jobs listed, newest first."""
        return tuple(reversed(self._items))

    def item(self, ticket: int) -> JobItem:
        """The line of a job."""
        return self._items[ticket]

    def _changed(self, job: "JobInfo") -> None:
        if job.ticket in self._items:
            self._items[job.ticket].show_job(job)
        else:
            item = JobItem(job)
            item.cancel_asked.connect(self._client.cancel)
            item.pause_asked.connect(self._client.runs.pause)
            item.resume_asked.connect(self._client.runs.resume)
            self._items[job.ticket] = item
            self._lines.insertWidget(0, item)
            self._forget_old()
        self._show_words()

    def _forget_old(self) -> None:
        ended = [t for t, item in self._items.items() if item.job.state not in _ALIVE]
        for ticket in ended[: max(0, len(self._items) - _KEPT)]:
            self._remove(ticket)

    def _clear(self) -> None:
        for ticket in [t for t, i in self._items.items() if i.job.state not in _ALIVE]:
            self._remove(ticket)
        self._show_words()

    def _remove(self, ticket: int) -> None:
        item = self._items.pop(ticket)
        self._lines.removeWidget(item)
        item.hide()
        item.deleteLater()

    def _show_words(self) -> None:
        ended = [i for i in self._items.values() if i.job.state not in _ALIVE]
        self.words.setVisible(not self._items)
        self.clear.setVisible(bool(ended))
