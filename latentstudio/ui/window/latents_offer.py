"""A file that was taken for directions holds latents of pictures: offers to open those."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent
from latentstudio.session.latent_messages import LatentPictures
from latentstudio.ui.widgets.plain_text import ask
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import grouped, tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class LatentsOffer(QObject):
    """Asks, and opens the first as the picture and the others as snapshots, in one undo step."""

    def __init__(self, history: History, client: "StudioClient", window: QWidget) -> None:
        super().__init__(window)
        self._history, self._client, self._window = history, client, window
        client.directions.latents_found.connect(self._found)

    def _found(self, found: LatentPictures) -> None:
        if self.wants(found):
            self.open(found)

    def wants(self, found: LatentPictures) -> bool:
        """Ask whether to open them."""
        text = filled(tr("%1 holds latents of pictures, not directions."), found.name)
        more = self._what_happens(found)
        yes = tr("Open as picture") if found.count == 1 else tr("Open as pictures")
        return ask(self._window, yes, text, yes, more)

    def open(self, found: LatentPictures) -> None:
        """Start from the first; the others go to the strip."""
        now, put = self._history.document.picture, self._client.assets.put
        starts = [Latent(put(code), found.space, now.label, now.truncation) for code in found.codes]
        self._history.do(commands.open_pictures(starts, PurePath(found.name).stem))

    def _what_happens(self, found: LatentPictures) -> str:
        kept = len(found.codes) - 1
        if not kept:
            return tr("It can be opened as the picture to start from. Your edits stay.")
        if found.count == len(found.codes):
            words = tr("The first becomes the picture to start from, %1 more go to the strip.")
            return filled(words, str(kept))
        words = tr(
            "It holds %1. The first becomes the picture to start from, %2 more go to the strip."
        )
        return filled(words, grouped(found.count), str(kept))
