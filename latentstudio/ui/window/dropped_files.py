"""Opens files whatever they are, several at once: a model first, then what is for it."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from latentstudio.exchange.presets.sources import holds_directions, may_hold_directions
from latentstudio.exchange.projects import ENDING as PROJECT
from latentstudio.ui.photo.picture_source import is_picture
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.opening import Opening

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Kind(Enum):
    """What a file is taken for."""

    PROJECT = auto()
    MODEL = auto()
    DIRECTIONS = auto()
    PICTURE = auto()
    UNSURE = auto()
    """A model or directions: it is being read."""


class DroppedFiles(QObject):
    """Sorts files and opens them.

    All directions are added. One project is open at a time, or one model, and one picture: of
    several the first is taken, and that is said.

    Args:
        opening: Opens models.
        client: Says what files hold, and adds directions.
        open_picture: Opens a picture, by its recipe or as one's own.
        window: The window.
    """

    project_asked = Signal(str)
    """A project is to be opened."""

    def __init__(
        self,
        opening: Opening,
        client: "StudioClient",
        open_picture: Callable[[str], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._opening, self._client = opening, client
        self._open_picture = open_picture
        self._files: dict[str, Kind] = {}
        self._after: list[tuple[str, Callable[[], object]]] = []
        client.directions.kind_told.connect(self._told)
        client.models.model_opened.connect(self._model_opened)
        client.models.model_failed.connect(self._model_failed)

    def open(self, paths: Sequence[str]) -> None:
        """Open files or folders."""
        new = {path: kind_of(path) for path in paths}
        self._files |= new
        for path, kind in new.items():
            if kind is Kind.UNSURE:
                self._client.directions.want_kind(path)
        self._go_on()

    def open_when_ready(self, path: str) -> None:
        """Bring a preset to the model that is on its way, as soon as it is there."""
        add = self._client.directions.import_directions
        self._after.append((path, partial(add, path)))

    def _told(self, path: str, directions: bool) -> None:
        if self._files.get(path) is Kind.UNSURE:
            self._files[path] = Kind.DIRECTIONS if directions else Kind.MODEL
            self._go_on()

    def _go_on(self) -> None:
        """Open them all, once it is known what each of them is."""
        if Kind.UNSURE in self._files.values():
            return
        files, self._files = self._files, {}
        projects, models, directions, pictures = (
            [path for path, kind in files.items() if kind is wanted]
            for wanted in (Kind.PROJECT, Kind.MODEL, Kind.DIRECTIONS, Kind.PICTURE)
        )
        if projects:
            models, pictures = [], []  # a project brings its own
        add = self._client.directions.import_directions
        self._after += [(path, partial(add, path)) for path in directions]
        self._after += [(path, partial(self._open_picture, path)) for path in pictures[:1]]
        if projects:
            self.project_asked.emit(projects[0])
        elif models:
            self._opening.open(models[0])
        else:
            self._open_rest()
        self._tell(projects, tr("Of %1 projects only %2 is opened: one is open at a time."))
        self._tell(models, tr("Of %1 models only %2 is opened: one is open at a time."))
        self._tell(pictures, tr("Of %1 pictures only %2 is opened: one is open at a time."))

    def _open_rest(self) -> None:
        rest, self._after = self._after, []
        for _, go in rest:
            go()

    def _tell(self, paths: Sequence[str], words: str) -> None:
        if len(paths) > 1:
            text = filled(words, str(len(paths)), Path(paths[0]).name)
            self._client.notice.emit("info", text)

    def _model_opened(self, _: object) -> None:
        self._open_rest()

    def _model_failed(self, _ref: str, _sentence: str) -> None:
        rest, self._after = self._after, []
        if rest:
            names = ", ".join(Path(path).name for path, _ in rest)
            words = tr("Not opened, since the model for it was not: %1.")
            self._client.notice.emit("info", filled(words, names))


def kind_of(path: str) -> Kind:
    """What a file is by its name; `Kind.UNSURE` where it has to be read."""
    if Path(path).suffix.lower() == PROJECT:
        return Kind.PROJECT
    if is_picture(path):
        return Kind.PICTURE
    if holds_directions(Path(path)):
        return Kind.DIRECTIONS
    return Kind.UNSURE if may_hold_directions(Path(path)) else Kind.MODEL
