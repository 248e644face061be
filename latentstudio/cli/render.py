"""`render MODEL`: pictures of seeds or latents, with or without directions applied."""

import argparse
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.output import picture_names, write_images
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive
from latentstudio.core.errors import OptionError

if TYPE_CHECKING:
    from latentstudio.document.direction import DirectionSet
    from latentstudio.render.pipeline import Move


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("render", help="pictures of seeds or latents")
    arguments.add_model(parser)
    arguments.add_seeds(parser, required=False)
    arguments.add_latents(parser)
    arguments.add_start(parser)
    arguments.add_preset(parser, "directions to apply, with --amounts")
    parser.add_argument(
        "--amounts",
        type=texts.of(texts.amounts),
        metavar="LIST",
        help="how far, by the direction's place in the preset: 0=1.4,3=-2",
    )
    parser.add_argument(
        "--groups",
        type=texts.of(texts.groups_of),
        default={},
        metavar="LIST",
        help="groups of channels that follow, from 1, by the direction's place: 0=1+3,2=none "
        "(default: as the preset has them)",
    )
    arguments.add_walk(parser)
    arguments.add_output(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Render and print the files written."""
    _check(args)
    generator = start.open_generator(args)
    from latentstudio.cli.directions import load_preset
    from latentstudio.cli.masked import drawn_with_masks
    from latentstudio.render.pipeline import Pipeline

    pipeline = Pipeline(start.drawing(generator, args.precision))
    latents = start.latents_of(args, pipeline)
    drawn = None
    if args.amounts:
        found = load_preset(args.preset, generator)
        moves = _moves(args, found)
        drawn = drawn_with_masks(pipeline, latents, moves, args.walk, args.noise, found)
        latents = start.walked(generator, latents, moves, args.walk)
    stems = [f"seed{seed}" for seed in args.seeds] if args.seeds else [""] * len(latents)
    names = picture_names(stems, args.format)
    job = write_images(pipeline, latents, args.noise, args.output, names, drawn)
    for path in drive(job, "Rendering"):
        say(path)


def _check(args: argparse.Namespace) -> None:
    start.check_start(args, required=True)
    if args.groups.keys() - (args.amounts or {}).keys():
        raise OptionError("--groups belong to directions of --amounts: give an amount for each.")
    if (args.preset is None) != (args.amounts is None):
        raise OptionError("--preset and --amounts belong together: which directions, and how far.")
    check_folder(args.output)


def _moves(args: argparse.Namespace, found: "DirectionSet") -> "list[Move]":
    from latentstudio.cli.directions import groups_off, pick
    from latentstudio.render.pipeline import Move
    from latentstudio.session.local_ways import mask_use

    chosen = {index: pick(found, index) for index in args.amounts}
    return [
        Move(
            chosen[index],
            amount,
            off=groups_off(chosen[index], args.groups.get(index)),
            mask=mask_use(chosen[index]),
        )
        for index, amount in args.amounts.items()
    ]
