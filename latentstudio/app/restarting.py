"""Offers to start the program again when a plugin did harm that only a new process mends."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from latentstudio.ui.toasts import ToastStack
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

COMMAND = (sys.executable, "-P", "-m", "latentstudio")


def start_apart(command: tuple[str, ...]) -> None:
    """Start a process that outlives this one."""
    subprocess.Popen(command, start_new_session=True)


class Restarting(QObject):
    """Shows what happened with a button: the plugin goes off, the window closes and comes back.

    Args:
        client: Says that a restart is advised.
        toasts: Show it.
        window: Is closed, which keeps the work.
        run: Starts the program again.
    """

    def __init__(
        self,
        client: "StudioClient",
        toasts: ToastStack,
        window: QWidget,
        run: Callable[[tuple[str, ...]], object] = start_apart,
    ) -> None:
        super().__init__(window)
        self._client, self._toasts, self._window, self._run = client, toasts, window, run
        self._wanted = False
        client.restart_advised.connect(self._offer)

    def start_if_wanted(self) -> None:
        """Start again, once this process has kept its work and given up its place."""
        if self._wanted:
            self._run(COMMAND)

    @Slot(str, str)
    def _offer(self, plugin: str, sentence: str) -> None:
        action = (tr("Switch off and restart"), partial(self._restart, plugin))
        self._toasts.show("warn", shown(sentence), action)

    def _restart(self, plugin: str) -> None:
        self._client.library.plugins_ready.connect(self._close)
        self._client.library.disable_plugin(plugin)

    @Slot()
    def _close(self) -> None:
        self._wanted = self._window.close()
