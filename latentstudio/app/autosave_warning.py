"""Warns while autosave fails: why, and what can be done; and says when it works again."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from latentstudio.app.autosave import Autosave
from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr
from latentstudio.ui.window.status_bar import StatusBar


class AutosaveWarning(QObject):
    """Shows in the window that autosave fails.

    Args:
        autosave: Writes the work.
        toasts: Show a toast once.
        status: Shows a line as long as it lasts.
        save_elsewhere: Asks for a file and saves the work there as a project.
    """

    def __init__(
        self,
        autosave: Autosave,
        toasts: ToastStack,
        status: StatusBar,
        save_elsewhere: Callable[[], object],
    ) -> None:
        super().__init__(status)
        self._toasts, self._kept = toasts, status.kept
        self._save_elsewhere = save_elsewhere
        autosave.failed.connect(self._failed)
        autosave.mended.connect(self._mended)

    @Slot(str)
    def _failed(self, why: str) -> None:
        self._kept.say(tr("Your work isn't being kept"), "triangle-alert")
        set_tip(self._kept, why)
        text = tr("Your work isn't being kept: %1").replace("%1", why)
        self._toasts.show("error", text, (tr("Save elsewhere"), self._save_elsewhere))

    @Slot()
    def _mended(self) -> None:
        self._kept.say("")
        self._toasts.show("ok", tr("Your work is being kept again"))
