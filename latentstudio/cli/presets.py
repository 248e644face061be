"""`presets info|check|import`: what a preset holds, whether it is sound, others' directions."""

import argparse
import json
from argparse import SUPPRESS
from pathlib import Path

from latentstudio.cli import start
from latentstudio.cli.arguments import Commands, Parser, add_choices
from latentstudio.cli.places import check_file
from latentstudio.cli.progress import note
from latentstudio.core.errors import OptionError, PresetError
from latentstudio.document.direction import Direction, DirectionSet

KINDS = {"rbf": "curved path", "channels": "groups of channels"}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("presets", help="read, check and import presets")
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", required=True, parser_class=Parser
    )
    info = actions.add_parser("info", help="what a preset holds")
    info.add_argument("preset", type=Path, metavar="P.lpreset")
    info.add_argument("--json", action="store_true", help="for programs: its manifest")
    info.set_defaults(run=run_info)
    check = actions.add_parser("check", help="whether a preset is sound")
    check.add_argument("preset", type=Path, metavar="P.lpreset")
    check.set_defaults(run=run_check)
    take = actions.add_parser("import", help="directions of other projects as a preset")
    take.add_argument(
        "source", type=Path, metavar="F", help="an experiment folder of WarpedGANSpace"
    )
    take.add_argument("--model", metavar="MODEL", help="the model they are for, if it is here")
    take.add_argument("--device", default="cpu", help=SUPPRESS)
    add_choices(take)
    take.add_argument("--output", type=Path, required=True, metavar="P.lpreset")
    take.set_defaults(run=run_import)


def run_info(args: argparse.Namespace) -> None:
    """Print what the preset holds."""
    import msgspec

    from latentstudio.presets import read_preset
    from latentstudio.presets.preset_file import to_manifest

    found = read_preset(args.preset)
    if args.json:
        print(json.dumps(msgspec.to_builtins(to_manifest(found)), indent=2))
    else:
        print(words(found))


def run_check(args: argparse.Namespace) -> None:
    """Read everything in the preset; what is wrong is raised."""
    from latentstudio.presets import read_preset, read_previews
    from latentstudio.presets.kinds import problem

    found, previews = read_preset(args.preset), read_previews(args.preset)
    for one in found.directions:
        wrong = problem(one, found.model.dims)
        if wrong:
            raise PresetError(f"{args.preset.name} is broken: {one.name} {wrong}.")
    print(f"{args.preset.name} is sound: {len(found)} directions, {len(previews)} previews.")


def run_import(args: argparse.Namespace) -> None:
    """Write another project's directions as a preset and print its place."""
    check_file(args.output)
    from latentstudio.discovery.warpedganspace_files import import_folder, info_of_folder
    from latentstudio.presets import write_preset

    if args.source.is_file():
        raise OptionError(
            f"{args.source.name} is a file. Give an experiment folder of WarpedGANSpace: it holds "
            "args.json and models."
        )
    if args.model is None:
        info = info_of_folder(args.source)
        note("Only the kind of model they are for is noted. Give --model to bind them to one.")
    else:
        info = start.open_generator(args).info
    write_preset(import_folder(args.source, info), args.output)
    print(args.output)


def words(found: DirectionSet) -> str:
    """What a preset holds, for people."""
    model = found.model
    rows = {
        "Name": found.name,
        "Author": found.author,
        "Licence": found.licence,
        "Model": f"{model.family}, {model.resolution} × {model.resolution}",
        "Fingerprint": model.fingerprint,
    }
    lines = [f"{name:<12} {text or '–'}" for name, text in rows.items()]
    lines += [_row(index, one) for index, one in enumerate(found.directions)]
    return "\n".join(lines)


def _row(index: int, one: Direction) -> str:
    layers = f"layers {one.layers[0]}–{one.layers[1]}" if one.layers else "all layers"
    kind = "" if one.kind == "linear" else f"  {KINDS[one.kind]}"
    reach = f"{one.low:+g} to {one.high:+g} × {one.unit:.4g}".replace("-", "−")
    return f"{index:>4}  {one.name:<24} {one.space.upper():<3} {layers:<12} {reach}{kind}"
