"""`attributes DIR`: a predictor applied to every picture that `traverse` made."""

import argparse
from pathlib import Path

from latentstudio.cli import arguments
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_file
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note

FILE = "attributes.npz"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("attributes", help="read attributes off traversals")
    arguments.add_traversals(parser)
    add_predictor(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="F.npz|F.json",
        help=f"default: {FILE} in DIR",
    )
    parser.set_defaults(run=run)


def add_predictor(parser: argparse.ArgumentParser) -> None:
    """--predictor."""
    parser.add_argument(
        "--predictor",
        metavar="ID",
        help="what reads the attributes: measures works on any model (default: the one made "
        "for the model, else measures)",
    )


def run(args: argparse.Namespace) -> None:
    """Read, and print the file."""
    from latentstudio.evaluate.attributes import read_attributes
    from latentstudio.evaluate.traversals import read_traversals
    from latentstudio.evaluate.values import check_ending, write_values
    from latentstudio.session.predictors import choose_predictor

    output = args.output or args.traversals / FILE
    check_ending(output)
    check_file(output)
    found = read_traversals(args.traversals)
    predictor = drive(choose_predictor(args.predictor, found.model), "Starting plugins")
    if args.predictor is None:
        note(f"read by {predictor.id} ({predictor.title.lower()}).")
    values = drive(read_attributes(args.traversals, found, predictor), "Reading attributes")
    write_values(values, output)
    say(output)
