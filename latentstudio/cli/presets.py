"""`presets info|check`: what a preset holds, and whether it is sound."""

import argparse
import json
from pathlib import Path

from latentstudio.cli.arguments import Commands, Parser
from latentstudio.document.direction import Direction, DirectionSet


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("presets", help="what a preset holds, and whether it is sound")
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

    found, previews = read_preset(args.preset), read_previews(args.preset)
    print(f"{args.preset.name} is sound: {len(found)} directions, {len(previews)} previews.")


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
    reach = f"{one.low:+g} to {one.high:+g} × {one.unit:.4g}".replace("-", "−")
    return f"{index:>4}  {one.name:<24} {one.space.upper():<3} {layers:<12} {reach}"
