"""Disks that are full, for tests."""

import contextlib
import subprocess

from latentstudio.core import files


class InjectedDisk:
    """A disk on which files above a size fail as they do on a full one."""

    def __init__(self, folder, monkeypatch, limit):
        self.folder = folder
        self._limit = limit
        monkeypatch.setattr(files, "_flush", self._flush)

    def fill(self):
        """Leave no room at all."""
        self._limit, self._room = 0, self._limit

    def empty(self):
        """Take back `fill`."""
        self._limit = self._room

    def _flush(self, path):
        if path.stat().st_size > self._limit:
            raise OSError(28, "No space left on device")


class RealDisk:
    """A mounted file system of 256 kB."""

    def __init__(self, folder):
        self.folder = folder

    def fill(self):
        """Leave no room at all."""
        with contextlib.suppress(OSError), (self.folder / "filler").open("wb", 0) as file:
            while True:
                file.write(bytes(512))

    def empty(self):
        """Take back `fill`."""
        (self.folder / "filler").unlink()


def mounted(folder):
    """Mount a small file system at `folder`; False where that is not permitted."""
    argv = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
