"""The commands of project files: save, save as, open."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from latentstudio.document.commands import take_recipe
from latentstudio.document.history import History
from latentstudio.exchange.projects import ENDING, Project
from latentstudio.export.metadata import ENDINGS
from latentstudio.render.messages import Frame
from latentstudio.session.messages import ModelSummary
from latentstudio.session.project_messages import AdoptedProject, PictureComparison
from latentstudio.store.project_notes import earlier_dir
from latentstudio.ui.projects.current_project import CurrentProject
from latentstudio.ui.projects.earlier import keep_earlier
from latentstudio.ui.projects.project_opening import ProjectOpening
from latentstudio.ui.projects.questions import Questions
from latentstudio.ui.widgets.sentences import filled, shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences
from latentstudio.workers.project_client import SaveRequest

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class ProjectCommands(QObject):
    """Saves the work to project files and opens them.

    Args:
        window: What dialogs belong to.
        history: The document.
        client: The door to the engine.
        preferences: Knows the projects and models that were open lately.
        model: The open model, or None.
    """

    plain_picture = Signal(str)
    """A picture that was dropped holds no recipe."""
    picture_alone = Signal(str)
    """Nor is a model open for which it could be a picture of one's own."""

    def __init__(
        self,
        window: QWidget,
        history: History,
        client: "StudioClient",
        preferences: Preferences,
        model: Callable[[], ModelSummary | None],
    ) -> None:
        super().__init__(window)
        self._history, self._client, self._preferences = history, client, preferences
        self._model = model
        self.questions = Questions(window)
        self.current = CurrentProject(history, self)
        recent = lambda: preferences.now.recent_models  # noqa: E731
        self.opening = ProjectOpening(client, self.questions, recent, model, self)
        self.opening.arrived.connect(self._arrived)
        self._frame: Frame | None = None
        self._saved_at: float | None = None
        self._then: Path | None = None
        projects = client.projects
        projects.saved.connect(self._saved)
        projects.save_failed.connect(self._save_failed)
        projects.read.connect(self._read)
        projects.recipe_read.connect(self._recipe_read)
        projects.compared.connect(self._compared)
        projects.read_failed.connect(lambda _, sentence: self._say("error", shown(sentence)))
        client.previews.frame_ready.connect(self._on_frame)

    @property
    def saved_at(self) -> float | None:
        """When the work was last saved in this window, by `time.monotonic`; None before."""
        return self._saved_at

    def save(self) -> None:
        """Save to the work's file, or ask for one."""
        path = self.current.path
        if path is None:
            self.save_as()
        elif not self.current.changed_on_disk or self.questions.may_replace_changed(path.name):
            self.save_to(path)

    def save_as(self) -> None:
        """Ask for a file and save there."""
        path = self.questions.where_to_save(self._suggested())
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save to a file, which becomes the work's."""
        if not self.current.take(path):
            self._say("error", _is_open_elsewhere(path))
            return
        self._client.projects.save(SaveRequest(path, self._history.steps(), self._frame))

    def ask(self) -> None:
        """Ask for a project, and open it."""
        path = self.questions.which_to_open(self._preferences.now.project_folder)
        if path is not None:
            self.open(path)

    def open(self, path: Path | str) -> None:
        """Open a project; changes of the one that is open are saved first, or kept."""
        path = Path(path)
        if not self.current.take(path):
            self._say("error", _is_open_elsewhere(path))
            return
        old = self.current.path
        if old is not None and self.current.modified and old != path:
            answer = self.questions.keep_changes(old.name)
            if answer == "cancel":
                return
            if answer == "save":
                self._then = path
                self.save()
                return
        self._client.projects.open(path)

    def open_picture(self, path: str) -> None:
        """Bring back what a picture's recipe says; one without any is a picture of one's own."""
        self._client.projects.want_recipe(Path(path))

    def _recipe_read(self, path: Path, project: Project | None) -> None:
        if project is None:
            with_model = self._model() is not None
            (self.plain_picture if with_model else self.picture_alone).emit(str(path))
        else:
            self.opening.take(path, project)

    def _suggested(self) -> Path:
        path = self.current.path
        if path is not None:
            return path
        folder = Path(self._preferences.now.project_folder or Path.home())
        return folder / (tr("Untitled") + ENDING)

    def _read(self, path: Path, project: Project) -> None:
        self.opening.take(path, project)

    def _arrived(self, path: Path, adopted: AdoptedProject) -> None:
        if path.suffix.lower() in ENDINGS:
            self._recipe_arrived(path, adopted)
            return
        self._keep_earlier()
        self._history.resume(adopted.steps)
        self._saved_at = None
        if path.parent == earlier_dir():
            self.current.leave()  # to be saved under a name of its own
        else:
            self.current.set(path, self._history.document)
            self._preferences.add_project(str(path))
        self._say("ok", filled(tr("Opened %1"), path.name))
        self._show_directions(adopted)

    def _recipe_arrived(self, path: Path, adopted: AdoptedProject) -> None:
        """The picture becomes the document's: one step, which undo takes back."""
        doc = adopted.steps.document
        self._history.do(take_recipe(doc.picture, doc.names, path.stem))
        self._show_directions(adopted)
        self._client.projects.compare(adopted.project, doc.picture, path)

    def _show_directions(self, adopted: AdoptedProject) -> None:
        if adopted.found is not None:
            self._client.directions.directions_ready.emit(adopted.found)
        if adopted.lost:
            words = tr("%1 of its directions don't fit this model and were left out.")
            self._say("warn", filled(words, str(adopted.lost)))

    def _compared(self, compared: PictureComparison) -> None:
        self._say("warn" if compared.same is False else "ok", compared.sentence)

    def _keep_earlier(self) -> None:
        """What a project takes the place of is kept, unless it is in a file of its own."""
        if self.current.modified:
            keep_earlier(self._client.projects.save, self._history.steps(), self._frame)

    def _saved(self, asked: SaveRequest) -> None:
        if asked.path.parent == earlier_dir():
            return
        self.current.set(asked.path, asked.steps.document)
        self._saved_at = time.monotonic()
        self._preferences.add_project(str(asked.path))
        self._say("ok", filled(tr("Saved %1"), asked.path.name))
        then, self._then = self._then, None
        if then is not None:
            self._client.projects.open(then)

    def _save_failed(self, _: SaveRequest, sentence: str) -> None:
        self._then = None
        self._say("error", shown(sentence))

    def _on_frame(self, frame: Frame) -> None:
        if not frame.coarse:
            self._frame = frame

    def _say(self, kind: str, text: str) -> None:
        self._client.notice.emit(kind, text)


def _is_open_elsewhere(path: Path) -> str:
    words = tr("%1 is open in another LatentStudio window. Close it there, or save a copy.")
    return filled(words, path.name)
