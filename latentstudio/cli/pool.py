"""`pool MODEL`: latents to try directions on, kept with their pictures."""

import argparse
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, start
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive
from latentstudio.core.errors import OptionError

if TYPE_CHECKING:
    from latentstudio.engine.generator import Generator
    from latentstudio.evaluate.pool import Pool

DEFAULT = 16
MOST = 100_000


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("pool", help="keep latents and pictures to try directions on")
    arguments.add_model(parser)
    arguments.add_seeds(parser, required=False)
    words = f"the seeds 0 to N − 1 (default: {DEFAULT})"
    arguments.add_whole(parser, "--count", words, low=1, high=MOST)
    arguments.add_latents(parser)
    arguments.add_start(parser)
    arguments.add_noise(parser)
    arguments.add_folder(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the pool and print where it is."""
    if args.count is not None and (args.seeds is not None or args.latents is not None):
        raise OptionError("--count names the seeds 0 to N − 1: give no --seeds and no --latents.")
    start.check_start(args, required=False)
    check_folder(args.output)
    generator = start.open_generator(args)
    from latentstudio.evaluate.pools import check_place, write_pool

    check_place(args.output)
    drive(write_pool(generator, _pool(args, generator), args.output), "Making the pool")
    say(args.output)


def _pool(args: argparse.Namespace, generator: "Generator") -> "Pool":
    from latentstudio.evaluate.pools import latent_pool, seed_pool

    more = (args.classes, args.truncation, args.noise)
    if args.latents is not None:
        latents, space = start.given_latents(args, generator.info)
        return latent_pool(generator, latents, space, (), *more)
    return seed_pool(generator, args.seeds or list(range(args.count or DEFAULT)), *more)
