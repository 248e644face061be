"""Marks on samples and the direction they give, kept in step with the engine."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Picture
from latentstudio.session.example_messages import ExampleFit, Marks, SamplePicture
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

SHOWN = 32
"""Pictures of the grid."""
LEAST = 2
"""Marks of each kind."""
_FIRST_SEED = 1
_ASKED = 8
_SIDE = 192


class ExampleWork(QObject):
    """Which samples are shown, how they are marked, and what the marks say.

    Nothing here is a part of the document: the direction is, once it is kept.

    Args:
        history: The document.
        client: The engine.
        parent: The window.

    Attributes:
        is_open: The page is shown.
        seeds: The samples of the grid.
        pictures: Those that have come.
        marks: True has it, False doesn't, by seed.
        fit: What the marks say; None before there are enough.
        trouble: Why they say nothing, or empty.
        busy: The engine is getting to know the model, learning or looking.
    """

    changed = Signal()
    """Marks, the direction or what is being done."""
    picture_came = Signal(int)
    opened = Signal(bool)
    kept = Signal(str)
    """The id of a direction that was kept."""
    changed_into = Signal(str)
    """The id of a direction that the change between two pictures gave."""

    def __init__(self, history: History, client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self._history, self._client = history, client
        self._examples = client.examples
        self.is_open = False
        self._clear()
        self._examples.sample_ready.connect(self._sample)
        self._examples.prepared.connect(self._ready)
        self._examples.fitted.connect(self._fitted)
        self._examples.failed.connect(self._failed)
        self._examples.uncertain_ready.connect(self._uncertain)
        self._examples.change_ready.connect(self.changed_into)
        client.models.model_opened.connect(lambda _: self._leave())
        client.models.model_closed.connect(self._leave)

    def _clear(self) -> None:
        self.seeds: tuple[int, ...] = ()
        self.pictures: dict[int, QPixmap] = {}
        self.marks: dict[int, bool] = {}
        self.fit: ExampleFit | None = None
        self.trouble = ""
        self.busy = False
        self.asked = False
        self._key = ""
        self._next = _FIRST_SEED
        self._prepared = False

    @property
    def counts(self) -> tuple[int, int]:
        """Marks that have it, and that don't."""
        has = sum(self.marks.values())
        return has, len(self.marks) - has

    @property
    def enough(self) -> bool:
        """There are marks of both kinds."""
        return min(self.counts) >= LEAST

    def toggle(self) -> None:
        """Open the page, or close it without keeping anything."""
        self.cancel() if self.is_open else self.open()

    def open(self) -> None:
        """Show samples to be marked."""
        key = self._examples.new_key() if not self.is_open else None
        if key is None:
            return
        self._clear()
        self._key, self.is_open = key, True
        self.more()
        self._examples.prepare()
        self.busy = True
        self.opened.emit(True)
        self.changed.emit()

    def more(self) -> None:
        """Show other samples; those that are marked stay."""
        self.asked = False
        self._show(())

    def ask(self) -> None:
        """Show samples that the marks leave open."""
        if self.enough:
            self.busy = True
            self._examples.ask(self._marked(), self._next, _ASKED)
            self._next += 64
            self.changed.emit()

    def mark(self, seed: int, has: bool | None) -> None:
        """Mark a sample, or with None take its mark away."""
        if has is None or self.marks.get(seed) == has:
            self.marks.pop(seed, None)
        else:
            self.marks[seed] = has
        self._learn()
        self.changed.emit()

    def more_of(self, before: Picture, after: Picture | None) -> None:
        """Make the change from one picture to another, or to the one now, a direction."""
        after = self._history.document.picture if after is None else after
        self._examples.change(before, after, tr("More of this change"))

    def keep(self, name: str) -> None:
        """Keep the direction and close."""
        if self.fit is None:
            return
        id = self.fit.direction
        self._examples.keep(self._key, name)
        self._close()
        self.kept.emit(id)

    def cancel(self) -> None:
        """Close, with the picture as it was before and no direction more."""
        if not self.is_open:
            return
        key = self._key
        tried = self.fit.direction if self.fit is not None else ""
        self._close()
        if self._history.document.picture.edit(tried) is not None:
            self._history.do(commands.remove_edit(tried))
        self._client.runs.discard_run(key)

    def _close(self) -> None:
        self._examples.stop()
        self.is_open = False
        self._clear()
        self.opened.emit(False)
        self.changed.emit()

    def _leave(self) -> None:
        """The model has gone, and the samples with it."""
        if self.is_open:
            self._close()

    def _show(self, first: tuple[int, ...]) -> None:
        """Show some samples first, then those that are marked, then new ones."""
        chosen = [*first, *(seed for seed in self.marks if seed not in first)]
        while len(chosen) < SHOWN:
            if self._next not in chosen:
                chosen.append(self._next)
            self._next += 1
        self.seeds = tuple(chosen)
        missing = [seed for seed in self.seeds if seed not in self.pictures]
        self._examples.want_samples(missing, self._label(), _SIDE)
        self.changed.emit()

    def _label(self) -> int | None:
        return self._history.document.picture.label

    def _marked(self) -> Marks:
        has = tuple(seed for seed, value in self.marks.items() if value)
        lacks = tuple(seed for seed, value in self.marks.items() if not value)
        return Marks(has, lacks, self._label())

    def _learn(self) -> None:
        self.trouble = ""
        if self._prepared and self.enough:
            self.busy = True
            self._examples.fit(self._marked(), self._key, tr("By example"))

    # What the engine says

    def _sample(self, sample: SamplePicture) -> None:
        if self.is_open:
            self.pictures[sample.seed] = to_pixmap(sample.pixels)
            self.picture_came.emit(sample.seed)

    def _ready(self) -> None:
        if self.is_open:
            self._prepared, self.busy = True, False
            self._learn()
            self.changed.emit()

    def _fitted(self, fit: ExampleFit) -> None:
        if self.is_open and fit.marks == self._marked():
            self.fit, self.busy, self.trouble = fit, False, ""
            self.changed.emit()

    def _failed(self, sentence: str) -> None:
        if self.is_open:
            self.busy, self.trouble = False, shown(sentence)
            self.changed.emit()

    def _uncertain(self, seeds: tuple[int, ...]) -> None:
        if self.is_open:
            self.busy, self.asked = False, True
            self._show(tuple(seed for seed in seeds if seed not in self.marks))
