"""Ways to open a model: the dialog and the recent ones."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from latentstudio.exchange.presets.sources import ARRAYS, EITHER, ENDING
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.model.words import BUILT_IN, built_in_titles, title_of
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.preferences import Preferences

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Opening(QObject):
    """Passes what was chosen on to the engine, which waits its turn by itself."""

    asked = Signal(str)
    """A model was chosen, by file or built-in name."""

    def __init__(self, client: "StudioClient", preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._client = client
        self._preferences = preferences
        self._window = window
        client.models.model_opened.connect(self._warn)

    def ask(self) -> None:
        """Let a person choose a file."""
        recent = next(iter(self._preferences.now.recent_models), "")
        folder = str(Path(recent).parent) if Path(recent).is_file() else ""
        endings = "*.safetensors *.pkl *.pt *.pth *.ckpt *.bin *.tar *.onnx"
        kinds = tr("Models (%1)").replace("%1", endings)
        path, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open a model"), folder, kinds + ";;" + tr("All files") + " (*)"
        )
        if path:
            self.open(path)

    def _warn(self, summary: ModelSummary) -> None:
        """Say once what looks wrong with the pictures; the model panel goes on saying it."""
        if not summary.again:
            for text in summary.info.warnings:
                self._client.notice.emit("warn", text)

    def ask_directions(self) -> None:
        """Let a person choose a preset or a file of vectors."""
        endings = " ".join(f"*{ending}" for ending in (ENDING, *ARRAYS, *EITHER))
        kinds = tr("Directions (%1)").replace("%1", endings)
        path, _ = QFileDialog.getOpenFileName(
            self._window, tr("Add directions"), "", kinds + ";;" + tr("All files") + " (*)"
        )
        if path:
            self._client.directions.import_directions(path)

    def ask_paths(self) -> None:
        """Let a person choose an experiment folder of WarpedGANSpace."""
        title = tr("Add paths of WarpedGANSpace: the folder with args.json")
        path = QFileDialog.getExistingDirectory(self._window, title)
        if path:
            self._client.directions.import_directions(path)

    def open(self, ref: str) -> None:
        """Open a file or a built-in name."""
        self.asked.emit(ref)
        self._client.models.open_model(ref)

    def reopen(self, ref: str) -> None:
        """Open the model that was closed, unless one is on its way already."""
        if not self._client.models.opening:
            self.open(ref)

    def open_built_in(self) -> None:
        self.open(BUILT_IN)

    def fill_recent(self, menu: QMenu) -> None:
        """List the models opened last, and the built-in ones."""
        menu.clear()
        own = built_in_titles()
        refs = [r for r in self._preferences.now.recent_models if r not in own]
        for ref in refs:
            action = menu.addAction(title_of(ref), partial(self.open, ref))
            set_tip(action, ref)
        if refs:
            menu.addSeparator()
        for ref, title in own.items():
            menu.addAction(title, partial(self.open, ref))
