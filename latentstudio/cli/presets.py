"""`presets info|check`, and with `cli.exchange` `import|export`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from latentstudio.cli import exchange
from latentstudio.cli.arguments import Commands, Parser
from latentstudio.cli.printing import say
from latentstudio.core.texts import one_line
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.looks import Look

_SHOWN = 3
KINDS = {"rbf": "curved path", "channels": "groups of channels", "local": "local"}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("presets", help="read, check, import and export presets")
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
    exchange.add(actions)


def run_info(args: argparse.Namespace) -> None:
    """Print what the preset holds."""
    import msgspec

    from latentstudio.exchange.presets import preview_names, read_preset
    from latentstudio.exchange.presets.preset_file import to_manifest

    found, shown = read_preset(args.preset), preview_names(args.preset)
    if args.json:
        said = msgspec.to_builtins(to_manifest(found)) | {"previews": shown}
        say(json.dumps(said, indent=2))
    else:
        say(words(found, shown))


def run_check(args: argparse.Namespace) -> None:
    """Read everything in the preset; what is wrong is raised."""
    from latentstudio.exchange.presets.checking import check_preset

    checked = check_preset(args.preset)
    found, looks = checked.found, len(checked.found.looks)
    said = f"{len(found)} directions, {len(checked.previews)} previews"
    more = f"{said}, {looks} {'look' if looks == 1 else 'looks'}" if looks else said
    say(f"{one_line(args.preset.name)} is sound: {more}.")
    for remark in checked.remarks:
        say(one_line(remark))


def words(found: DirectionSet, previews: Sequence[str] = ()) -> str:
    """What a preset holds, for people."""
    model = found.model
    side = f", {model.resolution} × {model.resolution}" if model.resolution else ""
    rows = {
        "Name": found.name,
        "Author": found.author,
        "Licence": found.licence,
        "Model": f"{model.family}{side}",
        "Fingerprint": model.fingerprint,
        "Previews": _few(previews),
    }
    told = {"Notes": found.notes, "Tags": ", ".join(found.tags)}
    rows |= {name: text for name, text in told.items() if text}
    lines = [f"{name:<12} {one_line(text) or '–'}" for name, text in rows.items()]
    lines += [_row(index, one) for index, one in enumerate(found.directions)]
    lines += [_look(index, look, found) for index, look in enumerate(found.looks)]
    return "\n".join(lines)


def _look(index: int, look: Look, found: DirectionSet) -> str:
    names = {one.id: one.name for one in found.directions}
    edits = [f"{one_line(names[e.direction])} {e.amount:+g}" for e in look.edits]
    return f"{f'look {index}':>8}  {one_line(look.name):<20} {', '.join(edits)}".replace("-", "−")


def _few(names: Sequence[str]) -> str:
    said = ", ".join(names[:_SHOWN])
    return f"{said} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else said


def _row(index: int, one: Direction) -> str:
    kind = "" if one.kind == "linear" else f"  {KINDS[one.kind]}"
    reach = f"{one.low:+g} to {one.high:+g} × {one.unit:.4g}".replace("-", "−")
    where = f"{one.space.upper():<3} {exchange.layer_words(one):<12}"
    return f"{index:>4}  {one_line(one.name):<24} {where} {reach}{kind}"
