"""Layer ranges as people write them: ``all``, ``3`` or ``4-7``, both ends included."""

import re

from latentstudio.core.errors import OptionError

Range = tuple[int, int]
_WRITTEN = re.compile(r"(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?", re.ASCII)
_ALL = ("", "all")


def read_range(text: str) -> Range | None:
    """First and last layer as written, or None where it is all of them.

    Whether a model has these layers is not asked; see `parse_layers`.

    Raises:
        ValueError: It is no layer range.
    """
    text = text.strip()
    if text.lower() in _ALL:
        return None
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"not a layer range: {text!r}")
    first, last = int(found[1]), int(found[2] or found[1])
    if first > last:
        raise ValueError(f"the range ends before it begins: {text!r}")
    return first, last


def parse_layers(text: str, count: int) -> Range | None:
    """First and last layer of a model that has `count` of them, or None where it is all.

    Raises:
        OptionError: Not a layer range, or layers that the model doesn't have.

    Example:
        >>> parse_layers("4-7", 10), parse_layers("0–9", 10)
        ((4, 7), None)
    """
    try:
        found = read_range(text)
    except ValueError:
        raise OptionError(
            f"layers can't be '{text}'. Write all, one layer, or a range as 4-7."
        ) from None
    if found is None or found == (0, count - 1):
        return None
    if found[1] >= count:
        raise OptionError(f"layers can't be '{text}': this model has layers 0 to {count - 1}.")
    return found
