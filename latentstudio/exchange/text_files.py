"""Directions and latents as text: CSV, numbers with spaces or tabs, JSON."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from latentstudio.core.errors import FileError
from latentstudio.core.files import read_file

MOST_BYTES = 64 * 2**20
ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".json")
_BETWEEN = re.compile(r"[,;\s]+")


def text_content(path: Path) -> Any:
    """An array, or rows by name; what the JSON says; None where a file is no text of numbers.

    Raises:
        FileError: It is named like text and holds something else than rows of numbers.
    """
    if path.suffix.lower() not in ENDINGS:
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(f"{path.name} is larger than any text of directions. Check the file.")
        text = read_file(path).decode("utf-8-sig")
        return _json(text) if path.suffix.lower() == ".json" else _table(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"{path.name} holds no rows of numbers. Write one direction in each line, its numbers "
            "separated by commas or spaces."
        ) from error


def _table(text: str) -> Any:
    """Lines of numbers of one length; a first line of words and names in front are understood."""
    lines = [[part for part in _BETWEEN.split(line.strip()) if part] for line in text.splitlines()]
    lines = [line for line in lines if line and not line[0].startswith("#")]
    if len(lines) > 1 and not any(map(_is_number, lines[0][1:] or lines[0])):
        lines = lines[1:]  # a heading
    names = [line[0] for line in lines if not _is_number(line[0])]
    if names and len(names) == len(lines) and min(map(len, lines)) > 1:
        rows = {name: np.array([line[1:]], np.float64)
                for name, line in zip(names, lines, strict=True)}  # fmt: skip
        if len(rows) < len(names):
            raise ValueError("a name occurs twice")
        return rows
    return np.array(lines, np.float64)


def _json(text: str) -> Any:
    """Lists of numbers as arrays, at any depth of lists and names."""
    return _arrays(json.loads(text))


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _arrays(part) for name, part in value.items()}
    if not isinstance(value, list):
        return value
    try:
        array = np.array(value, np.float64)
    except (ValueError, TypeError):
        return [_arrays(part) for part in value]
    return array if array.ndim else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
