"""`recipe PICTURE`: how a picture was made, as the picture itself says."""

import argparse
import json
from pathlib import Path

from latentstudio.cli import project
from latentstudio.cli.arguments import Commands
from latentstudio.cli.printing import say


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("recipe", help="how a picture was made, as it says itself")
    parser.add_argument("picture", type=Path, metavar="PICTURE")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the recipe."""
    found = project.read(args.picture)
    say(json.dumps(project.facts(found), indent=2) if args.json else project.words(found))
