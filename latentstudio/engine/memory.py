"""Whether something fits into memory, asked before it is loaded."""

import ctypes
import sys
from pathlib import Path

from latentstudio.core.errors import ResourceError

GIGA = 1e9
PICTURE = 700
"""Bytes for each pixel of a picture that is being made, 0.73 GB for 1,024 pixels a side: opening
and editing a StyleGAN2 of config F took 0.76 GB beside its weights."""


def available_memory() -> int | None:
    """Bytes of main memory that can be had now; None where the system doesn't say."""
    if sys.platform == "win32":
        return _windows_memory()
    free = _linux_memory(Path("/proc/meminfo"))
    limit = _group_limit(Path("/sys/fs/cgroup"))
    return free if limit is None else limit if free is None else min(free, limit)


def check_memory(needed: int, available: int | None) -> None:
    """Refuse what cannot fit.

    Raises:
        ResourceError: More is needed than is free.
    """
    if available is not None and needed > available:
        raise ResourceError(
            f"This model needs about {_size(needed)} of memory and {_size(available)} are free. "
            "Close other programs or choose a smaller model."
        )


def _size(count: int) -> str:
    return f"{count / GIGA:,.1f} GB" if count >= GIGA / 10 else f"{count / 1e6:,.0f} MB"


def _linux_memory(path: Path) -> int | None:
    try:
        lines = path.read_text().splitlines()
        found = [line.split() for line in lines if line.startswith("MemAvailable:")]
        return int(found[0][1]) * 1024
    except (OSError, IndexError, ValueError):
        return None


def _group_limit(folder: Path) -> int | None:
    """What a container may still use (cgroup version 2), None without a limit."""
    try:
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        # Cached pages of files are given back when memory is asked for.
        return max(0, limit - used + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None


def _windows_memory() -> int | None:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((f"size{i}", ctypes.c_ulonglong) for i in range(7)),
        )

    status = Status(length=ctypes.sizeof(Status))
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.size1)  # the second of them: available physical memory
