"""What a picture can be compared with, shown above the canvas."""

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.compare import Compare
from latentstudio.ui.window.options_bar import OptionsBar


class CompareChoices:
    """Keeps the options bar and the commands in step with `Compare` and the snapshots."""

    def __init__(
        self,
        history: History,
        compare: Compare,
        strip: Strip,
        options: OptionsBar,
        actions: Actions,
        model_open: Callable[[], bool],
    ) -> None:
        self._history, self._compare, self._strip = history, compare, strip
        self._options, self._actions, self._model_open = options, actions, model_open
        self._offered: tuple[tuple[Snapshot, ...], Picture | None] | None = None
        options.mode_asked.connect(compare.set_mode)
        options.before_asked.connect(compare.set_source)
        compare.changed.connect(self.show)

    def show_document(self, document: Document) -> None:
        """Offer its snapshots and its start, if they are others than before."""
        if self._choices(document) != self._offered:
            self.show()

    def show(self) -> None:
        """Show how and with what is compared."""
        compare, thumbs = self._compare, self._strip.thumbs
        self._actions["compare"].setChecked(compare.on)
        self._actions["swap"].setEnabled(self._model_open() and compare.on)
        self._options.set_comparing(compare.on)
        self._options.mode.show_choice(compare.mode)
        snapshots, start = self._offered = self._choices(self._history.document)
        first = thumbs.get(start) if start is not None else None
        choices: list[tuple[str, QPixmap | None]] = [(tr("Start"), first)]
        choices += [
            (f"{number} {shot.name}", thumbs.get(shot.picture))
            for number, shot in enumerate(snapshots, 1)
        ]
        self._options.show_choices(choices, compare.source)

    def _choices(self, document: Document) -> tuple[tuple[Snapshot, ...], Picture | None]:
        """What can be compared with: snapshots, and the start while it is offered."""
        offered = self._compare.on and self._model_open()
        return document.snapshots, document.picture.original() if offered else None
