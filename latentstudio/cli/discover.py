"""`discover MODEL`: find directions and keep them in a preset."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, start
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_file
from latentstudio.cli.progress import drive, note
from latentstudio.core.seeds import MAX_SEED
from latentstudio.presets import write_preset

if TYPE_CHECKING:
    from latentstudio.engine.generator import Generator


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("discover", help="find directions and keep them in a preset")
    arguments.add_model(parser)
    parser.add_argument("--method", required=True, metavar="NAME", help="sefa or ganspace")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="k=v",
        help="an option of the method; may be given several times",
    )
    parser.add_argument(
        "--steps",
        type=arguments.of(arguments.whole),
        metavar="N",
        help="training steps, for methods that train",
    )
    parser.add_argument(
        "--seed",
        type=arguments.of(arguments.whole),
        default=0,
        metavar="N",
        help=f"0 to {MAX_SEED} (default: 0)",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="F.lpreset")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Discover, write the preset and print its place."""
    check_file(args.output)
    generator = start.open_generator(args)
    from latentstudio.session.library import discover

    job = discover(generator, args.method, _pairs(args, generator), args.seed)
    found = drive(job, f"Running {args.method}")
    write_preset(found, args.output)
    print(args.output)


def _pairs(args: argparse.Namespace, generator: "Generator") -> list[str]:
    """--option and, where the method has them, --steps."""
    from latentstudio.core.options import describe
    from latentstudio.discovery.registry import METHODS

    pairs = list(args.option)
    if args.steps is None or args.method not in METHODS:
        return pairs
    if any(info.name == "steps" for info in describe(METHODS[args.method].options)):
        return [*pairs, f"steps={args.steps}"]
    note(f"{args.method} does not train: --steps is ignored.")
    return pairs
