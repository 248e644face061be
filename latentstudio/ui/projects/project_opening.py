"""Opens a project in the window: finds and opens its model, then shows its document."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentstudio.exchange.projects import Project
from latentstudio.session.messages import ModelSummary
from latentstudio.session.project_messages import AdoptedProject
from latentstudio.ui.projects.questions import Questions

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


@dataclass(slots=True)
class PendingProject:
    """A project that waits for its model.

    Attributes:
        path: Its file, or the picture whose recipe it is.
        project: What was read.
        reread: Its model's file was read as the project says, once.
    """

    path: Path
    project: Project
    reread: bool = False


class ProjectOpening(QObject):
    """Finds the model of a project, asking where it has to, and has it adopt the project.

    Args:
        client: The door to the engine.
        questions: What a person is asked.
        recent: Models that were open lately.
        model: The open model, or None.
        parent: The window.
    """

    arrived = Signal(object, object)  # Path, AdoptedProject
    given_up = Signal()

    def __init__(
        self,
        client: "StudioClient",
        questions: Questions,
        recent: Callable[[], tuple[str, ...]],
        model: Callable[[], ModelSummary | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._client, self._questions = client, questions
        self._recent, self._model = recent, model
        self._coming: PendingProject | None = None
        client.models.model_opened.connect(self._opened)
        client.models.model_failed.connect(self._failed)
        client.projects.adopted.connect(self._adopted)

    def take(self, path: Path, project: Project) -> None:
        """A project was read: open its model, if it isn't open."""
        self._coming = PendingProject(path, project)
        self._client.projects.coming = True
        now = self._model()
        if now is not None and now.info.fingerprint == project.model.key.fingerprint:
            self._client.projects.adopt(project)
            return
        where = self._where(project, path)
        if where:
            self._client.models.open_model(where)
        else:
            self._find(self._questions.where_is_the_model(project))

    def give_up(self) -> None:
        """The project stays in its file."""
        if self._coming is not None:
            self._coming = None
            self._client.projects.coming = False
            self.given_up.emit()

    def _where(self, project: Project, path: Path) -> str:
        """The model's file as it was noted, beside the project, or among those open lately."""
        noted = project.model.path
        if _is_name(noted) or ((noted in self._recent() or _is_here(noted)) and _exists(noted)):
            return noted
        beside = path.parent / Path(noted).name
        if beside.exists():
            return str(beside)
        same = (r for r in self._recent() if Path(r).name == beside.name and _exists(r))
        return next(same, "")

    def _find(self, found: Path | None) -> None:
        if found is None:
            self.give_up()
        else:
            self._client.models.open_model(str(found))

    def _opened(self, summary: ModelSummary) -> None:
        coming = self._coming
        if coming is None:
            return
        project = coming.project
        if summary.info.fingerprint == project.model.key.fingerprint:
            self._client.projects.adopt(project)
        elif project.model.reading and not coming.reread:
            coming.reread = True
            self._client.models.reread(project.model.reading)
        else:
            self._ask(coming, summary)

    def _ask(self, coming: PendingProject, summary: ModelSummary) -> None:
        answer = self._questions.use_another_model(coming.project, summary.info.name)
        if answer == "open":
            self._client.projects.adopt(coming.project)
        elif answer == "find":
            self._find(self._questions.which_model(coming.project))
        else:
            self.give_up()

    def _failed(self, _ref: str, sentence: str) -> None:
        if self._coming is None:
            return
        if sentence:
            self._find(self._questions.where_is_the_model(self._coming.project))
        else:
            self.give_up()

    def _adopted(self, adopted: AdoptedProject) -> None:
        coming = self._coming
        if coming is not None and adopted.project is coming.project:
            self._coming = None
            self._client.projects.coming = False
            self.arrived.emit(coming.path, adopted)


def _is_name(noted: str) -> bool:
    """Whether it is a built-in or installed model's name rather than a path."""
    return Path(noted).name == noted and not Path(noted).suffix


def _is_here(noted: str) -> bool:
    """Whether a path is of this computer: a stranger's project must not have it call another."""
    return Path(noted).is_absolute() and not noted.startswith(("\\\\", "//"))


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return False
