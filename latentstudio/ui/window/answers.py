"""What the window does when the engine says something."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.core.texts import about
from latentstudio.document.history import History
from latentstudio.document.state import Picture
from latentstudio.render.messages import Frame, Pixels
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.model.words import model_title, title_of
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import grouped, tr
from latentstudio.ui.window.options_bar import OptionsBar
from latentstudio.ui.window.preferences import Preferences
from latentstudio.ui.window.side import Side
from latentstudio.ui.window.window_parts import WindowParts

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerParts(WindowParts):
    """Parts of the window that show what the engine says.

    Attributes:
        model: The open model, or None.
        set_model: Takes another one, or None when it was closed.
        show_compare: Shows how and with what is compared.
    """

    history: History
    client: "StudioClient"
    side: Side
    options: OptionsBar
    preferences: Preferences
    model: Callable[[], ModelSummary | None]
    set_model: Callable[[ModelSummary | None], object]
    show_compare: Callable[[], object]


class Answers(QObject):
    """Passes frames, models, thumbs, jobs and sentences on to the parts that show them."""

    def __init__(self, window: QWidget, parts: AnswerParts) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        client = parts.client
        client.models.engine_ready.connect(parts.canvas.starting.engine_ready)
        client.models.model_opened.connect(self._model_opened)
        client.models.model_failed.connect(self._model_failed)
        client.models.model_closed.connect(self._model_closed)
        client.models.device_changed.connect(lambda id: parts.preferences.change(device=id))
        client.previews.drawn.connect(parts.canvas.show_drawn)
        client.models.precision_changed.connect(lambda p: parts.preferences.change(precision=p))
        client.previews.frame_ready.connect(self._frame)
        client.previews.thumb_ready.connect(self._thumb)
        client.job_changed.connect(parts.status.job.show_job)
        client.notice.connect(lambda kind, text: parts.toasts.show(kind, text))
        client.files.saved.connect(self._saved)
        parts.opening.asked.connect(self._opening)
        parts.snap.previewed.connect(self._preview)

    def _opening(self, ref: str) -> None:
        self._parts.toasts.forget_errors()
        words = tr("Opening %1").replace("%1", title_of(ref))
        self._parts.status.model.say(words, "loader")

    def _model_opened(self, summary: ModelSummary) -> None:
        parts, name = self._parts, model_title(summary)
        parts.set_model(summary)
        parts.preferences.add_recent(summary.ref)
        parts.status.model.say(name, "box")
        parts.status.device.say(shown(summary.device))
        parts.strip.forget_thumbs()
        parts.compare.forget()
        parts.client.previews.show(parts.history.document.picture)

    def _model_failed(self, ref: str, sentence: str) -> None:
        parts = self._parts
        if sentence:  # none when the artist has cancelled it
            parts.toasts.show("error", about(Path(ref).name, shown(sentence)))
        parts.canvas.starting.finish()
        model = parts.model()
        if model is None:
            self._show_nothing()
        else:
            parts.status.model.say(model_title(model), "box")

    def _model_closed(self) -> None:
        self._parts.toasts.forget_errors()
        self._parts.set_model(None)
        self._show_nothing()

    def _show_nothing(self) -> None:
        """No model: the canvas asks for one."""
        parts = self._parts
        parts.canvas.clear()
        parts.side.show_state(None)
        parts.status.frame.say("")
        parts.options.say(tr("Open a model to begin"))
        parts.status.model.say(tr("Engine ready"), "circle-check")

    def _frame(self, frame: Frame) -> None:
        parts = self._parts
        parts.canvas.starting.finish()
        parts.canvas.show_frame(frame, parts.edits.carrier_name(frame))
        parts.options.say("")
        state = frame.reading.state if frame.reading else None
        parts.side.show_state(state)
        time = grouped(max(1, frame.milliseconds))
        parts.status.frame.say(tr("%1 ms a frame").replace("%1", time))
        parts.edits.describe(frame)
        parts.edits.copy_waiting()
        if state == "off":
            parts.snap.ask(frame.picture)

    def _thumb(self, picture: Picture, pixels: Pixels) -> None:
        self._parts.strip.thumbs.add(picture, pixels)
        self._parts.show_compare()

    def _preview(self, pixels: Pixels | None) -> None:
        picture = None if pixels is None else to_pixmap(pixels)
        self._parts.canvas.warning.set_preview(picture)

    def _saved(self, path: str) -> None:
        self._parts.toasts.show("ok", tr("Saved %1").replace("%1", Path(path).name))
