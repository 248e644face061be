"""A preset's directions on pictures, each of which carries its recipe where it can have one."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.arguments import PRECISIONS
from latentstudio.cli.output import picture_names
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError

if TYPE_CHECKING:
    from latentstudio.core.walk import Walk
    from latentstudio.document.direction import DirectionSet
    from latentstudio.document.state import Edit, MaskUse
    from latentstudio.engine.generator import Generator
    from latentstudio.exchange.projects import Project
    from latentstudio.render.pipeline import Move
    from latentstudio.session.batch import Task


def check(args: argparse.Namespace) -> None:
    """Check the options of recipes.

    Raises:
        OptionError: They are given where pictures can have no recipe.
    """
    if args.on is not None and (args.seeds is not None or args.latents is not None):
        raise OptionError("Give either --on or --seeds or --latents: one kind of start.")
    if args.on is None and not args.resume and not args.no_recipe:
        return
    if args.preset is None:
        raise OptionError("--on, --resume and --no-recipe need --preset: edits on many pictures.")
    if not carries_recipes(args):
        raise OptionError(
            "--on, --resume and --no-recipe need pictures that can hold a recipe: png or webp, "
            "of seeds, in float32, without --set and --tuned."
        )


def carries_recipes(args: argparse.Namespace) -> bool:
    """Whether a picture could be made again from what it says: a preset on seeds, as a file.

    Latents from a file, other arithmetic and a model that was changed by options are not told in
    recipes.
    """
    plain = args.format in ("png", "webp") and args.precision == PRECISIONS[0] and not args.set
    changed = getattr(args, "tuned", None) is not None
    begun = args.seeds is not None or args.on is not None
    return args.preset is not None and begun and plain and not changed


def draw(args: argparse.Namespace, generator: "Generator") -> list[Path]:
    """Draw the pictures that are asked for; the files written.

    Raises:
        LatentStudioError: The preset can't be read, or the folder can't be written to.
    """
    from latentstudio.session import batch
    from latentstudio.session.project_messages import MetadataChoice

    project = _project(args, generator)
    work = _work(args, project, generator)
    carried = MetadataChoice(made=True, recipe=not args.no_recipe)
    job = batch.draw(generator, project, work, args.output, args.resume, note, carried)
    return drive(job, "Rendering")


def _project(args: argparse.Namespace, generator: "Generator") -> "Project":
    from latentstudio.cli.directions import load_preset
    from latentstudio.document.state import Picture
    from latentstudio.session import batch

    found = load_preset(args.preset, generator)
    made, walk = edits(args, found)
    picture = Picture(noise=args.noise, edits=made, walk=walk)
    return batch.of_preset(found, args.model, generator, picture)


def _work(args: argparse.Namespace, project: "Project", generator: "Generator") -> "list[Task]":
    from dataclasses import replace

    from latentstudio.document.start import Seed
    from latentstudio.session import batch

    if args.on is not None:
        return batch.work_of(project, args.preset, args.format, folder=args.on)
    seeds = list(args.seeds)
    labels = list(args.classes) if args.classes else [0 if generator.info.classes else None]
    if len(labels) not in (1, len(seeds)):
        raise OptionError(
            f"{len(labels)} classes for {len(seeds)} pictures. Give one, or {len(seeds)}."
        )
    labels = labels * len(seeds) if len(labels) == 1 else labels
    names = picture_names([f"seed{seed}" for seed in seeds], args.format)
    return [
        batch.Task(
            name, replace(project.document.picture, start=Seed(seed, label, args.truncation))
        )
        for name, seed, label in zip(names, seeds, labels, strict=True)
    ]


def edits(args: argparse.Namespace, found: "DirectionSet") -> "tuple[tuple[Edit, ...], Walk]":
    """The edits of a look, or of the amounts that are given, and how they leave the start.

    Raises:
        OptionError: There is no such look or direction.
    """
    from dataclasses import replace

    from latentstudio.cli.directions import groups_off, pick, pick_look
    from latentstudio.document.region_commands import mask_use
    from latentstudio.document.state import Edit

    if args.look:
        look = pick_look(found, args.look)
        return tuple(replace(e, mask=blended(args, e.mask)) for e in look.edits), look.walk
    chosen = {index: pick(found, index) for index in args.amounts}
    made = tuple(
        Edit(
            chosen[index].id,
            amount,
            off=groups_off(chosen[index], args.groups.get(index)),
            mask=blended(args, mask_use(chosen[index])),
        )
        for index, amount in args.amounts.items()
    )
    return made, args.walk


def blended(args: argparse.Namespace, mask: "MaskUse | None") -> "MaskUse | None":
    """A mask whose edits are blended as the command line says, or as they are."""
    from dataclasses import replace

    if mask is None or args.blend is None:
        return mask
    return replace(mask, features=args.blend)


def moves(args: argparse.Namespace, found: "DirectionSet") -> "tuple[list[Move], Walk]":
    """The same as moves of codes, for pictures that can have no recipe."""
    from latentstudio.render.pipeline import Move

    known = {one.id: one for one in found.directions}
    made, walk = edits(args, found)
    return [
        Move(known[e.direction], e.amount, e.layers, e.off, e.mask)
        for e in made
        if e.on and e.amount
    ], walk
