"""Names for files, made of what is in them."""

import re
from collections.abc import Iterable
from pathlib import Path

_MOST, _LONGEST = 3, 80
_ODD = re.compile(r"[^\w.+-]+")


def picture_name(model: str, start: str, edits: Iterable[tuple[str, float]]) -> str:
    """A name without ending, such as ``portraits-591_glasses+1.4_smile-0.5``.

    Args:
        model: The model's name.
        start: The seed, or another word for what it starts from.
        edits: Names and amounts; the three largest are named.
    """
    largest = sorted(edits, key=lambda edit: -abs(edit[1]))[:_MOST]
    parts = [f"{tidy(model)}-{start}", *(f"{tidy(name)}{by:+.1f}" for name, by in largest)]
    while len("_".join(parts)) > _LONGEST and len(parts) > 1:
        parts.pop()
    return "_".join(parts)[:_LONGEST]


def tidy(text: str) -> str:
    """A text as a part of a file's name."""
    return _ODD.sub("-", text).strip("-.").lower() or "picture"


def free(path: Path) -> Path:
    """The path, or with a number behind it where there is a file already."""
    found, number = path, 1
    while found.exists() and number < 1000:
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
