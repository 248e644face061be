"""`region MODEL`: directions that change one part of a picture, or of several."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_file
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError
from latentstudio.core.files import write_bytes
from latentstudio.exchange.presets import write_preset

if TYPE_CHECKING:
    from latentstudio.document.direction import DirectionSet
    from latentstudio.engine.generator import Generator
    from latentstudio.engine.jacobian import Jacobian
    from latentstudio.region.masks import Mask

BOX = "box:"
MOST = 512


@dataclass(frozen=True, slots=True)
class Area:
    """--mask: a PNG, or a box in pixels of the picture."""

    path: Path | None = None
    box: tuple[int, ...] = ()

    def mask(self, size: tuple[int, int]) -> "Mask":
        """The mask for a picture of this height and width: (height, width), 0 to 1."""
        from latentstudio.region.mask_files import read_mask
        from latentstudio.region.masks import box_mask

        if self.path is not None:
            return read_mask(self.path, size)
        x, y, width, height = self.box
        return box_mask(size, x, y, width, height)


def add(commands: Commands) -> None:
    """Describe the command."""
    from latentstudio.region import registry

    parser = commands.add_parser("region", help="find directions of one part of a picture")
    arguments.add_model(parser)
    arguments.add_seeds(parser, required=False)
    arguments.add_latents(parser)
    parser.add_argument(
        "--mask",
        type=texts.of(_area),
        required=True,
        metavar="F.png|box:x,y,w,h",
        help="where pictures may change: white in a PNG, or a box in the picture's pixels",
    )
    default, *others = registry.METHODS
    names = " or ".join((default, *others))
    parser.add_argument(
        "--method", default=default, metavar="NAME", help=f"{names} (default: {default})"
    )
    parser.add_argument(
        "--count",
        type=texts.of(_count),
        default=6,
        metavar="K",
        help=f"how many directions, 1 to {MOST} (default: 6)",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="k=v",
        help="an option of the method; may be given several times",
    )
    parser.add_argument(
        "--path",
        default="straight",
        metavar="PATH",
        help="straight, curved (found anew at each step), feedback (what has leaked is undone, "
        "too), or refined (each point leaks as little as it can); the last three for one picture "
        "(default: straight)",
    )
    parser.add_argument(
        "--protect", action="store_true", help="pixels outside the mask stay as they are"
    )
    parser.add_argument(
        "--basis",
        default="axes",
        metavar="BASIS",
        help="axes, or pool: in the order that matters most to the model's own pictures "
        "(default: axes)",
    )
    parser.add_argument(
        "--hold",
        type=Path,
        metavar="F.lpreset",
        help="find no directions: hold one of this preset to the mask",
    )
    arguments.add_whole(
        parser, "--direction", "its place in that preset, from 0 (default: 0)", default=0
    )
    arguments.add_start(parser)
    arguments.add_noise(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="F.lpreset")
    parser.add_argument(
        "--report", type=Path, metavar="R.json", help="what was found, for programs"
    )
    parser.add_argument(
        "--jacobian",
        type=Path,
        metavar="J.safetensors",
        help="write the first picture's derivative by its code: (H, W, C, dim)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Find local directions, write them and print their figures."""
    start.check_start(args, required=True)
    for path in filter(None, (args.output, args.report, args.jacobian)):
        check_file(path)
    generator = start.open_generator(args)
    if args.hold is not None:
        _hold(args, generator)
        return
    from latentstudio.region.registry import options_for
    from latentstudio.render.pipeline import Pipeline
    from latentstudio.session.local_discovery import find_and_measure, record
    from latentstudio.session.local_naming import named
    from latentstudio.session.local_walks import LocalWalk

    options = options_for(args.method, args.option)
    mask = args.mask.mask(generator.info.size)
    latents = start.latents_of(args, Pipeline(generator))
    walk = LocalWalk(args.path, args.protect, args.basis)
    job = find_and_measure(generator, latents, args.noise, mask, options, args.count, walk)
    found = drive(job, "Finding local directions")
    if len(found.directions) < args.count:
        note(f"{args.method} finds {len(found.directions)} directions here, not {args.count}.")
    naming = named(Pipeline(generator), latents, args.noise, mask, found.directions)
    directions = drive(naming, "Naming what was found")
    _write(args, generator, directions)
    if args.jacobian is not None:
        write_bytes(args.jacobian, _jacobian_bytes(found.jacobian))
    report = record(found, generator.info)
    for row, one in zip(report["directions"], directions.directions, strict=True):
        row["name"] = one.name
    _tell(args, report)


def _hold(args: argparse.Namespace, generator: "Generator") -> None:
    """Hold a direction of a preset to the mask, write it and print its figures."""
    from latentstudio.cli.directions import load_preset, pick
    from latentstudio.render.pipeline import Pipeline
    from latentstudio.session.holding import hold, record

    known = pick(load_preset(args.hold, generator), args.direction)
    mask = args.mask.mask(generator.info.size)
    latents = start.latents_of(args, Pipeline(generator))
    job = hold(generator, latents, args.noise, mask, known, args.protect)
    found = drive(job, "Holding it to the region")
    _write(args, generator, found.directions)
    _tell(args, record(found, known.name))


def _tell(args: argparse.Namespace, report: dict[str, object]) -> None:
    """The report as a file where one is wanted, and in words."""
    if args.report is not None:
        write_bytes(args.report, json.dumps(report, indent=2).encode())
    say(words(report))
    say(args.output)


def _write(args: argparse.Namespace, generator: "Generator", found: "DirectionSet") -> None:
    """The preset, with previews of the picture it was made for."""
    if args.seeds is None:  # given latents are no picture that a preset could name
        write_preset(found, args.output)
        return
    from latentstudio.document.start import Seed
    from latentstudio.document.state import Picture
    from latentstudio.exchange.previews import write_with_previews

    label = args.classes[0] if args.classes else None
    shown = Picture(Seed(args.seeds[0], label, args.truncation), args.noise)
    drive(
        write_with_previews(generator, found, args.output, note, shown), "Making preview pictures"
    )


def words(report: dict[str, object]) -> str:
    """The report for people: a line for each direction."""
    lines = ["direction  strength  local   leak  at 0.25  name"]
    rows = report["directions"]
    assert isinstance(rows, list)
    for index, row in enumerate(rows):
        leak, level = (_figure(row[key]) for key in ("leak", "leak_at_0.25"))
        figures = f"{row['strength']:8.4f}  {row['locality']:5.0%}  {leak:>5}  {level:>7}"
        lines.append(f"{index:>9}  {figures}  {row.get('name', '')}".rstrip())
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _jacobian_bytes(found: "Jacobian") -> bytes:
    import safetensors.torch

    tensors = {"jacobian": found.values, "codes": found.codes.cpu().contiguous()}
    layers = "all" if found.layers is None else "{}-{}".format(*found.layers)
    return safetensors.torch.save(tensors, {"layers": layers})


def _area(text: str) -> Area:
    if not text.startswith(BOX):
        return Area(path=Path(text))
    parts = [part.strip() for part in text.removeprefix(BOX).split(",")]
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 7 for part in parts):
        raise OptionError(f"'{text}' isn't a box. Write box:x,y,w,h in pixels.")
    return Area(box=tuple(int(part) for part in parts))


def _count(text: str) -> int:
    return texts.whole(text, 1, MOST)
