"""What people write after an option, read: numbers, lists of places, amounts, groups."""

import argparse
import math
from collections.abc import Callable
from typing import TypeVar

from latentstudio.core.errors import LatentStudioError, OptionError
from latentstudio.core.seeds import MAX_SEED, parse_seeds
from latentstudio.core.spaces import Space
from latentstudio.document.state import AUTO, is_layer

T = TypeVar("T")

TRUNCATION = (-1.0, 2.0)
FARTHEST = 1e6
"""Beyond it pictures are no numbers any more, and names of files too long."""


def of(read: Callable[[str], T]) -> Callable[[str], T]:
    """A reader of our own as a `type=`; its sentence becomes the parser's complaint."""

    def convert(text: str) -> T:
        try:
            return read(text)
        except LatentStudioError as error:
            raise argparse.ArgumentTypeError(error.sentence()) from None

    return convert


def whole(text: str, low: int = 0, high: int = MAX_SEED) -> int:
    """A whole number in a range.

    Raises:
        OptionError: It is none, or out of the range.
    """
    if not text.strip().isdecimal() or not low <= int(text) <= high:
        raise OptionError(f"'{text}' is not a whole number from {low} to {high}.")
    return int(text)


def places(text: str) -> list[int]:
    """``0-7,12``: places in a list, from 0.

    Raises:
        OptionError: Not of that form.
    """
    try:
        return parse_seeds(text)
    except OptionError:
        raise OptionError(f"'{text}' isn't a list of places. Write them as 0-7,12.") from None


def number(text: str) -> float:
    """A finite number.

    Raises:
        OptionError: It is none.
    """
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise OptionError(f"'{text}' isn't a number.")
    return value


def amount(text: str) -> float:
    """How far to walk, to either side.

    Raises:
        OptionError: It is no number, or too far.
    """
    value = number(text)
    if abs(value) > FARTHEST:
        raise OptionError(f"'{text}' is too far: amounts go up to {FARTHEST:,.0f} to either side.")
    return value


def amounts(text: str) -> dict[int, float]:
    """``0=1.4,3=-2``: amounts by the direction's place in the preset.

    Raises:
        OptionError: Not of that form, or a direction twice.
    """
    found: dict[int, float] = {}
    for pair in text.split(","):
        index, equals, far = pair.partition("=")
        if not equals or not index.strip().isdecimal() or int(index) in found:
            raise OptionError(f"'{text}' isn't a list of amounts. Write them as 0=1.4,3=-2.")
        found[int(index)] = amount(far)
    return found


def blend(text: str) -> str:
    """How masked edits are blended, as `document.state.MaskUse.features` has it."""
    word, _, layer = text.partition(":")
    if word == "pixels" and not layer:
        return ""
    if word != "features" or not is_layer(layer):
        raise OptionError(f"Edits are blended by pixels, features or features:LAYER, not '{text}'.")
    return layer or AUTO


def groups(text: str) -> tuple[int, ...]:
    """``1+3``: groups of channels, counted from 1; ``none`` for none of them.

    Raises:
        OptionError: Not of that form.
    """
    parts = [] if text.strip() == "none" else [part.strip() for part in text.split("+")]
    if not all(part.isdecimal() and 0 < int(part) <= 1000 for part in parts):
        raise OptionError(f"'{text}' names no groups. Write them as 1+3, or none.")
    return tuple(int(part) - 1 for part in parts)


def groups_of(text: str) -> dict[int, tuple[int, ...]]:
    """``0=1+3,2=none``: groups by the direction's place in the preset.

    Raises:
        OptionError: Not of that form, or a direction twice.
    """
    found: dict[int, tuple[int, ...]] = {}
    for pair in text.split(","):
        index, equals, some = pair.partition("=")
        if not equals or not index.strip().isdecimal() or int(index) in found:
            raise OptionError(f"'{text}' isn't a list of groups. Write it as 0=1+3,2=4.")
        found[int(index)] = groups(some)
    return found


def space(text: str) -> Space:
    """``z``, ``w`` or ``w+``.

    Raises:
        OptionError: It is none of them.
    """
    if text.lower() not in list(Space):
        raise OptionError(f"'{text}' isn't a space: choose z, w or w+.")
    return Space(text.lower())


def classes(text: str) -> list[int]:
    """``3,7``: classes, one for all or one for each picture.

    Raises:
        OptionError: Not of that form.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise OptionError(f"'{text}' isn't a list of classes. Write numbers such as 3,7.")
    return [int(part) for part in parts]


def truncation(text: str) -> float:
    """A truncation from -1 to 2.

    Raises:
        OptionError: It is none.
    """
    value = number(text)
    low, high = TRUNCATION
    if not low <= value <= high:
        raise OptionError(f"{text} is out of range: it goes from {low:g} to {high:g}.")
    return value


def noise(text: str) -> str | int:
    """``const``, ``none``, or a seed.

    Raises:
        OptionError: It is none of them.
    """
    if text in ("const", "none"):
        return text
    if not text.isdecimal() or int(text) > MAX_SEED:
        raise OptionError(f"'{text}' is neither const, none nor a seed.")
    return int(text)
