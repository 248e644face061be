"""One run in the panel: where it is, a bar, and what can be done with it."""

from dataclasses import dataclass, field, replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from latentstudio.document.loss_curve import LossTrail
from latentstudio.document.run_info import RunInfo
from latentstudio.session.messages import RunNews
from latentstudio.ui.discover.form import time_words
from latentstudio.ui.theme import icon, set_tone
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.flow import FlowLayout
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.words import grouped, tr
from latentstudio.workers.job_list import JobState

_FULL = 1000
_GAP = 8  # px between buttons


@dataclass(slots=True)
class RunView:
    """What the panel knows of a run.

    Attributes:
        run: How far it is.
        title: Its method.
        state: As its job says; ``paused`` too where it waits on the disk.
        ticket: Of its job; None where it has none.
        message: What it does while there are no steps yet.
        sentence: Why it failed.
        seconds_left: Time it will take yet.
        trail: Its losses over all its steps, those of earlier starts included.
        settled: Ids of directions that hardly turn.
        found: It has found directions.
    """

    run: RunInfo
    title: str
    state: JobState = "waiting"
    ticket: int | None = None
    message: str = ""
    sentence: str = ""
    fraction: float = 0.0
    seconds_left: float = 0.0
    settled: frozenset[str] = frozenset()
    found: bool = False
    trail: LossTrail = field(default_factory=LossTrail)

    def __post_init__(self) -> None:
        self.trail = LossTrail(self.run.curve, self.run.step)

    @property
    def alive(self) -> bool:
        """It has a job."""
        return self.ticket is not None

    @property
    def can_rest(self) -> bool:
        """It can be paused."""
        return bool(self.run.steps) or self.run.is_search

    @property
    def can_end(self) -> bool:
        """It has something to keep if it is stopped now."""
        return self.found or self.run.step > 0

    def hear(self, news: RunNews) -> None:
        """Take in what it says after a step."""
        self.run = news.run
        self.seconds_left = news.seconds_left
        self.trail.add(news.run.step, news.losses)
        if news.found is not None:
            self.settled, self.found = news.settled, True

    def wait_on_disk(self) -> None:
        """Its job has gone, its state has not."""
        self.ticket, self.state = None, "paused"
        self.run = replace(self.run, curve=self.trail.curve())


def headline(view: RunView) -> str:
    """Where a run is, in words."""
    step, steps = grouped(view.run.step), grouped(view.run.steps)
    if view.state == "failed":
        return tr("Broke off")
    if view.state == "done":
        return tr("Done")
    if view.state == "paused" and view.run.is_search:
        return tr("Paused")
    if view.state == "paused":
        return tr("Paused at step %1").replace("%1", step)
    if view.state == "waiting":
        return tr("Waiting")
    if not view.run.step:
        return view.message or tr("Getting ready")
    return tr("Step %1 of %2").replace("%1", step).replace("%2", steps)


def run_words(view: RunView) -> str:
    """What tells a run from others: ``Run 2: DP-LaSE, 6 directions, seed 3``.

    The number is that in the names of its directions.
    """
    run = view.run
    if run.is_search:
        return view.title
    words = tr("Run %1: %2").replace("%1", str(run.number)).replace("%2", view.title)
    parts = [words, tr("seed %1").replace("%1", str(run.seed))]
    count = run.options.get("count")
    if isinstance(count, int):
        many = tr("1 direction") if count == 1 else tr("%1 directions")
        parts.insert(1, many.replace("%1", grouped(count)))
    return ", ".join(parts)


class RunItem(QWidget):
    """Shows one run; the signals tell its key."""

    pause_asked = Signal(str)
    resume_asked = Signal(str)
    stop_asked = Signal(str)
    discard_asked = Signal(str)
    dismiss_asked = Signal(str)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.title = ElidedLabel("caption", "tx2")
        self.words = ElidedLabel("strong")
        self.left = label("", "label", "tx2")
        self.bar = QProgressBar()
        self.bar.setRange(0, _FULL)
        self.bar.setTextVisible(False)
        self.note = label("", "caption", "tx2", wrap=True)
        self.pause = text_button(tr("Pause"), "pause", lambda: self.pause_asked.emit(key), kind="")
        self.resume = text_button(
            tr("Resume"), "play", lambda: self.resume_asked.emit(key), kind=""
        )
        self.stop = text_button(
            tr("Stop and keep"), "square", lambda: self.stop_asked.emit(key), kind=""
        )
        self.discard = text_button(tr("Discard"), "", lambda: self.discard_asked.emit(key))
        self.dismiss = icon_button("x", tr("Put away"), lambda: self.dismiss_asked.emit(key))
        self._arrange()

    def show_run(self, view: RunView, *, primary: bool) -> None:
        """Show a run as it is now; one in the panel carries the blue button."""
        state, learns = view.state, bool(view.run.steps)
        self.title.say(run_words(view))
        self.words.say(headline(view))
        running = state == "running" and view.seconds_left > 0
        left = tr("at most %1 left") if view.run.is_search else tr("%1 left")
        self.left.setText(left.replace("%1", time_words(view.seconds_left)) if running else "")
        self.bar.setVisible(state in ("waiting", "running", "paused"))
        done = view.run.step / view.run.steps if learns else view.fraction
        self.bar.setValue(round(done * _FULL))
        self.note.setText(view.sentence or _keeps(view))
        self.note.setVisible(bool(self.note.text()))
        set_tone(self.note, "bad" if view.sentence else "tx2")
        self.pause.setVisible(state == "running" and view.can_rest)
        self.resume.setVisible(state == "paused")
        self.stop.setVisible(view.alive and state in ("running", "paused") and view.can_end)
        self.discard.setVisible(state in ("waiting", "running", "paused"))
        self.dismiss.setVisible(state in ("done", "failed"))
        self.buttons.setVisible(state in ("waiting", "running", "paused"))
        for button, image in ((self.pause, "pause"), (self.resume, "play")):
            _dress(button, "primary" if primary else "")
            button.setIcon(icon(image, "onacc" if primary else "tx"))
        self._fit_buttons()
        self.setAccessibleName(f"{run_words(view)}: {headline(view)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Where all don't fit beside each other, the middle one does without its icon."""
        first = self.pause if self.resume.isHidden() else self.resume
        widths = [one.sizeHint().width() for one in (first, self.discard)]
        self.stop.setIcon(icon("square", "tx"))
        tight = sum(widths) + self.stop.sizeHint().width() + 2 * _GAP > self.width() - 24
        if tight:
            self.stop.setIcon(QIcon())

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.words, 1)
        head.addWidget(self.left)
        head.addWidget(self.dismiss)
        buttons = QWidget()
        row = FlowLayout(buttons, gap=_GAP)
        for button in (self.pause, self.resume, self.stop, self.discard):
            row.addWidget(button)
        self.buttons = buttons
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addWidget(buttons)


def _keeps(view: RunView) -> str:
    if view.state != "paused":
        return ""
    if view.run.is_search:
        return tr("Closing the app keeps what is found by now.")
    if view.alive:
        return tr("Closing the app keeps it.")
    return tr("It waits on the disk and goes on exactly where it was.")


def _dress(button: QWidget, kind: str) -> None:
    if button.property("kind") != kind:
        button.setProperty("kind", kind)
        button.style().unpolish(button)
        button.style().polish(button)
