"""Watches the folders of presets: what others save or sync appears by itself."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject

from latentstudio.store.preset_library import Listing
from latentstudio.ui.widgets.timers import timer

_SOON = 300  # ms: a sync program writes many files at once
_AGAIN = 15_000
"""ms between looks at shared folders: that one was moved away, or what others write to a network
drive, is told to nobody."""
_MOST_FILES = 500


class Watching(QObject):
    """Asks for a new list when a folder or one of its presets changes.

    Args:
        refresh: Lists the library anew; files that are as they were are not read again.
        parent: Owner.
    """

    def __init__(self, refresh: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._soon = timer(self, _SOON, refresh)
        self._again = timer(self, _AGAIN, refresh)
        self._watcher.directoryChanged.connect(lambda _: self._soon.start())
        self._watcher.fileChanged.connect(lambda _: self._soon.start())

    def follow(self, folders: Sequence[Path], listing: Listing) -> None:
        """Watch these folders, the user's own first, and what was found in them."""
        there = [str(folder) for folder in folders if folder not in listing.missing]
        files = [str(card.path) for card in listing.cards if card.path.parent in folders]
        wanted = {*there, *files[:_MOST_FILES]}
        watched = {*self._watcher.directories(), *self._watcher.files()}
        gone = watched - wanted
        if gone:
            self._watcher.removePaths(sorted(gone))
        fresh = [path for path in sorted(wanted - watched) if Path(path).exists()]
        if fresh:
            self._watcher.addPaths(fresh)
        if len(folders) > 1:
            self._again.start()
