"""The Discover panel: the form, the runs, the curves of one run and what it has found."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from latentstudio.document.loss_curve import LossCurve
from latentstudio.document.run_info import SEARCH, RunInfo
from latentstudio.session.messages import ModelSummary, RunNews
from latentstudio.ui.directions.board import Board
from latentstudio.ui.discover.curves import RunCurves
from latentstudio.ui.discover.form import DiscoverForm
from latentstudio.ui.discover.found import FoundList
from latentstudio.ui.discover.run_item import RunItem, RunView
from latentstudio.ui.discover.search_card import SearchCard
from latentstudio.ui.widgets.fold import Fold
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.sentences import in_words
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import grouped, tr

if TYPE_CHECKING:
    from latentstudio.workers.job_list import JobInfo
    from latentstudio.workers.studio_client import StudioClient

_PARTS: tuple[str, ...] = ("which", "size")
"""Parts of a loss that can share an axis."""
_ORDER: tuple[str, ...] = ("running", "paused", "waiting", "failed", "done", "cancelled")
"""Of runs in the panel, by what they do."""
_NEARLY = 0.98
"""Of a search, from where on it says no time: what it is at may take a little longer."""
_EVERY_MS = 200
"""Steps come faster than curves are worth drawing."""


class DiscoverPanel(QWidget):
    """Start runs, follow them, and judge what they find."""

    chosen = Signal(str)
    """A direction to show in the list."""
    films_wanted = Signal()

    def __init__(self, board: Board, client: "StudioClient", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board, self._client = board, client
        self._views: dict[str, RunView] = {}
        self._keys: dict[int, str] = {}
        self._current = ""
        self._named = (board.document.names, board.document.rejected)
        self.items: dict[str, RunItem] = {}
        self.setProperty("surface", "panel")
        self.search = SearchCard()
        self.form = DiscoverForm()
        self.loss = RunCurves()
        self.accuracy = RunCurves()
        self.found = FoundList(board)
        self._arrange()
        self._soon = timer(self, _EVERY_MS, self._show)
        self._connect()
        self._show()

    def fill(self, method: str, options: Mapping[str, Any], seed: int, of: str = "") -> None:
        """Show the settings of an earlier run, to run it again."""
        self.form.fill(method, options, seed)
        if of:
            self.form.suggest(of)
        self.methods.button.setChecked(True)
        self._scroll.verticalScrollBar().setValue(0)

    def offer_split(self, direction: str) -> None:
        """Show the form of the method that splits a direction, with this one chosen."""
        forms = self._board.model.methods if self._board.model else ()
        method = next((form.id for form in forms if form.of_direction), "")
        self.fill(method, {}, 0, direction)

    def show_instead(self, other: QWidget | None) -> None:
        """Give the panel's place to another widget for a while, or take it back with None."""
        if other is not None and self._pages.indexOf(other) < 0:
            self._pages.addWidget(other)
        self._pages.setCurrentWidget(other or self._scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Who looks at the methods wants to know how long they take."""
        super().showEvent(event)
        self._client.runs.want_paces()

    def wanted_films(self) -> dict[str, int]:
        """Rows in sight, with the frames each shows."""
        return self.found.visible_ids()

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self._folded_form())
        self._runs = QVBoxLayout()
        self._runs.setSpacing(0)
        column.addLayout(self._runs)
        self.more = Fold("")
        self._others = QVBoxLayout()
        self._others.setContentsMargins(0, 0, 0, 0)
        self._others.setSpacing(0)
        self.more.set_content(self._others)
        self.more.setContentsMargins(12, 0, 12, 4)
        self.more.button.setChecked(False)
        column.addWidget(self.more)
        self._loss_block = _block(tr("Loss"), tr("lower is better"), self.loss)
        self._accuracy_block = _block(tr("Recognised"), tr("higher is better"), self.accuracy)
        column.addWidget(self._loss_block)
        column.addWidget(self._accuracy_block)
        self._found_rule = rule()
        column.addWidget(self._found_rule)
        column.addWidget(self.found)
        column.addStretch(1)
        self._scroll = ScrollColumn(body)
        self._scroll.verticalScrollBar().valueChanged.connect(self.films_wanted)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self._scroll)

    def _folded_form(self) -> QWidget:
        """Single methods, for those who know what they want."""
        self.methods = Fold(tr("More methods"))
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 0, 0, 0)
        self.form.set_margins(0, 4, 0, 8)
        inside.addWidget(self.form)
        self.methods.set_content(inside)
        self.methods.button.setChecked(False)
        self.methods.button.toggled.connect(lambda _: self._show())
        box = QVBoxLayout()
        box.setContentsMargins(12, 0, 12, 4)
        box.addWidget(self.methods)
        made = QWidget()
        made.setLayout(box)
        return made

    def _connect(self) -> None:
        client = self._client
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.runs.run_queued.connect(self._queued)
        client.runs.run_stepped.connect(self._stepped)
        client.runs.run_gone.connect(self._gone)
        client.job_changed.connect(self._job_changed)
        self._board.directions_changed.connect(self._soon.start)
        self._board.directions_changed.connect(self._show_directions)
        self._board.names_changed.connect(self._show_directions)
        self._board.document_changed.connect(self._show_names)
        client.runs.pace_ready.connect(self.form.show_pace)
        self.form.start_asked.connect(client.runs.start_run)
        self.search.search_asked.connect(lambda: client.runs.start_search())
        self.found.chosen.connect(self.chosen)

    # What the engine says

    def _model_opened(self, model: ModelSummary) -> None:
        self._forget(model)
        for run in model.runs:
            self._views[run.key] = RunView(run, self._title(model, run), "paused")
            if run.step and run.seconds:
                self.form.show_pace(run.method, run.seconds / run.step)
        self._current = next(iter(self._views), "")
        self._show()
        if self.isVisible():
            self._client.runs.want_paces()

    def _model_closed(self) -> None:
        self._forget(None)
        self._show()

    def _forget(self, model: ModelSummary | None) -> None:
        self.form.show_model(model)
        self._keys.clear()
        for key in tuple(self._views):
            self._drop(key)

    def _queued(self, ticket: int, run: RunInfo) -> None:
        self._keys[ticket] = run.key
        title = self._title(self._board.model, run)
        self._views[run.key] = RunView(run, title, "waiting", ticket)
        if not any(v.state == "running" for v in self._views.values()):
            self._current = run.key
        self._show()

    def _stepped(self, ticket: int, news: RunNews) -> None:
        view = self._views.get(self._keys.get(ticket, ""))
        if view is None:
            return
        view.hear(news)
        if news.seconds_left and view.run.steps > view.run.step:
            left = view.run.steps - view.run.step
            self.form.show_pace(view.run.method, news.seconds_left / left)
        if not self._soon.isActive():
            self._soon.start()

    def _job_changed(self, job: "JobInfo") -> None:
        view = self._views.get(self._keys.get(job.ticket, ""))
        if view is None:
            return
        if job.state == "running" and view.state == "waiting":
            self._current = view.run.key
        job = in_words(job)
        view.fraction, view.message = job.fraction, job.message
        if view.run.is_search and self._board.model is not None:
            left = (1.0 - job.fraction) * self._board.model.search_seconds
            view.seconds_left = left if job.fraction < _NEARLY else 0.0
        changed, view.state = view.state != job.state, job.state
        if changed and job.state == "done":
            self.form.show_paces(self._client.runs.paces())
        view.sentence = job.sentence
        if job.state in ("done", "failed", "cancelled"):
            del self._keys[job.ticket]
            view.ticket = None
            if job.state == "cancelled" and view.run.step:
                view.wait_on_disk()
            elif job.state == "cancelled":
                self._drop(view.run.key)
        if changed:
            self._show()
        elif not self._soon.isActive():
            self._soon.start()

    def _gone(self, key: str) -> None:
        self._drop(key)
        self._show()

    # What the artist asks

    def _pause(self, key: str) -> None:
        ticket = self._views[key].ticket
        if ticket is not None:
            self._client.runs.pause(ticket)

    def _resume(self, key: str) -> None:
        view = self._views[key]
        if view.ticket is not None:
            self._client.runs.resume(view.ticket)
        else:
            self._client.runs.resume_run(view.run)

    def _stop(self, key: str) -> None:
        ticket = self._views[key].ticket
        if ticket is not None:
            self._client.runs.stop_run(ticket)

    def _dismiss(self, key: str) -> None:
        self._drop(key)
        self._show()

    # Showing

    def _show_names(self) -> None:
        """After a rename or a rejection; most changes of the document are neither."""
        document = self._board.document
        if (document.names, document.rejected) != self._named:
            self._show_directions()

    def _show_directions(self) -> None:
        board = self._board
        self._named = (board.document.names, board.document.rejected)
        self.form.show_paces(self._client.runs.paces())
        straight = [d for d in board.directions if d.straight and d.vector.ndim == 1]
        rejected = board.document.rejected
        self.form.show_directions(
            [(d.id, board.name(d.id)) for d in straight if d.id not in rejected]
        )

    def _drop(self, key: str) -> None:
        self._views.pop(key, None)
        item = self.items.pop(key, None)
        if item is not None:
            for column in (self._runs, self._others):
                column.removeWidget(item)
            item.hide()
            item.deleteLater()
        if self._current == key:
            self._current = next(reversed(self._views), "")

    def _show(self) -> None:
        first = True
        for place, (key, view) in enumerate(self._in_order()):
            item = self.items.get(key) or self._add(key)
            primary = first and view.state in ("running", "paused")
            first = first and not primary
            item.show_run(view, primary=primary)
            self._put(item, place)
        self._show_more()
        busy = any(view.alive for view in self._views.values())
        searches = any(view.alive and view.run.is_search for view in self._views.values())
        idle = first and not self.methods.button.isChecked()
        self.search.show_state(
            self._board.model,
            seconds=self._client.runs.paces().get(SEARCH, 0.0),
            primary=idle,
            searching=searches,
        )
        self.form.show_busy(busy, primary=first and not idle)
        self._show_curves(self._views.get(self._current))
        self._show_found(self._views.get(self._current))

    def _in_order(self) -> list[tuple[str, RunView]]:
        """Runs, the one that works first; those of a kind in the order in which they came."""
        return sorted(self._views.items(), key=lambda pair: _ORDER.index(pair[1].state))

    def _put(self, item: RunItem, place: int) -> None:
        """The first run stands for itself, others under a heading that folds them away."""
        column, place = (self._runs, 0) if place == 0 else (self._others, place - 1)
        if column.indexOf(item) != place:
            for old in (self._runs, self._others):
                old.removeWidget(item)
            column.insertWidget(place, item)
            item.show()  # another parent hides it until the next event

    def _show_more(self) -> None:
        count = len(self._views) - 1
        words = tr("%1 more runs") if count > 1 else tr("1 more run")
        self.more.button.setText(words.replace("%1", grouped(count)))
        self.more.setVisible(count > 0)

    def _add(self, key: str) -> RunItem:
        item = self.items[key] = RunItem(key)
        item.pause_asked.connect(self._pause)
        item.resume_asked.connect(self._resume)
        item.stop_asked.connect(self._stop)
        item.discard_asked.connect(self._client.runs.discard_run)
        item.dismiss_asked.connect(self._dismiss)
        return item

    def _show_curves(self, view: RunView | None) -> None:
        curve = view.trail.curve() if view else LossCurve()
        losses = curve.losses
        parts = [name for name in _PARTS if name in losses]
        names = parts or (["loss"] if "loss" in losses else [])
        self._loss_block.setVisible(bool(names))
        self._accuracy_block.setVisible("accuracy" in losses)
        if view is None or not names:
            return
        last = max(view.run.steps, 1)
        self.loss.show_curves(curve.steps, {n: losses[n] for n in names}, last, share=False)
        if "accuracy" in losses:
            share = {"accuracy": losses["accuracy"]}
            self.accuracy.show_curves(curve.steps, share, last, share=True)

    def _show_found(self, view: RunView | None) -> None:
        ids = [d.id for d in self._board.directions if view and d.provenance.run == view.run.key]
        goes_on = view is not None and view.state in ("running", "paused", "waiting")
        moving = goes_on and view is not None and not view.run.is_search
        settled = view.settled if view else frozenset[str]()
        self.found.show_found(ids, settled, moving=moving, more=goes_on)
        self._found_rule.setVisible(bool(ids))
        self.films_wanted.emit()

    @staticmethod
    def _title(model: ModelSummary | None, run: RunInfo) -> str:
        if run.is_search:
            return tr("Find directions")
        forms = model.methods if model else ()
        return next((form.title for form in forms if form.id == run.method), run.method)


def _block(title: str, hint: str, plot: QWidget) -> QWidget:
    """A heading over a plot."""
    made = QWidget()
    head = QHBoxLayout()
    head.setContentsMargins(12, 8, 12, 0)
    head.addWidget(label(title, "body"))
    head.addStretch(1)
    head.addWidget(label(hint, "caption", "tx3"))
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(0)
    column.addWidget(rule())
    column.addLayout(head)
    column.addWidget(plot)
    return made
