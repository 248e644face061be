"""How large a picture's file will be, and how it will look: tried out beside the window."""

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from latentstudio.export.images import FORMATS, encoded
from latentstudio.render.messages import Pixels

_LARGEST_SIDE = 2048
"""Larger files are tried out smaller, and told with "about"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a picture is saved as.

    Attributes:
        ending: ``png``, ``webp`` or ``jpg``.
        scale: How many times larger.
        smooth: How it is enlarged.
        quality: Of JPEG and WebP; None elsewhere.
    """

    ending: str
    scale: int = 1
    smooth: bool = True
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class TriedExport:
    """A file that was made in memory.

    Attributes:
        choice: As what.
        data: Its bytes.
        bytes: How many the whole file will have.
        exact: It is that very file, not a smaller one.
    """

    choice: Choice
    data: bytes
    bytes: int
    exact: bool


def try_out(pixels: Pixels, choice: Choice) -> TriedExport:
    """Make the file of a picture, (height, width, 3), in memory, a smaller one if it is large."""
    scale = choice.scale
    while scale > 1 and max(pixels.shape[:2]) * scale > _LARGEST_SIDE:
        scale //= 2
    kind = FORMATS[f".{choice.ending}"]
    data = encoded(pixels, kind, scale=scale, smooth=choice.smooth, quality=choice.quality)
    times = (choice.scale // scale) ** 2
    return TriedExport(choice, data, len(data) * times, times == 1)


class ExportTrial(QObject):
    """Tries out on a thread; what is asked meanwhile replaces what waits.

    Args:
        pixels: The picture, (height, width, 3).
    """

    ready = Signal(object)  # TriedExport

    def __init__(self, pixels: Pixels, parent: QObject) -> None:
        super().__init__(parent)
        self._pixels = pixels
        self._wanted: Choice | None = None
        self._asked = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="export size", daemon=True)
        self._thread.start()

    def ask(self, choice: Choice) -> None:
        """Ask for one; `ready` follows, unless another is asked before."""
        with self._asked:
            self._wanted = choice
            self._asked.notify()

    def close(self) -> None:
        """End the thread, behind what it is making."""
        with self._asked:
            self._ended, self._wanted = True, None
            self._asked.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._asked:
                self._asked.wait_for(lambda: self._ended or self._wanted is not None)
                choice, self._wanted = self._wanted, None
            if choice is None:
                return
            made = try_out(self._pixels, choice)
            with self._asked:
                newest = self._wanted is None and not self._ended
            if newest:
                self.ready.emit(made)
