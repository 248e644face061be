"""Project files: written and read on a thread of their own, so that a busy engine delays none."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from latentstudio.core.files import check_folder_of
from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.state import Picture
from latentstudio.exchange.projects import ModelRef, Project, read_project, write_project
from latentstudio.exchange.projects.project import gathered, pixels_digest
from latentstudio.exchange.projects.recipe import read_recipe
from latentstudio.export.images import png_bytes
from latentstudio.render.messages import Frame
from latentstudio.session.project_messages import BatchRequest
from latentstudio.store.assets import DiskAssets
from latentstudio.store.project_notes import keep_preview
from latentstudio.workers.engine import QUICK, Engine
from latentstudio.workers.job_list import sentence_of
from latentstudio.workers.job_thread import JobThread
from latentstudio.workers.model_client import ModelClient

PREVIEW_SIZE = 512


@dataclass(frozen=True, slots=True, eq=False)
class SaveRequest:
    """A project to be written.

    Attributes:
        path: Where to.
        steps: The document and its undo steps.
        frame: The picture that is shown, or None.
        new_folder: The folder may have to be made.
    """

    path: Path
    steps: Steps
    frame: Frame | None = None
    new_folder: bool = False


class ProjectClient(QObject):
    """Writes and reads projects, and brings them to the open model.

    Attributes:
        coming: A project is on its way to the window: the model that opens is opened for it.
    """

    saved = Signal(object)  # SaveRequest
    save_failed = Signal(object, str)  # SaveRequest, sentence
    read = Signal(object, object)  # Path, Project
    read_failed = Signal(object, str)  # Path, sentence
    adopted = Signal(object)  # AdoptedProject
    recipe_read = Signal(object, object)  # Path, Project; None where a picture has no recipe
    compared = Signal(object)  # PictureComparison
    drawn = Signal(object, int)  # BatchRequest, how many files were written

    def __init__(self, engine: Engine, models: ModelClient, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._models = engine, models
        self.coming = False
        self._brought: Project | None = None
        self._waiting: dict[int, tuple[Callable[[Any], None], Callable[[str], None]]] = {}
        self._thread = JobThread("projects", parent=self)
        self._thread.finished.connect(self._finished)
        self._thread.failed.connect(self._failed)

    @property
    def threads(self) -> tuple[JobThread, ...]:
        """Where files are written and read."""
        return (self._thread,)

    def save(self, asked: SaveRequest) -> None:
        """Write a project; `saved` or `save_failed` follows."""
        job = _saving(asked, self._model(asked.steps), self._known(), self._engine.assets)
        self._run(
            job,
            lambda _: self.saved.emit(asked),
            lambda sentence: self.save_failed.emit(asked, sentence),
        )

    def open(self, path: Path) -> None:
        """Read a project; `read` or `read_failed` follows."""
        self._run(
            _reading(path),
            lambda project: self.read.emit(path, project),
            lambda sentence: self.read_failed.emit(path, sentence),
        )

    def draw_many(self, asked: BatchRequest) -> None:
        """Put edits on many pictures; the list of jobs shows how far it is."""
        steps = Steps(asked.doc)
        project = gathered(steps, self._model(steps), self._known(), self._engine.assets)
        job = self._engine.later(lambda s: s.projects.draw_many(project, asked))
        title = f"Drawing pictures to {asked.output.name}"
        self._engine.run(title, job, lambda made: self.drawn.emit(asked, len(made)), pausable=True)

    def want_recipe(self, path: Path) -> None:
        """Read the recipe in a picture; `recipe_read` or `read_failed` follows."""
        self._run(
            _reading_recipe(path),
            lambda project: self.recipe_read.emit(path, project),
            lambda sentence: self.read_failed.emit(path, sentence),
        )

    def compare(self, project: Project, picture: Picture, path: Path) -> None:
        """Ask whether a picture that came with a file is the one that was saved."""
        report = lambda text: self._engine.notice.emit("info", text)  # noqa: E731
        job = self._engine.later(lambda s: s.pictures.compare(project, picture, path, report))
        self._engine.run("Comparing the picture", job, self.compared.emit, lane=QUICK)

    def adopt(self, project: Project) -> None:
        """Let the open model know what a project brings; `adopted` follows."""
        self._brought = project
        job = self._engine.later(lambda s: s.projects.adopt(project))
        self._engine.run("Opening the project", job, self.adopted.emit, lane=QUICK)

    def _known(self) -> tuple[Direction, ...]:
        """Directions of the open model; before it is open, those of the project read last."""
        studio, brought = self._engine.studio, self._brought
        found = studio.known_directions if studio is not None else None
        if found is not None:
            return found.directions
        return brought.directions.directions if brought is not None else ()

    def _model(self, steps: Steps) -> ModelRef:
        doc, summary = steps.document, self._models.summary
        if summary is not None and summary.info.fingerprint == doc.fingerprint:
            key, name = ModelKey.of(summary.info), summary.info.name
            return ModelRef(summary.ref, name, key, summary.assumptions.chosen)
        brought = self._brought
        if brought is not None and brought.model.key.fingerprint == doc.fingerprint:
            return brought.model
        key = ModelKey(doc.fingerprint, "", 0, {})
        return ModelRef(doc.model, Path(doc.model).stem, key)

    def _run(
        self, job: Job[Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        self._waiting[self._thread.submit(job)] = done, failed

    @Slot(int, object)
    def _finished(self, ticket: int, result: object) -> None:
        self._waiting.pop(ticket)[0](result)

    @Slot(int, object)
    def _failed(self, ticket: int, error: Exception) -> None:
        self._waiting.pop(ticket)[1](sentence_of(error))


def _saving(
    asked: SaveRequest, model: ModelRef, known: tuple[Direction, ...], assets: DiskAssets
) -> Job[None]:
    if not asked.new_folder:
        check_folder_of(asked.path)
    project = gathered(asked.steps, model, known, assets)
    frame = asked.frame
    preview = b"" if frame is None else png_bytes(frame.pixels, PREVIEW_SIZE)
    shown = frame is not None and frame.picture == asked.steps.document.picture
    pixels = pixels_digest(frame.pixels) if frame is not None and shown else ""
    yield Step(0.3, "Saving the project")
    write_project(replace(project, preview=preview, pixels=pixels, saved=time.time()), asked.path)
    keep_preview(asked.path, preview)


def _reading_recipe(path: Path) -> Job[Project | None]:
    return read_recipe(path)
    yield


def _reading(path: Path) -> Job[Project]:
    project = read_project(path)
    yield Step(0.8, "Reading the project")
    keep_preview(path, project.preview)
    return project
