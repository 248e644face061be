"""`tour [MODEL]`: the main job without a screen, as pictures and a page that shows them."""

import argparse
from pathlib import Path

from latentstudio.cli.arguments import Commands, add_choices
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive

MODEL = "portraits"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("tour", help="the main job without a screen, as a page")
    parser.add_argument("model", metavar="MODEL", nargs="?", default=MODEL)
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda or mps")
    add_choices(parser)
    parser.add_argument(
        "--output", type=Path, default=Path("tour"), metavar="DIR", help="default: ./tour"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the tour and print where its page is."""
    from latentstudio.cli import pages

    check_folder(args.output)
    pages.check_ours(args.output)
    from latentstudio.cli.start import open_generator
    from latentstudio.cli.tour.guide import tour

    generator = open_generator(args)
    with pages.staged(args.output) as folder:
        drive(tour(generator, folder), "Making the tour")
    say((args.output / pages.PAGE).resolve())
