"""`walk MODEL`: pictures along one direction, and where they stand."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from latentstudio.cli import arguments, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.output import picture_names, write_images
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.spaces import Ability, Space
from latentstudio.document.direction import Direction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from latentstudio.engine.generator import Generator
    from latentstudio.render.pipeline import Latents, Pipeline

LATENTS = "latents.npy"
MOST = 1000


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("walk", help="pictures along one direction")
    arguments.add_model(parser)
    arguments.add_preset(parser, required=True)
    arguments.add_whole(parser, "--direction", "its place in the preset, from 0", required=True)
    arguments.add_seeds(parser, required=False)
    arguments.add_latents(parser)
    distance = texts.of(texts.amount)
    ends = "in the direction's units (default: its range)"
    parser.add_argument("--from", dest="low", type=distance, metavar="A", help=ends)
    parser.add_argument("--to", dest="high", type=distance, metavar="B", help=ends)
    words = f"pictures for each seed, both ends included, 1 to {MOST}"
    arguments.add_whole(parser, "--steps", words, low=1, high=MOST, default=7, metavar="K")
    parser.add_argument(
        "--groups",
        type=texts.of(texts.groups),
        metavar="1+3",
        help="groups of channels that follow, for a direction that has some, from 1 "
        "(default: as the preset has it)",
    )
    arguments.add_walk(parser)
    arguments.add_blend(parser)
    arguments.add_start(parser)
    arguments.add_output(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Walk, and print the files written."""
    start.check_start(args, required=True)
    check_folder(args.output)
    generator = start.open_generator(args)
    from latentstudio.cli.directions import groups_off, load_preset, pick
    from latentstudio.cli.masked import drawn_with_masks
    from latentstudio.cli.preset_pictures import blended
    from latentstudio.document.region_commands import mask_use
    from latentstudio.export.arrays import save_array
    from latentstudio.render.pipeline import Move, Pipeline

    found = load_preset(args.preset, generator)
    direction = pick(found, args.direction)
    pipeline = Pipeline(start.drawing(generator, args.precision))
    low = direction.low if args.low is None else args.low
    high = direction.high if args.high is None else args.high
    amounts = np.linspace(low, high, args.steps).tolist()
    starts = _starts(args, pipeline, len(amounts))
    count = len(starts) // len(amounts)
    off = groups_off(direction, args.groups)
    every = Move(direction, amounts * count, off=off, mask=blended(args, mask_use(direction)))
    drawn = drawn_with_masks(pipeline, starts, [every], args.walk, args.noise, found)
    latents = start.walked(generator, starts, [every], args.walk)
    firsts = [f"seed{seed}" for seed in args.seeds or ()] or [f"{i}" for i in range(count)]
    stems = [f"{first}_{amount:+.2f}" for first in firsts for amount in amounts]
    names = picture_names(stems, args.format)
    job = write_images(pipeline, latents, args.noise, args.output, names, drawn)
    written = drive(job, "Walking")
    save_array(args.output / LATENTS, in_space(latents, direction, generator))
    for path in (*written, args.output / LATENTS):
        say(path)


def _starts(args: argparse.Namespace, pipeline: "Pipeline", steps: int) -> "Latents":
    """Where the walks begin, each as often as it has steps.

    Seeds are mapped in the batch that is walked, as `traverse` does, so that both make the same
    pictures to the last bit.
    """
    if args.seeds is None:
        given = start.latents_of(args, pipeline)
        return given.take(_each(range(len(given)), steps))
    classes = args.classes
    if classes and len(classes) == len(args.seeds):
        classes = _each(classes, steps)
    return pipeline.from_seeds(_each(args.seeds, steps), classes, args.truncation)


def in_space(
    latents: "Latents", direction: Direction, generator: "Generator"
) -> "NDArray[np.float32]":
    """Latents in the direction's space: (N, dim), or (N, layers, dim) in W+.

    A direction of W that applies to some layers only leads to codes that differ by layer;
    those can only be given in W+, which is said in a note.
    """
    codes = latents.codes
    layers = generator.info.code_layers
    if direction.space is Space.Z and Ability.MAPPING in generator.info.abilities:
        if latents.z is None:
            raise ValueError("a walk in Z starts from z")
        found = latents.z
    elif direction.space is Space.WPLUS:
        found = codes
    elif direction.layers is not None and direction.layers != (0, layers - 1):
        note(f"{direction.name} changes some layers only, so {LATENTS} is in W+.")
        found = codes
    else:
        found = codes[:, 0]
    array: NDArray[np.float32] = found.cpu().numpy()
    return array


def _each(values: Sequence[int], times: int) -> list[int]:
    """Every value several times in a row: seed-major."""
    return [value for value in values for _ in range(times)]
