"""What plugins print goes to the log, so that it is not mixed with what we print."""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

from latentstudio.core.log_file import log_handler

log = logging.getLogger("latentstudio.plugins")


class _Here(threading.local):
    plugin = ""
    line = ""


_here = _Here()


class _Stdout:
    """The program's output, except on threads that run a plugin's code."""

    def __init__(self, real: TextIO) -> None:
        self._real = real

    def write(self, text: str) -> int:
        """Write it, or keep whole lines of a plugin in the log."""
        if not _here.plugin:
            return self._real.write(text)
        *lines, _here.line = (_here.line + text).split("\n")
        for line in lines:
            _keep(line)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@contextlib.contextmanager
def speaking(plugin: str) -> Iterator[None]:
    """What is printed inside, on this thread, is a plugin's."""
    for name in ("stdout", "__stdout__"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Stdout):
            setattr(sys, name, _Stdout(stream))
    before, _here.plugin = _here.plugin, plugin
    try:
        yield
    finally:
        rest, _here.line = _here.line, ""
        _keep(rest)
        _here.plugin = before


def _keep(line: str) -> None:
    if not line.strip():
        return
    if not logging.getLogger().handlers and not log.handlers:  # the command line keeps no log
        log.addHandler(log_handler())
        log.setLevel(logging.INFO)
        log.propagate = False
    log.info("%s: %s", _here.plugin, line[:1000])
