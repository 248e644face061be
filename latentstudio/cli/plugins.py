"""`plugins list|check|enable|disable`: what is there, what runs, and whether one is sound."""

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.arguments import Commands, Parser
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import FileError, PluginError
from latentstudio.core.texts import one_line

if TYPE_CHECKING:
    from latentstudio.plugin_host.check import Line
    from latentstudio.plugin_host.host import PluginStatus

STATES = {
    "on": "on",
    "allowed": "on",  # it starts with the first file that needs it
    "off": "off",
    "ask": "not allowed yet",
    "broken": "failed",
}


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("plugins", help="plugins: list, check, switch on and off")
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", required=True, parser_class=Parser
    )
    known = actions.add_parser("list", help="plugins that are here")
    known.add_argument("--json", action="store_true", help="for programs")
    known.set_defaults(run=run_list)
    check = actions.add_parser("check", help="run a plugin's code and check what it promises")
    check.add_argument("folder", type=Path, metavar="FOLDER")
    check.add_argument(
        "--model",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a model to check it on (default: those in FOLDER/examples)",
    )
    check.set_defaults(run=run_check)
    enable = actions.add_parser("enable", help="allow a plugin as it is now, and switch it on")
    enable.add_argument("id", metavar="ID")
    enable.set_defaults(run=run_enable)
    disable = actions.add_parser("disable", help="switch a plugin off")
    disable.add_argument("id", metavar="ID")
    disable.set_defaults(run=run_disable)


def run_list(args: argparse.Namespace) -> None:
    """Print the plugins; runs none of them."""
    from latentstudio.plugin_host.host import PluginHost

    found = PluginHost().statuses()
    say(json.dumps([*map(dataclasses.asdict, found)], indent=2) if args.json else words(found))


def run_check(args: argparse.Namespace) -> None:
    """Print what was checked.

    Raises:
        PluginError: Something fails.
    """
    from latentstudio.plugin_host.check import check_plugin

    if not args.folder.is_dir():
        raise FileError(f"There is no folder {args.folder}. Check the path.")
    lines = drive(check_plugin(args.folder, args.model), "Checking the plugin")
    say(checked(lines))
    wrong = sum(bool(line.problem) for line in lines)
    if wrong:
        raise PluginError(f"{wrong} of {len(lines)} checks fail.")


def run_enable(args: argparse.Namespace) -> None:
    """Allow it, start it, and say what that means."""
    from latentstudio.session.models import PLUGINS

    shipped = {one.id for one in PLUGINS.statuses() if one.shipped}
    if args.id not in shipped:
        note("a plugin is a program and can do all that you can. Allow those you trust.")
    drive(PLUGINS.enable(args.id), "Starting the plugin")
    say(f"{args.id} is on.")


def run_disable(args: argparse.Namespace) -> None:
    """Switch it off."""
    from latentstudio.session.models import PLUGINS

    PLUGINS.disable(args.id)
    say(f"{args.id} is off.")


def words(found: "Sequence[PluginStatus]") -> str:
    """Plugins for people, a line for each and one for what is wrong with it."""
    lines = []
    width = max((len(one.id) for one in found), default=0)
    for one in found:
        place = "shipped" if one.shipped else "yours"
        text = one_line(one.description or ", ".join(one.provides))
        id, version = one_line(one.id), one_line(one.version)
        lines.append(f"{id:<{width}} {version:<6} {place:<8} {STATES[one.state]:<16} {text}")
        if one.problem:
            lines.append(f"{'':<{width}} {one_line(one.problem)}")
    return "\n".join(lines) or "There are no plugins."


def checked(lines: "Sequence[Line]") -> str:
    """What was checked, a line for each."""
    return "\n".join(
        one_line(f"fails  {line.title}: {line.problem}" if line.problem else f"holds  {line.title}")
        for line in lines
    )
