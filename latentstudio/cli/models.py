"""`models list` and `models install`: models by name, and how to get more."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from latentstudio.cli.arguments import Commands, Parser
from latentstudio.cli.printing import say, tell
from latentstudio.cli.progress import drive
from latentstudio.core.errors import OptionError
from latentstudio.core.texts import one_line


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("models", help="models by name, and how to get more")
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", required=True, parser_class=Parser
    )
    known = actions.add_parser("list", help="models here, and a catalogue of public ones")
    known.add_argument("--json", action="store_true", help="for programs")
    known.set_defaults(run=run_list)
    install = actions.add_parser("install", help="download a model of the catalogue")
    install.add_argument("name", metavar="NAME", help="as `models list` names it")
    install.add_argument("--yes", action="store_true", help="accept its licence without asking")
    install.set_defaults(run=run_install)


def run_list(args: argparse.Namespace) -> None:
    """Print the models that are here, and those that can be had."""
    found = facts()
    say(json.dumps(found, indent=2) if args.json else words(found))


def run_install(args: argparse.Namespace) -> None:
    """Show the licence, ask, download, and say how to use it."""
    from latentstudio.session.catalogue import entry
    from latentstudio.session.installing import install

    chosen = entry(args.name)
    tell(
        f"{chosen.title}: {chosen.about}. {chosen.family}, {chosen.resolution} × "
        f"{chosen.resolution}, about {chosen.megabytes} MB.\n"
        f"By {chosen.author}, {chosen.page}\nLicence: {chosen.licence}"
    )
    if chosen.package and not chosen.path and not args.yes:
        _ask()
    path = drive(install(chosen), f"Installing {chosen.name}")
    say(path)
    tell(f"Installed. Use it as {chosen.name}.")


def facts() -> list[dict[str, Any]]:
    """All models as plain values, those that are here first."""
    from latentstudio.generators.builtin import builtin_models
    from latentstudio.session.catalogue import catalogue

    entries = {one.name: one for one in catalogue()}
    here = builtin_models()
    return [_here(name, path, entries.get(name)) for name, path in here.items()] + [
        _there(one) for one in entries.values() if one.name not in here
    ]


def words(found: list[dict[str, Any]]) -> str:
    """The same for people."""
    width = max(len(one["name"]) for one in found)
    lines: list[str] = []
    for title, kind in (
        ("Here", lambda one: one["installed"]),
        ("To install: models install NAME", lambda one: one["installable"]),
        ("Elsewhere", lambda one: not one["installed"] and not one["installable"]),
    ):
        chosen = [one for one in found if kind(one)]
        if chosen:
            lines += ["", title] if lines else [title]
            lines += [line for one in chosen for line in _lines(one, width)]
    return "\n".join(lines)


def _here(name: str, path: Path, entry: Any) -> dict[str, Any]:
    from latentstudio.generators.builtin import models_dir

    told = _told(entry) if entry else {"name": name}
    size = path.stat().st_size / 1e6 if path.is_file() else None
    return told | {
        "installed": True,
        "installable": False,
        "built_in": not path.is_relative_to(models_dir()),
        "path": str(path),
        "megabytes": size and round(size, 1),
    }


def _there(entry: Any) -> dict[str, Any]:
    return _told(entry) | {
        "installed": False,
        "installable": entry.package is not None,
        "built_in": False,
        "path": None,
        "megabytes": entry.megabytes,
    }


def _told(entry: Any) -> dict[str, Any]:
    names = ("name", "title", "about", "family", "resolution", "licence", "author", "page")
    return {name: getattr(entry, name) for name in names}


def _lines(one: dict[str, Any], width: int) -> list[str]:
    about = "" if one["installed"] else "about "
    size = f"{about}{one['megabytes']:g} MB" if one["megabytes"] else ""
    side = f"{one['resolution']} × {one['resolution']}" if "resolution" in one else ""
    told = (one.get("family"), side, size, one.get("licence"))
    first = f"  {one_line(one['name']):<{width}}  {', '.join(text for text in told if text)}"
    if one["installed"]:
        return [first]
    gap = " " * (width + 4)
    return [first, f"{gap}{one['about']}", f"{gap}{one['page']}"]


def _ask() -> None:
    if not sys.stdin.isatty():
        raise OptionError("Nobody is here to accept the licence: add --yes to accept it.")
    tell("Install it under this licence? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise OptionError("Nothing was installed.")
