"""Runs one command of the set-up: every line to the log, the clock kept moving meanwhile."""

import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

TICK = 0.2  # seconds without a line after which the clock is shown again
TAIL = 400  # lines kept to explain a failure
# Settings meant for other uses of pip and Python would install into the wrong place.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT",
           "PIP_QUIET", "PIP_DRY_RUN", "__PYVENV_LAUNCHER__")  # fmt: skip


def run(
    command: list[str],
    log: Path,
    hear: Callable[[str], bool],
    tick: Callable[[], None],
    keep_open: tuple[int, ...] = (),
) -> tuple[int, str]:
    """Returns the exit status and the last lines. Ctrl+C ends the command before it goes on.

    Args:
        command: program and arguments.
        log: file to add to.
        hear: gets every line; false keeps a line out of the log.
        tick: called after every line and every TICK seconds.
        keep_open: file numbers the command inherits (the lock), POSIX only.
    """
    tail: deque[str] = deque(maxlen=TAIL)
    with log.open("a", encoding="utf-8") as story, _started(command, keep_open) as child:
        story.write(f"\n$ {' '.join(command)}\n")
        lines = _lines_of(child)
        try:
            _follow(lines, story, tail, hear, tick)
        except BaseException:
            child.terminate()
            child.wait()
            _follow(lines, story, tail, hear, lambda: None)
            raise
    return child.returncode, "".join(tail)


def _started(command: list[str], keep_open: tuple[int, ...]) -> "subprocess.Popen[str]":
    variables = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    variables |= {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}  # the failures are known in English
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=variables,
        pass_fds=() if os.name == "nt" else keep_open,
    )


def _lines_of(child: "subprocess.Popen[str]") -> "queue.Queue[str | None]":
    """A thread reads, so that waiting for a line can have a limit; None is the end."""
    lines: queue.Queue[str | None] = queue.Queue()
    output = child.stdout
    if output is None:
        raise ValueError("the command was started without a pipe")

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, name="set-up output", daemon=True).start()
    return lines


def _follow(
    lines: "queue.Queue[str | None]",
    story: TextIO,
    tail: deque[str],
    hear: Callable[[str], bool],
    tick: Callable[[], None],
) -> None:
    while True:
        try:
            line = lines.get(timeout=TICK)
        except queue.Empty:
            tick()
            continue
        if line is None:
            return
        if hear(line):
            story.write(line)
            story.flush()
            tail.append(line)
        tick()
