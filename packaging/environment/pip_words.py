"""Turns what pip prints into a few words for the progress line."""

from collections.abc import Callable

MEGABYTE = 1_000_000


class PipWords:
    """Listens to one run of pip that is to bring `wanted` packages."""

    def __init__(self, wanted: int, installed: Callable[[], int]) -> None:
        self._wanted, self._installed = wanted, installed
        self._name = self._size = ""
        self._seen = self._before = self._total = 0
        self.installing = False

    def hear(self, line: str) -> bool:
        """Takes in one line; says whether it is worth keeping in the log."""
        first, _, rest = line.strip().partition(" ")
        if first == "Progress":
            self._size = _megabytes(rest)
            return False
        if first in ("Collecting", "Processing", "Obtaining"):
            self._seen += 1
            self._size = ""
            self._name = _name(rest)
        elif line.startswith("Installing collected packages: "):
            self.installing = True
            self._total = line.count(",") + 1
            self._before = self._installed()
        return True

    def __str__(self) -> str:
        if self.installing:
            count = min(max(self._installed() - self._before, 0), self._total)
            return f"unpacking {count} of {self._total}"
        if not self._name:
            return "looking for packages"
        many = f"{min(self._seen, self._wanted)} of {self._wanted}, " if self._wanted > 1 else ""
        return f"{many}{self._name}{self._size}"


def _name(requirement: str) -> str:
    """numpy==2.4.6 (from x) and /wheels/numpy-2.4.6-cp311.whl both mean numpy."""
    word = requirement.split(" ")[0].replace("\\", "/").rsplit("/", 1)[-1]
    for end in ("=", "<", ">", "!", "~", ";", "["):
        word = word.split(end)[0]
    return word.split("-")[0] if word.endswith(".whl") else word


def _megabytes(rest: str) -> str:
    """1000000 of 4000000 → ", 1 of 4 MB"."""
    parts = rest.split(" of ")
    if not all(part.strip().isdigit() for part in parts):
        return ""
    done, *whole = (int(part) // MEGABYTE for part in parts)
    return f", {done} of {whole[0]} MB" if whole else f", {done} MB"
