"""Names that people type, as names of files that every system takes."""

import re
from collections.abc import Iterator
from pathlib import Path

from latentstudio.core.texts import one_line

LONGEST = 120
"""Bytes of a name without its ending: sync programs and encrypted disks take 140 and no more."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_TRIES = 1000


def safe_stem(name: str, otherwise: str = "Preset") -> str:
    """A name without its ending: no separators, no reserved words, no dots at its ends.

    Args:
        name: What a person calls it; of any length.
        otherwise: Where nothing of it is left.
    """
    plain = _FORBIDDEN.sub("-", one_line(name)).strip(" .-")
    short = plain.encode(errors="ignore")[:LONGEST].decode(errors="ignore").strip(" .-")
    if not short:
        return otherwise
    return f"{short}_" if _RESERVED.fullmatch(short) else short


def free_paths(folder: Path, name: str, ending: str) -> Iterator[Path]:
    """Paths to try in turn: ``Name``, ``Name 2`` …, those left out that a folder has already.

    Names that differ in case only count as one, since on other systems they are.
    """
    stem = safe_stem(name)
    known = _names(folder)
    for number in range(1, _TRIES):
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem} {number}{ending}")
        if path.name.casefold() not in known:
            yield path


def _names(folder: Path) -> set[str]:
    try:
        return {path.name.casefold() for path in folder.iterdir()}
    except OSError:
        return set()
