"""`discover MODEL --method auto` and `--method by-example`: what needs more than one method."""

import argparse
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, texts
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError

if TYPE_CHECKING:
    from latentstudio.core.progress import Job
    from latentstudio.document.direction import DirectionSet
    from latentstudio.engine.generator import Generator

AUTO, BY_EXAMPLE = "auto", "by-example"
MINUTES = 5.0
_MOST_MINUTES = 24 * 60.0
_OWN = {"minutes": AUTO, "has": BY_EXAMPLE, "lacks": BY_EXAMPLE}
_FLAGS = {"minutes": "--minutes", "has": "--with", "lacks": "--without"}
_OTHERS = ("steps", "checkpoint_every", "resume", "tensorboard", "preset", "direction")


def add_options(parser: arguments.Parser) -> None:
    """Describe the options of both."""
    parser.add_argument(
        "--minutes",
        type=texts.of(minutes),
        metavar="M",
        help=f"for auto: how long to look, at most about (default: {MINUTES:g})",
    )
    for flag, name, words in (
        ("--with", "has", "for by-example: seeds of pictures that have it, such as 3,17,40"),
        ("--without", "lacks", "for by-example: seeds of pictures that don't, such as 5,8,21"),
    ):
        parser.add_argument(flag, dest=name, type=texts.of(texts.places), metavar="S", help=words)


def finds(method: str) -> bool:
    """Whether a method is one of these two."""
    return method in (AUTO, BY_EXAMPLE)


def set_aside(args: argparse.Namespace, but: str = "") -> None:
    """Put options back that belong to another method, with a note."""
    for name, method in _OWN.items():
        if getattr(args, name) is not None and method != but:
            note(f"{_FLAGS[name]} is for {method}: it is ignored.")
            setattr(args, name, None)


def run(args: argparse.Namespace, generator: "Generator") -> None:
    """Find, write the preset and print its place."""
    from latentstudio.exchange.presets import write_preset
    from latentstudio.exchange.previews import write_with_previews

    set_aside(args, args.method)
    if args.option:
        raise OptionError(f"{args.method} has no options. Leave --option out.")
    for name in _OTHERS:
        if getattr(args, name) not in (None, False):
            note(f"{args.method} has no use for --{name.replace('_', '-')}: it is ignored.")
    find = _auto if args.method == AUTO else _by_example
    found = find(args, generator)
    write_preset(found, args.output)
    drive(write_with_previews(generator, found, args.output, note), "Making preview pictures")
    say(args.output)


def _auto(args: argparse.Namespace, generator: "Generator") -> "DirectionSet":
    from latentstudio.document.direction import ModelKey
    from latentstudio.evaluate.finding import SearchOptions, find
    from latentstudio.evaluate.measures import MEASURES
    from latentstudio.session.predictors import choose_predictor

    key = ModelKey.of(generator.info)
    predictor = drive(choose_predictor(None, key), "Starting plugins")
    wish = SearchOptions(args.minutes or MINUTES, args.seed or 0)
    named = None if predictor is MEASURES else predictor
    found = drive(_told(find(generator, wish, named)), "Finding directions")
    for place, one in enumerate(found.directions):
        note(f"{place:3d}  {one.name} ({one.method})")
    return found


def _told(job: "Job[DirectionSet]") -> "Job[DirectionSet]":
    """Say after each method what it brought."""
    while True:
        try:
            step = next(job)
        except StopIteration as stop:
            found: DirectionSet = stop.value
            return found
        if step.preview is not None:
            note(f"{step.message}; {len(step.preview)} directions so far")
        yield step


def _by_example(args: argparse.Namespace, generator: "Generator") -> "DirectionSet":
    from latentstudio.evaluate.examples import from_seeds

    if args.has is None or args.lacks is None:
        raise OptionError("by-example needs marks: --with 3,17,40 --without 5,8,21.")
    job = from_seeds(generator, args.has, args.lacks, seed=args.seed or 0)
    found = drive(job, "Learning from examples")
    facts = found.directions[0].measured
    note(
        f"How sure: {facts['sure']}. {facts['told apart']} of {facts['marks']} marks are told "
        "apart when left out."
    )
    return found


def minutes(text: str) -> float:
    """How long a search may take, from a text of the command line.

    Raises:
        OptionError: It is no such number.
    """
    value = texts.number(text)
    if not 0 < value <= _MOST_MINUTES:
        raise OptionError(f"{text} is out of range: minutes go from above 0 to a day.")
    return value
