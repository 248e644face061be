"""Loads the plot beside the window's work: on its own thread the window would stop meanwhile."""

import contextlib
import importlib
import sys
import threading

from PySide6.QtCore import QObject, Signal

_PLOT = "latentstudio.ui.density.plot"


class PlotLoader(QObject):
    """Imports the plot's module, and pyqtgraph with it, once for the program."""

    loaded = Signal()
    """Emitted on the window's thread after every `ask`, at once if it is there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """See `loaded`."""
        if hasattr(sys.modules.get(_PLOT), "DensityPlot"):
            self.loaded.emit()
        elif self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._load, name="plot")
            self._thread.start()

    def _load(self) -> None:
        importlib.import_module(_PLOT)
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self.loaded.emit()
