"""`density MODEL`: where the shell is, and where latents lie on it."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentstudio.cli import arguments, start
from latentstudio.cli.arguments import Commands
from latentstudio.cli.printing import say

if TYPE_CHECKING:
    from latentstudio.core.reading import LooksReading, Reading, ReferenceCurve
    from latentstudio.engine.generator import Generator
    from latentstudio.render.latents import Latents

STATES = {"on": "on the shell", "edge": "near the edge", "off": "too far"}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("density", help="where the shell is, and where latents lie")
    arguments.add_model(parser)
    arguments.add_seeds(parser, required=False)
    arguments.add_latents(parser)
    arguments.add_start(parser)
    words = "draw each picture's walk from a denser, the same and a sparser start into this folder"
    parser.add_argument("--figure", type=Path, metavar="DIR", help=words)
    arguments.add_preset(parser, required=False)
    place = "its place in the preset, from 0, for --figure"
    arguments.add_whole(parser, "--direction", place, default=0)
    words = "also how pictures look beside the model's own; learning that takes a minute, once"
    parser.add_argument("--looks", action="store_true", help=words)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Measure, and print the readings, or draw the figure."""
    start.check_start(args, required=False)
    if args.figure is not None:
        _check_figure(args)
    generator = start.open_generator(args)
    if args.figure is not None:
        say(_figure(args, generator))
        return
    found = measured(args, generator)
    say(json.dumps(found, indent=2) if args.json else words(found))


def measured(args: argparse.Namespace, generator: "Generator") -> dict[str, Any]:
    """Reference and readings as plain values; the keys are promised in the documentation."""
    if args.seeds is None and args.latents is None:
        label = _label(args, generator)
        return {**_reference(start.density_of(generator, label).curve()), "latents": []}
    from latentstudio.density.picture_judge import how_far
    from latentstudio.render.pipeline import Pipeline

    latents = start.latents_of(args, Pipeline(generator))
    rows: dict[int, dict[str, Any]] = {}
    references = []
    for group in start.groups(latents):
        density = start.density_of(generator, group.label)
        references.append((group.label, _reference(density.curve())))
        own = start.take(latents, group.rows)
        # Truncated pictures are read before their truncation, as in the window.
        fitting = Pipeline(generator, density).density_of(own) or density
        readings = fitting.readings(own.codes)
        for row, reading in zip(group.rows, readings, strict=True):
            rows[row] = _reading(reading, group.label)
        if args.looks:
            beyond = [how_far(fitting.shell, one.coordinate) for one in readings]
            judged = _looks(generator, own, group.label, beyond)
            for row, looks in zip(group.rows, judged, strict=True):
                rows[row]["looks"] = dataclasses.asdict(looks)
    found = {**references[0][1], "latents": [rows[row] for row in sorted(rows)]}
    if len(references) > 1:  # a class has a reference of its own; the first stands above
        found["classes"] = [{"class": label, **one} for label, one in references]
    return found


def _looks(
    generator: "Generator", latents: "Latents", label: int | None, beyond: list[float]
) -> "list[LooksReading]":
    """How pictures look beside the model's own; what judges them is taught the first time."""
    from latentstudio.cli.progress import drive, note
    from latentstudio.engine.generator import HasTaps
    from latentstudio.session.judging import judge_of

    judge = drive(judge_of(generator, label, note), "Learning what its pictures look like")
    assert isinstance(generator, HasTaps)
    each = (latents.take([row]) for row in range(len(latents)))
    return [
        judge.read(generator, one.codes, one.classes, far)
        for one, far in zip(each, beyond, strict=True)
    ]


def _check_figure(args: argparse.Namespace) -> None:
    from latentstudio.cli.places import check_folder
    from latentstudio.core.errors import OptionError

    if args.seeds is None:
        raise OptionError("A figure starts from pictures. Name some with --seeds.")
    check_folder(args.figure)


def _figure(args: argparse.Namespace, generator: "Generator") -> Path:
    """Draw DP-LaSE's figure of each seed; gives the folder."""
    from latentstudio.cli.directions import load_preset, pick
    from latentstudio.cli.progress import drive
    from latentstudio.document.start import Seed
    from latentstudio.document.state import Picture
    from latentstudio.render.renderer import Renderer
    from latentstudio.session.density_figure import write_page
    from latentstudio.session.library import default_directions

    if args.preset is not None:
        found = load_preset(args.preset, generator)
    else:
        found = drive(default_directions(generator), "Finding directions")
    direction = pick(found, args.direction)
    label = _label(args, generator)
    label = 0 if label is None and generator.info.classes else label
    renderer = Renderer(generator)
    renderer.directions = {direction.id: direction}
    renderer.densities = {label: start.density_of(generator, label)}
    pictures = {f"seed{seed}": Picture(Seed(seed, label, args.truncation)) for seed in args.seeds}
    folder: Path = args.figure
    drive(write_page(renderer, pictures, direction.id, folder), "Drawing")
    return folder


def _looks_words(looks: dict[str, Any]) -> str:
    from latentstudio.core.reading import LooksReading

    reading = LooksReading(**looks)
    return reading.state if reading.reliable else "hard to tell"


def words(found: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"Measured in {found['space'].upper()}: {found['reference']}."]
    lines += [_shell_words(one) for one in found.get("classes", [found])]
    lines += [_row(index, one) for index, one in enumerate(found["latents"])]
    return "\n".join(lines)


def _shell_words(one: dict[str, Any]) -> str:
    start = f"Class {one['class']}: on" if "class" in one else "On"
    ends = (*one["shell"], *one["limit"])
    return "{} the shell {:.2f} to {:.2f}, near the edge {:.2f} to {:.2f}.".format(start, *ends)


def _row(index: int, one: dict[str, Any]) -> str:
    place = f"{index:>4}  {one['coordinate']:8.3f}  {one['percentile']:5.1f} %"
    label = f"  class {one['class']}" if "class" in one else ""
    looks = f"  looks {_looks_words(one['looks'])}" if "looks" in one else ""
    return f"{place}  {STATES[one['state']]:<14} {one['side']}{label}{looks}"


def _reference(curve: "ReferenceCurve") -> dict[str, Any]:
    samples = f"{curve.samples:,}".replace(",", " ")
    return {
        "space": str(curve.space),
        "reference": f"{samples} samples, {curve.words}",
        "samples": curve.samples,
        "flat": curve.flat,
        "shell": list(curve.shell),
        "limit": list(curve.limit),
    }


def _reading(reading: "Reading", label: int | None) -> dict[str, Any]:
    found = dataclasses.asdict(reading)
    found["layers"] = list(reading.layers)
    if not reading.layers:
        del found["layers"]
    if label is not None:
        found["class"] = label
    return found


def _label(args: argparse.Namespace, generator: "Generator") -> int | None:
    from latentstudio.core.errors import OptionError

    if args.classes is None or not generator.info.classes:
        return None
    if len(args.classes) > 1 or args.classes[0] >= generator.info.classes:
        last = generator.info.classes - 1
        raise OptionError(f"Give one class from 0 to {last}, or pictures with --seeds.")
    label: int = args.classes[0]
    return label
