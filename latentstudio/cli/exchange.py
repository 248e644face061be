"""`presets import|export`: directions of other projects as a preset, and a preset for those."""

import argparse
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from latentstudio.cli import start
from latentstudio.cli.arguments import add_choices
from latentstudio.cli.places import check_file, check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.cli.texts import number, of, space
from latentstudio.core.errors import OptionError
from latentstudio.core.layer_range import read_range
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.session.preset_export import FORMS


def add(actions: Any) -> None:
    """Describe both actions."""
    take = actions.add_parser("import", help="directions of other projects as a preset")
    take.add_argument(
        "source",
        type=Path,
        metavar="F",
        help="vectors (.npy, .npz, .safetensors, .pt, .pkl) or an experiment folder of "
        "WarpedGANSpace",
    )
    take.add_argument("--model", metavar="MODEL", help="the model they are for, if it is here")
    take.add_argument("--device", default="cpu", help=SUPPRESS)
    add_choices(take)
    take.add_argument(
        "--space", type=of(space), metavar="z|w|w+", help="where they live (default: what fits)"
    )
    take.add_argument(
        "--layers", type=of(layers), metavar="4-7", help="layers they are for (default: all)"
    )
    take.add_argument(
        "--unit",
        type=of(unit),
        metavar="U",
        help="length of a step of 1 (default: what the file says, else the model's standard "
        "deviation along each, else 1)",
    )
    take.add_argument("--output", type=Path, required=True, metavar="P.lpreset")
    take.set_defaults(run=run_import)
    give = actions.add_parser("export", help="a preset's directions for other programs")
    give.add_argument("preset", type=Path, metavar="P.lpreset")
    give.add_argument("--format", choices=FORMS, default=FORMS[0])
    give.add_argument("--output", type=Path, required=True, metavar="DIR")
    give.set_defaults(run=run_export)


def run_import(args: argparse.Namespace) -> None:
    """Write another project's directions as a preset and print its place."""
    check_file(args.output)
    from latentstudio.exchange.from_vectors import METHOD
    from latentstudio.exchange.import_options import ImportOptions
    from latentstudio.exchange.presets import write_preset
    from latentstudio.exchange.previews import write_with_previews
    from latentstudio.session.imports import adopted, read

    generator = start.open_generator(args) if args.model is not None else None
    wanted = ImportOptions(args.space, args.layers, args.unit)
    found = drive(read(args.source, generator, wanted, note), "Reading directions")
    if any(one.method == METHOD for one in found.directions):
        note(f"{assumed(found)} Change it with --space, --layers and --unit.")
    if generator is None:
        kind = "Only the kind of model they are for is noted." if found.model.family else ""
        note(f"{kind or 'No model is noted.'} Give --model to bind them to one.")
        write_preset(found, args.output)
    else:
        found = adopted(found, args.source, generator.info, note)
        job = write_with_previews(generator, found, args.output, note)
        drive(job, "Making preview pictures")
    say(args.output)


def run_export(args: argparse.Namespace) -> None:
    """Write a preset's directions as plain files and print their places."""
    check_folder(args.output)
    from latentstudio.exchange.presets import read_preset
    from latentstudio.session.preset_export import export

    found, told = read_preset(args.preset), list[str]()
    job = export(found, args.format, args.output, told.append)
    for path in drive(job, "Exporting directions"):
        say(path)
    for sentence in told:
        note(sentence)


def assumed(found: DirectionSet) -> str:
    """How vectors were read, as a sentence."""
    first = found.directions[0]
    units = sorted({f"{one.unit:.4g}": one.unit for one in found.directions}.items(),
                   key=lambda pair: pair[1])  # fmt: skip
    size = units[0][0] if len(units) == 1 else f"{units[0][0]} to {units[-1][0]}"
    count = "1 direction" if len(found) == 1 else f"{len(found)} directions"
    return f"Read as {count} in {first.space.upper()}, {layer_words(first)}, with a unit of {size}."


def layer_words(one: Direction) -> str:
    """``all layers``, ``layer 5`` or ``layers 4–7``."""
    if one.layers is None:
        return "all layers"
    first, last = one.layers
    return f"layer {first}" if first == last else f"layers {first}–{last}"


def layers(text: str) -> tuple[int, int] | None:
    """``4-7`` or ``5``: first and last layer; None for all.

    Raises:
        OptionError: Not of that form.
    """
    try:
        return read_range(text)
    except ValueError:
        raise OptionError(f"'{text}' is not a range of layers. Write it as 4-7 or 5.") from None


def unit(text: str) -> float:
    """A number above 0.

    Raises:
        OptionError: It is none.
    """
    value = number(text)
    if value <= 0:
        raise OptionError(f"'{text}' isn't a unit: it must be above 0.")
    return value
