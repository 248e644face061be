"""`render MODEL`: pictures of seeds or latents, with or without directions applied."""

import argparse
from pathlib import Path

from latentstudio.cli import arguments, preset_pictures, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.output import picture_names, write_images
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive
from latentstudio.core.errors import OptionError


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
    parser.add_argument(
        "--look",
        metavar="NAME",
        help="a look of the preset, by its name or number: its edits, amounts and walk",
    )
    arguments.add_walk(parser)
    arguments.add_blend(parser)
    parser.add_argument(
        "--on",
        type=Path,
        metavar="FOLDER",
        help="with --preset: the pictures with recipes there, in place of --seeds",
    )
    parser.add_argument(
        "--resume", action="store_true", help="with --preset: leave out what is done already"
    )
    parser.add_argument(
        "--no-recipe",
        action="store_true",
        help="with --preset: the pictures don't say how they were made",
    )
    arguments.add_output(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Render and print the files written."""
    _check(args)
    generator = start.open_generator(args)
    if preset_pictures.carries_recipes(args):
        for path in preset_pictures.draw(args, generator):
            say(path)
        return
    from latentstudio.cli.directions import load_preset
    from latentstudio.cli.masked import drawn_with_masks
    from latentstudio.render.pipeline import Pipeline

    pipeline = Pipeline(start.drawing(generator, args.precision))
    latents = start.latents_of(args, pipeline)
    drawn = None
    if args.preset is not None:
        found = load_preset(args.preset, generator)
        moves, walk = preset_pictures.moves(args, found)
        drawn = drawn_with_masks(pipeline, latents, moves, walk, args.noise, found)
        latents = start.walked(generator, latents, moves, walk)
    stems = [f"seed{seed}" for seed in args.seeds] if args.seeds else [""] * len(latents)
    names = picture_names(stems, args.format)
    job = write_images(pipeline, latents, args.noise, args.output, names, drawn)
    for path in drive(job, "Rendering"):
        say(path)


def _check(args: argparse.Namespace) -> None:
    start.check_start(args, required=args.on is None)
    preset_pictures.check(args)
    if args.groups.keys() - (args.amounts or {}).keys():
        raise OptionError("--groups belong to directions of --amounts: give an amount for each.")
    if args.look and (args.preset is None or args.amounts is not None):
        raise OptionError("--look needs --preset and takes the place of --amounts.")
    if not args.look and (args.preset is None) != (args.amounts is None):
        raise OptionError("--preset and --amounts belong together: which directions, and how far.")
    check_folder(args.output)
