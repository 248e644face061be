"""What the window does when the engine says something."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from latentstudio.document.state import Picture
from latentstudio.render.messages import Frame, Pixels
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.opening import title_of

if TYPE_CHECKING:
    from latentstudio.ui.window.main_window import MainWindow


class Answers(QObject):
    """Passes frames, models, thumbs, jobs and sentences on to the parts that show them."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        client = window.client
        client.models.engine_ready.connect(window.canvas.starting.engine_ready)
        client.models.model_opened.connect(self._model_opened)
        client.models.model_failed.connect(self._model_failed)
        client.models.model_closed.connect(self._model_closed)
        client.models.device_changed.connect(lambda id: window.preferences.change(device=id))
        client.previews.drawn.connect(window.canvas.show_drawn)
        client.models.precision_changed.connect(lambda p: window.preferences.change(precision=p))
        client.previews.frame_ready.connect(self._frame)
        client.previews.thumb_ready.connect(self._thumb)
        client.job_changed.connect(window.status.job.show_job)
        client.notice.connect(lambda kind, text: window.toasts.show(kind, text))
        client.files.saved.connect(self._saved)
        window.opening.asked.connect(self._opening)
        window.snap.previewed.connect(self._preview)

    def _opening(self, ref: str) -> None:
        words = tr("Opening %1").replace("%1", title_of(ref))
        self._window.status.model.say(words, "loader")

    def _model_opened(self, summary: ModelSummary) -> None:
        window, name = self._window, summary.info.name
        window.set_model(summary)
        window.preferences.add_recent(summary.ref)
        window.status.model.say(name, "box")
        window.status.device.say(shown(summary.device))
        window.setWindowTitle(f"{name} – LatentStudio")
        window.strip.model.ask_again(forget=True)
        window.compare.forget()
        window.client.previews.show(window.history.document.picture)

    def _model_failed(self, _ref: str, sentence: str) -> None:
        window = self._window
        if sentence:  # none when the artist has cancelled it
            window.toasts.show("error", sentence)
        window.canvas.starting.finish()
        if window.model is None:
            self._show_nothing()
        else:
            window.status.model.say(window.model.info.name, "box")

    def _model_closed(self) -> None:
        self._window.set_model(None)
        self._window.setWindowTitle("LatentStudio")
        self._show_nothing()

    def _show_nothing(self) -> None:
        """No model: the canvas asks for one."""
        window = self._window
        window.canvas.clear()
        window.side.show_state(None)
        window.status.frame.say("")
        window.options.say(tr("Open a model to begin"))
        window.status.model.say(tr("Engine ready"), "circle-check")

    def _frame(self, frame: Frame) -> None:
        window = self._window
        window.canvas.starting.finish()
        window.canvas.show_frame(frame, window.edits.carrier_name(frame))
        window.options.say("")
        state = frame.reading.state if frame.reading else None
        window.side.show_state(state)
        time = str(max(1, round(frame.milliseconds)))
        window.status.frame.say(tr("%1 ms a frame").replace("%1", time))
        window.edits.describe(frame)
        window.edits.copy_waiting()
        if state == "off":
            window.snap.ask(frame.picture)

    def _thumb(self, picture: Picture, pixels: Pixels) -> None:
        self._window.strip.model.add_thumb(picture, pixels)
        self._window.show_compare()

    def _preview(self, pixels: Pixels | None) -> None:
        picture = None if pixels is None else to_pixmap(pixels)
        self._window.canvas.warning.set_preview(picture)

    def _saved(self, path: str) -> None:
        self._window.toasts.show("ok", tr("Saved %1").replace("%1", Path(path).name))
