"""The one line a set-up shows: rewritten in place on a terminal, plain lines elsewhere."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

REDRAW = 0.1  # seconds between two drawings of the line
PLAIN = 15.0  # seconds between two plain lines of one step


class ProgressLine:
    """Says which step is at work, what it does just now, and for how long already."""

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        width: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock, self._width = clock, width
        self._live = self._stream.isatty()
        self._start, self._drawn = clock(), float("-inf")
        self._step = self._detail = ""
        self._open = False

    def step(self, number: int, total: int, title: str) -> None:
        self._step, self._detail = f"step {number} of {total}: {title}", ""
        self._draw()

    def detail(self, words: str) -> None:
        """Called as often as one likes, also with the same words: it keeps the seconds moving."""
        self._detail = words
        if self._clock() - self._drawn >= (REDRAW if self._live else PLAIN):
            self._draw()

    def note(self, sentence: str) -> None:
        """A sentence that stays on the screen."""
        self._end_line()
        self._write(sentence + "\n")

    def close(self, sentence: str = "") -> None:
        """Ends the line, with the whole time where there is something to say."""
        self._end_line()
        if sentence:
            self._write(f"{sentence} ({self._seconds()} s)\n")

    def _seconds(self) -> int:
        return round(self._clock() - self._start)

    def _draw(self) -> None:
        self._drawn = self._clock()
        words = f"{self._step}, {self._detail}" if self._detail else self._step
        text = f"Setting up LatentStudio, {words} · {self._seconds()} s"
        if not self._live:
            self._write(text + "\n")
            return
        room = max(20, self._width() - 1)
        self._write("\r" + text[:room].ljust(room))
        self._open = True

    def _end_line(self) -> None:
        if self._open:
            self._write("\n")
        self._open = False

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()
