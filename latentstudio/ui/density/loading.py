"""Loads the plot after the window has been painted: pyqtgraph would delay the first paint."""

import importlib
import sys

from PySide6.QtCore import QObject, QTimer, Signal

_PLOT = "latentstudio.ui.density.plot"


class PlotLoader(QObject):
    """Imports the plot's module, and pyqtgraph with it, once for the program.

    On the window's own thread: pyqtgraph makes Qt classes while it is imported, and doing that
    beside a window that paints is suspected of a crash at the start. It costs about a third of a
    second, once, when the density has been measured.
    """

    loaded = Signal()
    """Emitted after every `ask`, at once if the plot is there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._load)

    def ask(self) -> None:
        """See `loaded`."""
        if _PLOT in sys.modules:
            self.loaded.emit()
        else:
            self._soon.start()

    def _load(self) -> None:
        importlib.import_module(_PLOT)
        self.loaded.emit()
