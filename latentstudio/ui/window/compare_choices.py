"""What a picture can be compared with, shown above the canvas."""

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from latentstudio.document.history import History
from latentstudio.document.state import Document, Snapshot
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
        self._offered: tuple[Snapshot, ...] | None = None
        options.mode_asked.connect(compare.set_mode)
        options.before_asked.connect(compare.set_source)
        compare.changed.connect(self.show)

    def show_document(self, document: Document) -> None:
        """Offer its snapshots, if they are others than before."""
        if document.snapshots != self._offered:
            self.show()

    def show(self) -> None:
        """Show how and with what is compared."""
        compare, model = self._compare, self._strip.model
        self._actions["compare"].setChecked(compare.on)
        self._actions["swap"].setEnabled(self._model_open() and compare.on)
        self._options.set_comparing(compare.on)
        self._options.mode.show_choice(compare.mode)
        snapshots = self._offered = self._history.document.snapshots
        choices: list[tuple[str, QPixmap | None]] = [(tr("Start"), None)]
        choices += [
            (f"{number} {shot.name}", model.thumb(shot.picture))
            for number, shot in enumerate(snapshots, 1)
        ]
        self._options.show_choices(choices, compare.source)
