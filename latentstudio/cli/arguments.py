"""Arguments that several commands share, and a parser whose errors are one sentence."""

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from latentstudio.core.errors import LatentStudioError, OptionError
from latentstudio.core.seeds import MAX_SEED, parse_seeds
from latentstudio.core.spaces import Space

T = TypeVar("T")
Commands = Any
"""What `add_subparsers` gives; its type has no public name."""

TRUNCATION = (-1.0, 2.0)
PRECISIONS = ("float32", "float16", "bfloat16")
WALKS = ("linear", "preserve", "geodesic")


class Parser(argparse.ArgumentParser):
    """Raises its complaints instead of printing the usage and leaving."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, **kwargs)
        # What may follow an option though it begins with a dash; argparse's own knows no exponents.
        self._negative_number_matcher = re.compile(r"-(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")

    def error(self, message: str) -> NoReturn:
        """One sentence, and where to find out more.

        Raises:
            OptionError: Always.
        """
        said = message.removeprefix("argument ").rstrip(".")
        raise OptionError(f"{said[:1].upper()}{said[1:]}. See {self.prog} --help.")


def of(read: Callable[[str], T]) -> Callable[[str], T]:
    """A reader of our own as a `type=`; its sentence becomes the parser's complaint."""

    def convert(text: str) -> T:
        try:
            return read(text)
        except LatentStudioError as error:
            raise argparse.ArgumentTypeError(error.sentence()) from None

    return convert


def add_model(parser: Parser) -> None:
    """MODEL, --device, and --set for what a file leaves open."""
    parser.add_argument("model", metavar="MODEL", help="a file, a folder or a name: portraits")
    parser.add_argument(
        "--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1 or mps"
    )
    add_choices(parser)


def add_choices(parser: Parser) -> None:
    """--set, for what a model's file leaves open."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what the model's file leaves open and was guessed (see inspect): activation=silu",
    )


def add_seeds(parser: Parser, *, required: bool) -> None:
    """--seeds."""
    parser.add_argument(
        "--seeds",
        type=of(parse_seeds),
        required=required,
        metavar="LIST",
        help="for example 0-7,42",
    )


def add_latents(parser: Parser) -> None:
    """--latents and the space they are in."""
    parser.add_argument(
        "--latents",
        type=Path,
        metavar="F.npy",
        help="latents to use as they are: (N, dim), for w+ (N, layers, dim)",
    )
    parser.add_argument(
        "--space",
        type=of(_space),
        metavar="z|w|w+",
        help="the space of the latents given (default: z)",
    )


def add_start(parser: Parser) -> None:
    """--classes and --truncation."""
    parser.add_argument(
        "--classes",
        type=of(_classes),
        metavar="LIST",
        help="one class for all, or one for each picture: 3,7",
    )
    parser.add_argument(
        "--truncation",
        type=of(_truncation),
        default=1.0,
        metavar="X",
        help="1 leaves the style code as drawn, 0 is the mean (default: 1)",
    )


def add_output(parser: Parser) -> None:
    """--noise, --precision, --format and --output."""
    add_noise(parser)
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default=PRECISIONS[0],
        help="the pictures' arithmetic; half is faster where the device has it (default: float32)",
    )
    parser.add_argument("--format", choices=("png", "webp", "npy"), default="png")
    add_folder(parser)


def add_folder(parser: Parser) -> None:
    """--output, a folder."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")


def add_noise(parser: Parser) -> None:
    """--noise."""
    parser.add_argument(
        "--noise",
        type=of(_noise),
        default="const",
        metavar="const|none|SEED",
        help="noise inputs: as stored, off, or drawn from a seed (default: const)",
    )


def add_walk(parser: Parser) -> None:
    """--walk."""
    parser.add_argument(
        "--walk",
        choices=WALKS,
        default="linear",
        help="straight, or along the shell where the training pictures lie (default: linear)",
    )


def whole(text: str, low: int = 0, high: int = MAX_SEED) -> int:
    """A whole number in a range.

    Raises:
        OptionError: It is none, or out of the range.
    """
    if not text.strip().isdecimal() or not low <= int(text) <= high:
        raise OptionError(f"'{text}' is no whole number from {low} to {high}.")
    return int(text)


def places(text: str) -> list[int]:
    """``0-7,12``: places in a list, from 0.

    Raises:
        OptionError: Not of that form.
    """
    try:
        return parse_seeds(text)
    except OptionError:
        raise OptionError(f"'{text}' is no list of places. Write them as 0-7,12.") from None


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
        raise OptionError(f"'{text}' is no number.")
    return value


def amounts(text: str) -> dict[int, float]:
    """``0=1.4,3=-2``: amounts by the direction's place in the preset.

    Raises:
        OptionError: Not of that form, or a direction twice.
    """
    found: dict[int, float] = {}
    for pair in text.split(","):
        index, equals, amount = pair.partition("=")
        if not equals or not index.strip().isdecimal() or int(index) in found:
            raise OptionError(f"'{text}' is no list of amounts. Write them as 0=1.4,3=-2.")
        found[int(index)] = number(amount)
    return found


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
            raise OptionError(f"'{text}' is no list of groups. Write it as 0=1+3,2=4.")
        found[int(index)] = groups(some)
    return found


def _space(text: str) -> Space:
    if text.lower() not in list(Space):
        raise OptionError(f"'{text}' is no space: choose z, w or w+.")
    return Space(text.lower())


def _classes(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise OptionError(f"'{text}' is no list of classes. Write numbers such as 3,7.")
    return [int(part) for part in parts]


def _truncation(text: str) -> float:
    value = number(text)
    low, high = TRUNCATION
    if not low <= value <= high:
        raise OptionError(f"{text} is out of range: it goes from {low:g} to {high:g}.")
    return value


def _noise(text: str) -> str | int:
    if text in ("const", "none"):
        return text
    if not text.isdecimal() or int(text) > MAX_SEED:
        raise OptionError(f"'{text}' is neither const, none nor a seed.")
    return int(text)
