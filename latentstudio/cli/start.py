"""From arguments to an open model and the latents to work on."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentstudio.cli.opening import opened
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError
from latentstudio.core.spaces import Ability, GeneratorInfo, Space
from latentstudio.core.walk import Walk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentstudio.density.reference import Density
    from latentstudio.engine.generator import Generator
    from latentstudio.render.pipeline import Latents, Move, Pipeline

_USES = {
    "classes": (Ability.CLASSES, None, "This model has no classes: --classes is ignored."),
    "truncation": (
        Ability.TRUNCATION,
        1.0,
        "This model has no truncation: --truncation is ignored.",
    ),
    "noise": (Ability.NOISE, "const", "This model has no noise inputs: --noise is ignored."),
}


def open_generator(args: argparse.Namespace) -> "Generator":
    """Open MODEL, and set options aside that it has no use for, with a note.

    Raises:
        LatentStudioError: There is no such model, or it can't be read.
    """
    from latentstudio.session.models import with_choices

    generator = opened(args.model, args.device)
    generator = with_choices(generator, args.set)
    if getattr(args, "tuned", None) is not None:
        generator = _tuned(generator, args.tuned)
    ignore_useless(args, generator.info)
    return generator


def _tuned(generator: "Generator", path: Path) -> "Generator":
    from latentstudio.inversion.tuning_file import read_tuning, with_tuning

    return drive(with_tuning(generator, read_tuning(path, generator)), "Opening the model")


def drawing(generator: "Generator", precision: str) -> "Generator":
    """The model as it makes the pictures that are written; all else is computed exactly.

    Raises:
        OptionError: It does not compute in this precision where it is.
    """
    from latentstudio.engine.precision import in_precision
    from latentstudio.session.opening import offered, usable

    possible = offered(generator)
    if precision not in possible:
        raise OptionError(
            f"This model does not compute in {precision} on this device ({generator.device}). "
            f"Possible: {', '.join(possible)}."
        )
    return in_precision(generator, usable(generator, precision, note))


def ignore_useless(args: argparse.Namespace, info: GeneratorInfo) -> None:
    """Put options back to their defaults that this model has no use for."""
    for name, (ability, default, said) in _USES.items():
        if getattr(args, name, default) != default and ability not in info.abilities:
            setattr(args, name, default)
            note(said)


def check_start(args: argparse.Namespace, *, required: bool) -> None:
    """Check that the latents are given one way.

    Raises:
        OptionError: Seeds and latents both, neither where one is required, or a space alone.
    """
    if args.seeds is not None and args.latents is not None:
        raise OptionError("Give either --seeds or --latents, not both.")
    if required and args.seeds is None and args.latents is None:
        raise OptionError("Say which pictures: --seeds 0-7 or --latents F.npy.")
    if args.space is not None and args.latents is None:
        raise OptionError("--space says where --latents live: give those too.")


def latents_of(args: argparse.Namespace, pipeline: "Pipeline") -> "Latents":
    """The latents of --seeds or --latents.

    Raises:
        LatentStudioError: They can't be read, or don't fit the model.
    """
    if args.seeds is not None:
        return pipeline.from_seeds(args.seeds, args.classes, args.truncation)
    array, space = given_latents(args, pipeline.generator.info)
    return pipeline.from_array(array, space, args.classes, args.truncation)


def given_latents(
    args: argparse.Namespace, info: GeneratorInfo
) -> "tuple[NDArray[np.floating[Any]], Space]":
    """The array of --latents and the space it is in: (N, dim), or (N, layers, dim) in W+.

    Raises:
        LatentStudioError: It can't be read.
    """
    from latentstudio.exchange.vector_files import placed_latents, read_latents

    array, said = drive(read_latents(args.latents), "Reading latents")
    return placed_latents(array, args.space, said, info)


def take(latents: "Latents", rows: Sequence[int]) -> "Latents":
    """Some of the latents, in the order of `rows`; a row may be taken more than once."""
    return latents.take(rows)


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures of one class: each class has its own density.

    Attributes:
        label: The class, None in an unconditional model.
        rows: Which of the latents they are.
    """

    label: int | None
    rows: list[int]


def groups(latents: "Latents") -> list[Group]:
    """Latents by class, in the order of first appearance."""
    if latents.classes is None:
        return [Group(None, list(range(len(latents))))]
    found: dict[int, list[int]] = {}
    for row, label in enumerate(latents.classes.tolist()):
        found.setdefault(label, []).append(row)
    return [Group(label, rows) for label, rows in found.items()]


def density_of(generator: "Generator", label: int | None) -> "Density":
    """The density of one class, measured or from the cache."""
    from latentstudio.store.densities import reference

    return drive(reference(generator, label, note), "Measuring the density")


def walked(
    generator: "Generator", latents: "Latents", moves: Sequence["Move"], walk: Walk
) -> "Latents":
    """Apply directions along a walk, each class in its own density.

    Args:
        generator: The model.
        latents: Where to start, N of them.
        moves: Directions, each with one amount or with N.
        walk: How to go.

    Returns:
        N latents, in the same order.
    """
    from latentstudio.render.pipeline import Latents, Pipeline

    if walk == "straight":
        return Pipeline(generator).apply(latents, moves, walk)
    parts, order = [], []
    for group in groups(latents):
        pipeline = Pipeline(generator, density_of(generator, group.label))
        own = [for_rows(move, group.rows) for move in moves]
        parts.append(pipeline.apply(take(latents, group.rows), own, walk))
        order += group.rows
    if len(parts) == 1:
        return parts[0]
    back = sorted(range(len(order)), key=order.__getitem__)
    return take(Latents.joined(parts), back)


def for_rows(move: "Move", rows: Sequence[int]) -> "Move":
    """A move of some of the pictures only."""
    if isinstance(move.amounts, (int, float)):
        return move
    return replace(move, amounts=[move.amounts[row] for row in rows])
