"""What a picture can be compared with, shown above the canvas."""

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from latentstudio.core.texts import sentence_case
from latentstudio.core.walk import Walk
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.session.photo_messages import UsedPhoto
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.strip.strip import Strip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.actions import Actions
from latentstudio.ui.window.compare import OTHER_WALK, PHOTO, Compare, other_walk, walk_name
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
        self._offered: _Offered | None = None
        self._special: list[int] = [OTHER_WALK]
        options.mode_asked.connect(compare.set_mode)
        options.before_asked.connect(self._choose)
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
        snapshots, start, photo, walk = self._offered = self._choices(self._history.document)
        first = thumbs.get(start) if start is not None else None
        choices: list[tuple[str, QPixmap | None]] = [(tr("Start"), first)]
        choices += [
            (f"{number} {shot.name}", thumbs.get(shot.picture))
            for number, shot in enumerate(snapshots, 1)
        ]
        if photo is not None:
            choices.append((tr("Photo"), to_pixmap(photo.square)))
        self._special = ([PHOTO] if photo is not None else []) + [OTHER_WALK]
        name = walk_name(walk)
        choices.append((sentence_case(name), None))
        source = compare.source
        if source in self._special:
            source = len(snapshots) + 1 + self._special.index(source)
        self._options.show_choices(choices, source)

    def _choose(self, index: int) -> None:
        """The photo and the other walk stand last, after the start and all snapshots."""
        beyond = index - len(self._history.document.snapshots) - 1
        self._compare.set_source(index if beyond < 0 else self._special[beyond])

    def _choices(self, document: Document) -> "_Offered":
        offered = self._compare.on and self._model_open()
        start = document.picture.original() if offered else None
        return document.snapshots, start, self._compare.photo, other_walk(document.picture)


_Offered = tuple[tuple[Snapshot, ...], Picture | None, UsedPhoto | None, Walk]
"""What can be compared with: snapshots, the start while offered, the photo, the other walk."""
