"""Sees what a reader does that no reader needs, and lets it have no more memory than it may."""

import sys
from pathlib import Path

MEGABYTES = 1500
_NEVER = (
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect",
    "socket.bind", "socket.getaddrinfo", "pty.spawn", "ctypes.dlopen", "webbrowser.open",
)  # fmt: skip


class Watch:
    """Notes what a reader does that no reader needs."""

    def __init__(self, home):
        self.home, self.on = str(home), False
        self._events = []
        self._places = (self.home, *(p for p in sys.path if p), sys.prefix, sys.base_prefix,
                        "/proc", "/sys/fs/cgroup")  # fmt: skip

    def __call__(self, event, args):
        if not self.on:
            return
        if event.startswith(_NEVER):
            self._events.append(f"{event} {args!r:.200}")
        elif event == "open" and isinstance(args[0], str) and not self._known(args[0]):
            self._events.append(f"open {args[0]}")
        elif event == "exec" and not self._known(args[0].co_filename):
            self._events.append(f"exec {args[0].co_filename}")

    def _known(self, place):
        return place.startswith(self._places) or place.startswith("<")

    def taken(self):
        events, self._events = self._events, []
        return events


def limit_memory():
    """No more memory than a reader may ask for, above what the libraries have."""
    if sys.platform != "linux":
        return
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = used + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def peak():
    """Most memory that this process had, in MB."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
