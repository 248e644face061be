"""The window's only door to the engine: asks by methods, answers by signals on the GUI thread.

One client for each duty; what they share (threads, the open model) is in `workers.engine`.
"""

import itertools
import time
from functools import partial

from PySide6.QtCore import QObject, Signal

from latentstudio.workers.direction_client import DirectionClient
from latentstudio.workers.engine import QUICK, Engine
from latentstudio.workers.example_client import ExampleClient
from latentstudio.workers.file_client import FileClient
from latentstudio.workers.job_thread import CLOSING
from latentstudio.workers.library_client import LibraryClient
from latentstudio.workers.model_client import ModelClient
from latentstudio.workers.photo_client import PhotoClient
from latentstudio.workers.preset_client import PresetClient
from latentstudio.workers.preview_client import PreviewClient
from latentstudio.workers.project_client import ProjectClient
from latentstudio.workers.region_client import RegionClient
from latentstudio.workers.run_client import RunClient
from latentstudio.workers.variation_client import VariationClient


class StudioClient(QObject):
    """All clients of one studio. Requests made before a model is open wait until it is.

    Attributes:
        models: Which model is open.
        previews: Pictures of it.
        directions: Its directions.
        regions: Painted regions and their local directions.
        variations: Grids of variations, and pictures bred of two.
        runs: Methods that learn more of them.
        examples: Directions from marked pictures.
        files: What is written.
        photos: Pictures of one's own.
        presets: The library of presets.
        projects: Project files.
        library: Models to install and plugins to switch.
        assets: Masks and latents; what is put here the document can name at once.
    """

    job_changed = Signal(object)  # JobInfo
    notice = Signal(str, str)  # ok | info | warn | error, sentence
    restart_advised = Signal(str, str)  # a plugin's id, the harm that only a new process mends

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = Engine(self)
        self.assets = self._engine.assets
        self.previews = PreviewClient(self._engine, self)
        self.directions = DirectionClient(self._engine, self)
        self.regions = RegionClient(self._engine, self.directions, self)
        self.models = ModelClient(self._engine, self.previews, self.directions, self)
        self.variations = VariationClient(self._engine, self)
        for part in (self.regions, self.variations):
            self.models.model_closed.connect(part.model_closed)
            self.models.model_opened.connect(part.model_closed)
        self.runs = RunClient(self._engine, self.models, self.directions, self)
        self.examples = ExampleClient(self._engine, self.models, self.directions, self)
        self.files = FileClient(self._engine, self)
        self.photos = PhotoClient(self._engine, self)
        self.presets = PresetClient(self._engine, self)
        self.projects = ProjectClient(self._engine, self.models, self)
        self.library = LibraryClient(partial(self._engine.run, lane=QUICK), self)
        self._engine.job_changed.connect(self.job_changed)
        self._engine.notice.connect(self.notice)
        self._engine.restart_advised.connect(self.restart_advised)
        self.library.job_changed.connect(self.job_changed)

    def start(self) -> None:
        """Import torch on the background thread; `models.engine_ready` follows."""
        self.models.start()

    def cancel(self, ticket: int) -> None:
        """Stop a job of the status bar."""
        self._engine.jobs.cancel(ticket)
        self.library.cancel(ticket)

    def close(self, seconds: float = CLOSING) -> bool:
        """Stop everything; at most one step of each thread is waited for.

        Args:
            seconds: How long at most, for all together.

        Returns:
            Whether all have ended; see `JobThread.close`.
        """
        end = time.monotonic() + seconds
        own = self.library.threads, self.presets.threads, self.projects.threads
        threads = (*self._engine.threads, *itertools.chain.from_iterable(own))
        for thread in threads:
            thread.begin_closing()
        ended = [thread.close(end - time.monotonic()) for thread in threads]
        return all(ended)
