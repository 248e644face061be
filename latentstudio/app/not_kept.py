"""Says that the work isn't being kept, why, and what can be done; and when it is kept again."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from latentstudio.app.keeping import Keeper
from latentstudio.core.errors import LatentStudioError
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.status_bar import StatusBar

log = logging.getLogger(__name__)


class NotKept(QObject):
    """Watches the keeper for the window.

    Args:
        keeper: Writes the work.
        toasts: Show a toast once.
        status: Shows a line as long as it lasts.
        window: Holds the dialogs.
    """

    def __init__(
        self, keeper: Keeper, toasts: ToastStack, status: StatusBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._keeper, self._window = keeper, window
        self._toasts, self._kept = toasts, status.kept
        keeper.failed.connect(self._failed)
        keeper.mended.connect(self._mended)

    def save_elsewhere(self) -> None:
        """Ask for a file and write the work there."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save your work elsewhere"), "work.json", tr("Work (*.json)")
        )
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Write the work to a file, which the program opens when it is started with it."""
        try:
            self._keeper.write_to(path if path.suffix == ".json" else path.with_suffix(".json"))
        except LatentStudioError as error:
            self._offer("error", error.sentence())
        else:
            text = tr("Saved %1. Start LatentStudio with this file to go on from it.")
            self._toasts.show("ok", text.replace("%1", path.name))

    @Slot(str)
    def _failed(self, why: str) -> None:
        self._kept.say(tr("Your work isn't being kept"), "triangle-alert")
        set_tip(self._kept, why)
        self._offer("error", tr("Your work isn't being kept: %1").replace("%1", why))

    @Slot()
    def _mended(self) -> None:
        self._kept.say("")
        self._toasts.show("ok", tr("Your work is being kept again"))

    def _offer(self, kind: str, text: str) -> None:
        self._toasts.show(kind, text, (tr("Save elsewhere"), self.save_elsewhere))
