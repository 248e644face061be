"""`rank DIR`: which direction changes which attribute, as JSON, CSV and a page."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, pages
from latentstudio.cli.arguments import Commands
from latentstudio.cli.attributes import FILE
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive
from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_bytes

if TYPE_CHECKING:
    from latentstudio.evaluate.traversals import Traversals
    from latentstudio.evaluate.values import Values

TOP = 3
MOST_STARTS = 16


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("rank", help="rank directions by the attributes they change")
    arguments.add_traversals(parser)
    parser.add_argument(
        "--attributes",
        type=Path,
        metavar="F.npz|F.json",
        help=f"what the command attributes wrote (default: {FILE} in DIR)",
    )
    add_only(parser)
    words = "best directions listed for each attribute"
    arguments.add_whole(parser, "--top", words, low=1, high=1000, default=TOP)
    add_show(parser)
    arguments.add_folder(parser)
    parser.set_defaults(run=run)


def add_only(parser: argparse.ArgumentParser) -> None:
    """--only."""
    parser.add_argument(
        "--only",
        type=lambda text: [name.strip() for name in text.split(",") if name.strip()],
        default=[],
        metavar="NAMES",
        help="rank by some attributes: glasses,beard (selectivity is among these)",
    )


def add_show(parser: arguments.Parser) -> None:
    """--show."""
    words = "pictures of the pool shown walking"
    arguments.add_whole(parser, "--show", words, low=1, high=MOST_STARTS, default=2)


def run(args: argparse.Namespace) -> None:
    """Rank, and print where the page is."""
    from latentstudio.evaluate.ranking_page import ranking_page
    from latentstudio.evaluate.tables import rank_values, write_tables
    from latentstudio.evaluate.traversals import read_strip, read_traversals
    from latentstudio.evaluate.values import read_values
    from latentstudio.export.page import to_html

    check_folder(args.output)
    pages.check_ours(args.output)
    walks = read_traversals(args.traversals)
    found = read_values(args.attributes or args.traversals / FILE)
    _check_same(found, walks)
    ranking = rank_values(found, args.only)
    with pages.staged(args.output) as folder:
        write_tables(found, ranking, folder, args.top)
        job = ranking_page(
            found,
            ranking,
            lambda direction, start: read_strip(args.traversals, walks, direction, start),
            folder,
            args.show,
        )
        page = drive(job, "Drawing the page")
        write_bytes(folder / pages.PAGE, to_html(page).encode())
    say((args.output / pages.PAGE).resolve())


def _check_same(found: "Values", walks: "Traversals") -> None:
    about = found.record
    ids = tuple(one.id for one in walks.directions)
    amounts = tuple(tuple(walks.amounts(i)) for i in range(len(ids)))
    there = (walks.model, walks.pool, walks.starts, walks.walk, ids, amounts)
    read = (about.model, about.pool, about.starts, about.walk, about.directions, about.amounts)
    if there != read:
        raise OptionError(
            "The attributes were read off other traversals than these. Run attributes again."
        )
