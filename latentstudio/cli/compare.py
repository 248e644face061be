"""`compare MODEL`: which method finds the best direction for each attribute."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, pages, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.attributes import add_predictor
from latentstudio.cli.finding import MINUTES, minutes
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.cli.rank import add_only, add_show
from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_bytes
from latentstudio.core.seeds import MAX_SEED

if TYPE_CHECKING:
    from latentstudio.engine.generator import Generator
    from latentstudio.evaluate.comparing import Comparison
    from latentstudio.evaluate.contestants import Contestant
    from latentstudio.evaluate.pool import Pool
    from latentstudio.evaluate.predictor import Predictor

METHODS = "sefa,ganspace,dp-lase,voynov-babenko,warpedganspace,random"
POOL = 64
FIRST_SEED = 1000
TABLE = "table.md"
PRESETS = "presets"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("compare", help="compare methods by the attributes they find")
    arguments.add_model(parser)
    words = f"of discover's, and auto, oracle (the ceiling), random; default: {METHODS}"
    parser.add_argument("--methods", default=METHODS, metavar="LIST", help=words)
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="METHOD:k=v",
        help="an option of one method; may be given several times",
    )
    for flag, words, low, high, default in (
        ("--count", "directions of each method", 2, 512, 8),
        ("--steps", "training steps of each method that trains", 1, 10**7, 200),
        ("--frames", "pictures in a walk, an odd number", 3, 101, 5),
        ("--seed", "of every method", 0, MAX_SEED, 0),
        ("--starts", f"pictures that walks start from: seeds from {FIRST_SEED}", 2, 4096, POOL),
    ):
        arguments.add_whole(parser, flag, words, low=low, high=high, default=default)
    parser.add_argument(
        "--change",
        type=texts.of(_change),
        default=0.4,
        metavar="X",
        help="where walks end: the change of the picture, as a part of the difference of two "
        "pictures of the pool (default: 0.4)",
    )
    parser.add_argument(
        "--pool", type=Path, metavar="DIR", help="start from these pictures instead of --starts"
    )
    parser.add_argument(
        "--minutes",
        type=texts.of(minutes),
        default=MINUTES,
        metavar="M",
        help=f"how long auto looks, at most about (default: {MINUTES:g})",
    )
    parser.add_argument(
        "--measures",
        action="store_true",
        help="known-factor measures, too: DCI, MIG, SAP, FactorVAE and distortion",
    )
    arguments.add_walk(parser)
    add_predictor(parser)
    add_only(parser)
    add_show(parser)
    arguments.add_folder(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Compare, and print where the page is."""
    check_folder(args.output)
    pages.check_ours(args.output)
    contestants = _contestants(args)
    generator = start.open_generator(args)
    from latentstudio.document.direction import ModelKey
    from latentstudio.evaluate.comparing import compare
    from latentstudio.evaluate.contestants import Terms, check_contestants
    from latentstudio.evaluate.traversals import check_steps
    from latentstudio.session.predictors import choose_predictor

    check_steps(args.frames)
    terms = Terms(
        args.count, args.steps, args.seed, args.frames, args.change, args.walk, args.minutes
    )
    check_contestants(contestants, terms, generator.info)
    pool = _pool(args, generator)
    key = ModelKey.of(generator.info)
    predictor = drive(choose_predictor(args.predictor, key), "Starting plugins")
    keep = args.output / PRESETS
    search = compare(generator, contestants, pool, predictor, terms, keep, args.only)
    found = drive(search, "Comparing")
    for sentence in found.missing:
        note(f"left out: {sentence}")
    from latentstudio.evaluate.comparison_measures import CSV, as_csv
    from latentstudio.evaluate.comparison_page import comparison_page, markdown
    from latentstudio.evaluate.tables import write_tables
    from latentstudio.export.page import to_html

    table, bend = _measures(args, generator, found, predictor) if args.measures else ((), None)
    with pages.staged(args.output) as folder:
        if table:
            write_bytes(folder / CSV, as_csv(table, bend).encode())
        write_tables(found.values, found.ranking, folder, terms.count)
        write_bytes(folder / TABLE, markdown(found).encode())
        job = comparison_page(found, terms, folder, _command(args), args.show, table, bend)
        page = drive(job, "Drawing")
        write_bytes(folder / pages.PAGE, to_html(page).encode())
    say((args.output / pages.PAGE).resolve())


def _measures(
    args: argparse.Namespace,
    generator: "Generator",
    found: "Comparison",
    predictor: "Predictor",
) -> "tuple[tuple[tuple[str, ...], ...], float | None]":
    from latentstudio.evaluate.comparison_measures import measures

    return drive(measures(generator, found, predictor, args.seed), "Measuring")


def _contestants(args: argparse.Namespace) -> "list[Contestant]":
    from latentstudio.evaluate.contestants import Contestant

    names = [name.strip() for name in args.methods.split(",") if name.strip()]
    options: dict[str, list[str]] = {name: [] for name in names}
    for text in args.option:
        name, colon, pair = text.rpartition(":")
        if not colon or name not in options:
            raise OptionError(
                f"'{text}' isn't an option of a method that takes part. Write dp-lase:rate=0.003."
            )
        options[name].append(pair)
    if not names:
        raise OptionError("--methods names none.")
    return [Contestant(name, tuple(options[name])) for name in names]


def _pool(args: argparse.Namespace, generator: "Generator") -> "Pool":
    from latentstudio.evaluate.pool import read_pool
    from latentstudio.evaluate.pools import check_fits, seed_pool

    if args.pool is None:
        return seed_pool(generator, range(FIRST_SEED, FIRST_SEED + args.starts))
    pool = read_pool(args.pool)
    check_fits(generator, pool, f"The pool in {args.pool}")
    return pool


def _command(args: argparse.Namespace) -> str:
    """The command line that makes the same again."""
    said = ["latentstudio", "compare", args.model, "--methods", args.methods]
    for name in ("option", "set"):
        for text in getattr(args, name):
            said += [f"--{name}", text]
    for name in ("count", "steps", "frames", "seed", "starts", "minutes", "change", "walk", "show"):
        said += [f"--{name}", str(getattr(args, name))]
    for name in ("pool", "predictor"):
        if getattr(args, name) is not None:
            said += [f"--{name}", str(getattr(args, name))]
    if args.measures:
        said.append("--measures")
    if args.only:
        said += ["--only", ",".join(args.only)]
    return shlex.join([*said, "--output", str(args.output)])


def _change(text: str) -> float:
    value = texts.number(text)
    if not 0 < value <= 2:
        raise OptionError(f"{text} is out of range: it goes from above 0 to 2.")
    return value
