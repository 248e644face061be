"""`traverse MODEL`: every direction of a preset walked from every latent of a pool."""

import argparse
from pathlib import Path

from latentstudio.cli import arguments, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError

STEPS = 9


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "traverse", help="strips and animations of all directions on a pool"
    )
    arguments.add_model(parser)
    arguments.add_preset(parser, required=True)
    parser.add_argument(
        "--pool", type=Path, required=True, metavar="DIR", help="what the command pool wrote"
    )
    parser.add_argument(
        "--directions",
        type=texts.of(texts.places),
        metavar="LIST",
        help="some of them, by their place in the preset: 0-7,12 (default: all)",
    )
    words = "pictures of a walk, an odd number with the start in the middle"
    arguments.add_whole(parser, "--steps", words, default=STEPS, metavar="K")
    parser.add_argument(
        "--reach",
        type=texts.of(texts.amount),
        metavar="A",
        help="amount at both ends, in the direction's units (default: its range)",
    )
    arguments.add_walk(parser)
    parser.add_argument("--animation", choices=("webp", "gif", "none"), default="webp")
    arguments.add_folder(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Walk, and print the folder."""
    from latentstudio.cli.directions import load_own, pick
    from latentstudio.evaluate.pool import read_pool
    from latentstudio.evaluate.traversals import check_steps

    check_steps(args.steps)
    check_folder(args.output)
    pool = read_pool(args.pool)
    generator = start.open_generator(args)
    from latentstudio.evaluate.pools import check_fits
    from latentstudio.evaluate.traversing import plan, traverse

    preset = load_own(args.preset, generator)
    places = range(len(preset)) if args.directions is None else args.directions
    directions = [pick(preset, index) for index in places]
    if len(set(places)) < len(directions):
        raise OptionError("A direction is named twice in --directions. Name each once.")
    check_fits(generator, pool, f"The pool in {args.pool}")
    animation = "" if args.animation == "none" else f".{args.animation}"
    wanted = plan(
        generator,
        pool,
        directions,
        walk=args.walk,
        steps=args.steps,
        reach=args.reach,
        animation=animation,
    )
    known = drive(traverse(generator, pool, directions, wanted, args.output), "Walking")
    if known:
        note(f"{known} of {len(directions)} directions were there already.")
    say(args.output)
