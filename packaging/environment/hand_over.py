"""Runs a module in the environment, in our place."""

import os
import sys
from pathlib import Path

from .layout import Layout

FOREIGN = ("PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__")


def run(layout: Layout, module: list[str], folder: Path | None = None) -> int:
    """Starts `python -m MODULE ...`; on POSIX this process becomes it and never returns."""
    command, environment = command_for(layout, module), environment_for(dict(os.environ))
    if folder:
        os.chdir(folder)
    sys.stdout.flush()
    sys.stderr.flush()
    if not layout.windows:
        os.execve(command[0], command, environment)
    return _wait_for(command, environment)


def command_for(layout: Layout, module: list[str]) -> list[str]:
    """-P: a folder that happens to be called like a module must not be taken for it."""
    return [str(layout.python), "-P", "-m", *module]


def environment_for(variables: dict[str, str]) -> dict[str, str]:
    """Without other programs' Python paths."""
    return {name: value for name, value in variables.items() if name not in FOREIGN}


def _wait_for(command: list[str], environment: dict[str, str]) -> int:
    """Windows has no exec: wait, and leave Ctrl+C to the program itself."""
    import subprocess

    with subprocess.Popen(command, env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue
