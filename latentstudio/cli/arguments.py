"""Arguments that several commands share, and a parser whose errors are one sentence."""

import argparse
import re
from pathlib import Path
from typing import Any, NoReturn

from latentstudio.cli import texts
from latentstudio.core.errors import OptionError
from latentstudio.core.seeds import MAX_SEED, parse_seeds
from latentstudio.core.texts import sentence_case
from latentstudio.core.walk import WALKS, parse_walk

Commands = Any
"""What `add_subparsers` gives; its type has no public name."""

PRECISIONS = ("float32", "float16", "bfloat16")


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
        raise OptionError(f"{sentence_case(said)}. See {self.prog} --help.")


def add_model(parser: Parser) -> None:
    """MODEL, --device, --tuned, and --set for what a file leaves open."""
    parser.add_argument("model", metavar="MODEL", help="a file, a folder or a name: portraits")
    parser.add_argument(
        "--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1 or mps"
    )
    parser.add_argument(
        "--tuned",
        type=Path,
        metavar="F.safetensors",
        help="what invert --tune fitted to a picture: the model draws as it does with that",
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
        type=texts.of(parse_seeds),
        required=required,
        metavar="LIST",
        help="for example 0-7,42",
    )


def add_latents(parser: Parser) -> None:
    """--latents and the space they are in."""
    parser.add_argument(
        "--latents",
        type=Path,
        metavar="FILE",
        help="latents to use as they are: (N, dim), for w+ (N, layers, dim) or (layers, dim); "
        ".npy, .npz, .pt, .pkl, .csv",
    )
    parser.add_argument(
        "--space",
        type=texts.of(texts.space),
        metavar="z|w|w+",
        help="the space of the latents given (default: as the file says; else w+ for as many rows "
        "as the model has layers, else z)",
    )


def add_start(parser: Parser) -> None:
    """--classes and --truncation."""
    parser.add_argument(
        "--classes",
        type=texts.of(texts.classes),
        metavar="LIST",
        help="one class for all, or one for each picture: 3,7",
    )
    parser.add_argument(
        "--truncation",
        type=texts.of(texts.truncation),
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
        type=texts.of(texts.noise),
        default="const",
        metavar="const|none|SEED",
        help="noise inputs: as stored, off, or drawn from a seed (default: const)",
    )


def add_preset(parser: Parser, words: str = "", *, required: bool = False) -> None:
    """--preset."""
    parser.add_argument(
        "--preset", type=Path, required=required, metavar="F.lpreset", help=words or None
    )


def add_traversals(parser: Parser) -> None:
    """The folder that the command traverse wrote."""
    parser.add_argument(
        "traversals", type=Path, metavar="DIR", help="what the command traverse wrote"
    )


def add_whole(
    parser: Parser,
    flag: str,
    words: str,
    *,
    low: int = 0,
    high: int = MAX_SEED,
    default: int | None = None,
    required: bool = False,
    metavar: str = "N",
) -> None:
    """An option that is a whole number in a range.

    Args:
        parser: Gets it.
        flag: For example ``--steps``.
        words: What `--help` says; the default is added, where there is one.
        low: Least value.
        high: Greatest value.
        default: Its value where it is not given.
        required: It can't be left out.
        metavar: What stands for the number in `--help`.
    """
    parser.add_argument(
        flag,
        type=texts.of(lambda text: texts.whole(text, low, high)),
        default=default,
        required=required,
        metavar=metavar,
        help=words if default is None else f"{words} (default: {default})",
    )


def add_walk(parser: Parser) -> None:
    """--walk."""
    parser.add_argument(
        "--walk",
        type=_walk,
        choices=WALKS,
        default=WALKS[0],
        help="straight (or linear), or along the shell where the training pictures lie "
        "(default: straight)",
    )


def add_blend(parser: Parser) -> None:
    """--blend."""
    parser.add_argument(
        "--blend",
        type=texts.of(texts.blend),
        metavar="HOW",
        help="how edits end at their masks: pixels (nothing outside changes), features (the "
        "network joins both), or features:LAYER (default: as the preset has it)",
    )


def _walk(name: str) -> str:
    """A walk; other words are left for the parser to complain of."""
    try:
        return parse_walk(name)
    except ValueError:
        return name
