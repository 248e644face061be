"""What happens between the document, the engine and the disk while the window is open."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Slot

from latentstudio.app.autosave import Autosave, Work
from latentstudio.core import attempts
from latentstudio.core.errors import LatentStudioError
from latentstudio.document import commands
from latentstudio.document.assets import used_by
from latentstudio.document.direction import DirectionSet
from latentstudio.document.history import History, Steps
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.document.uses import directions_used
from latentstudio.render.messages import Frame
from latentstudio.session.import_messages import TRIAL
from latentstudio.session.messages import ModelSummary
from latentstudio.store.attachments import Attachments
from latentstudio.store.last_work import (
    keep_apart,
    kept_documents,
    last_document_path,
    leave_place,
    take_apart,
)
from latentstudio.store.marks import keep_marks, with_marks
from latentstudio.store.newest import Newest
from latentstudio.workers.studio_client import StudioClient

log = logging.getLogger(__name__)

BUILT_IN = "portraits"


class Wiring(QObject):
    """Follows the open model and keeps the last state.

    Made before the window, so that the document fits the model by the time the window hears
    of it.

    Args:
        history: The document.
        client: The engine.

    Attributes:
        open_first: What the engine is started for; opens the document's model.
        autosave: Writes the work.
    """

    def __init__(self, history: History, client: StudioClient) -> None:
        super().__init__()
        self._history = history
        self._client = client
        self._frame: Frame | None = None
        self._readings: dict[str, Mapping[str, Any]] = {}
        self._print = ""
        self._steps: dict[str, Steps] = {}  # by the fingerprint of a model that was open
        self._known: DirectionSet | None = None  # directions of the model that is open
        newest = Newest(last_document_path())
        self.autosave = Autosave(self._work, client.assets, newest=newest)
        client.runs.used = self._used
        self._stop_watching = history.changed.connect(self._on_document)
        self.open_first: Callable[[], object] = self.open_own
        client.projects.read_failed.connect(self.open_own)
        client.models.model_opened.connect(self._on_opened)
        client.models.model_failed.connect(self._on_open_failed)
        client.directions.directions_ready.connect(self._directions_ready)
        client.previews.frame_ready.connect(self._on_frame)

    @Slot()
    def start(self) -> None:
        """Start the engine and open the document's model, or the project of `open_first`."""
        self._client.start()
        self.open_first()

    @Slot()
    @Slot(object, str)
    def open_own(self, *_: object) -> None:
        """No project came after all: without a model, go on with the document there is."""
        if self._frame is None and not self._print:
            self._client.models.open_model(self._history.document.model)

    def stop(self) -> bool:
        """Keep the last state and end the threads; gives whether all have ended in time."""
        self._stop_watching()
        self.autosave.keep_now()
        self._client.assets.sweep({d for doc in kept_documents() for d in used_by(doc)})
        attempts.forget_own()
        ended = self._client.close(), self.autosave.close()
        leave_place()
        return all(ended)

    def _work(self) -> Work | None:
        """What is to be kept; nothing before any model was open."""
        doc = self._history.document
        pixels = self._frame.pixels if self._frame else None
        return (doc, pixels, self._attachments()) if doc.fingerprint else None

    def _used(self) -> frozenset[str]:
        """Directions that the document needs, or would after undo or redo."""
        return directions_used(self._history.states())

    def _attachments(self) -> Attachments:
        """What is kept with the document."""
        return Attachments(self._known, self._history.steps())

    def _on_document(self, doc: Document) -> None:
        self.autosave.touch()
        if doc.fingerprint != self._print and doc.fingerprint in self._readings:
            self._print = doc.fingerprint  # undone: the model is read as it was then
            self._client.models.reread(self._readings[doc.fingerprint])

    @Slot(object)
    def _directions_ready(self, found: DirectionSet) -> None:
        """Remember them, and those that have gone but that undo may still bring back."""
        if self._known is not None and self._known.model.fingerprint == found.model.fingerprint:
            ids = {one.id for one in found.directions}
            gone = [one for one in self._known.directions if one.id not in ids]
            used = self._used() if gone else frozenset()
            gone = [one for one in gone if one.id in used]
            found = replace(found, directions=(*found.directions, *gone))
        self._known = found
        self._client.previews.show(self._history.document.picture)

    @Slot(object)
    def _on_opened(self, summary: ModelSummary) -> None:
        doc, print_ = self._history.document, summary.info.fingerprint
        known = self._readings if summary.again else {}
        self._print, self._readings = print_, {**known, print_: summary.assumptions.chosen}
        if summary.again:
            classes = summary.info.classes
            label = min(doc.picture.label or 0, classes - 1) if classes else None
            self._history.do(commands.read_as(print_, label))
        elif doc.fingerprint == print_:
            pass
        elif not doc.fingerprint and doc.model == summary.ref and doc.picture != Picture():
            self._history.reset(with_marks(replace(doc, fingerprint=print_)))
        else:
            self._keep_marks(doc)
            self._leave(doc)
            self._take_up(summary)

    def _leave(self, doc: Document) -> None:
        """Keep the work with the model that was open: it comes back with that model."""
        if doc.fingerprint:
            self._steps[doc.fingerprint] = self._history.steps()
            self._keep_apart(doc)

    def _take_up(self, summary: ModelSummary) -> None:
        """Go on with what was done with this model before, or begin."""
        print_ = summary.info.fingerprint
        kept, steps = take_apart(print_), self._steps.pop(print_, None)
        steps = steps or kept
        if steps is not None:
            self._history.resume(steps.renamed(summary.ref))
        else:
            label = 0 if summary.info.classes else None
            fresh = Document(summary.ref, print_, Picture(Seed(label=label)))
            self._history.reset(with_marks(fresh))
            return
        if not self._client.projects.coming:
            self._client.notice.emit("ok", "Your work with this model is back.")

    def _keep_marks(self, doc: Document) -> None:
        try:
            keep_marks(doc)
        except LatentStudioError as error:
            log.warning("names and rejections were not kept: %s", error)

    @Slot(str, str)
    def _on_open_failed(self, ref: str, _sentence: str) -> None:
        """At the start, a model that has gone must not leave an empty window."""
        if self._frame is None and ref != BUILT_IN and not self._client.projects.coming:
            self._keep_apart(self._history.document)
            self._client.models.open_model(BUILT_IN)

    def _keep_apart(self, doc: Document) -> None:
        try:
            keep_apart(doc, self._client.assets, self._attachments())
        except LatentStudioError as error:
            log.warning("the work with %s was not kept: %s", doc.model, error)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        if frame.coarse or frame.picture.edit(TRIAL) is not None:
            return  # the whole picture follows, or the document's, and is what is kept
        self._frame = frame
        self.autosave.touch()
