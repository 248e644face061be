"""`project info|render`: what a project, or a picture with its recipe, holds, and its pictures."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentstudio.cli import arguments
from latentstudio.cli.arguments import Commands, Parser
from latentstudio.cli.opening import opened
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import OptionError, ProjectError
from latentstudio.core.texts import one_line

if TYPE_CHECKING:
    from latentstudio.exchange.projects import Project

FILE = "F.lstudio"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("project", help="what a project holds, and its pictures")
    actions = parser.add_subparsers(
        title="actions", metavar="ACTION", required=True, parser_class=Parser
    )
    info = actions.add_parser("info", help="what a project holds")
    info.add_argument("project", type=Path, metavar=FILE)
    info.add_argument("--json", action="store_true", help="for programs")
    info.set_defaults(run=run_info)
    _add_render(actions)


def _add_render(actions: Any) -> None:
    render = actions.add_parser("render", help="its picture, or its edits on other pictures")
    render.add_argument("project", type=Path, metavar=FILE, help="or a picture with a recipe")
    render.add_argument("--output", type=Path, required=True, metavar="DIR")
    render.add_argument("--format", choices=("png", "webp", "psd"), default="png")
    render.add_argument("--snapshots", action="store_true", help="its snapshots, too")
    arguments.add_seeds(render, required=False)
    render.add_argument(
        "--on", type=Path, metavar="FOLDER", help="its edits on the pictures with recipes there"
    )
    render.add_argument("--resume", action="store_true", help="leave out what is done already")
    render.add_argument("--model", default="", metavar="MODEL", help="where its model is now")
    render.add_argument(
        "--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1 or mps"
    )
    render.set_defaults(run=run_render)


def run_info(args: argparse.Namespace) -> None:
    """Print what the project holds."""
    project = read(args.project)
    if args.json:
        say(json.dumps(facts(project), indent=2))
    else:
        say(words(project))


def run_render(args: argparse.Namespace) -> None:
    """Draw its pictures and print the files written."""
    if args.seeds is not None and args.on is not None:
        raise OptionError("Give either --seeds or --on, not both.")
    check_folder(args.output)
    project = read(args.project)
    from latentstudio.session import batch

    work = batch.work_of(project, args.project, args.format, args.snapshots, args.seeds, args.on)
    ref = args.model or project.model.path
    generator = opened(ref, args.device)
    generator = batch.read_as_noted(generator, project)
    if generator.info.fingerprint != project.model.key.fingerprint:
        note(f"{ref} is not the model this was made with, or has changed: pictures will differ.")
    job = batch.draw(generator, project, work, args.output, args.resume, note)
    for path in drive(job, "Rendering"):
        say(path)


def read(path: Path) -> "Project":
    """A project, or the recipe in a picture.

    Raises:
        ProjectError: It is neither.
    """
    from latentstudio.exchange.projects import read_project
    from latentstudio.exchange.projects.recipe import read_recipe
    from latentstudio.export.metadata import ENDINGS

    if path.suffix.lower() not in ENDINGS:
        return read_project(path)
    found = read_recipe(path) if path.is_file() else None
    if found is None:
        raise ProjectError(
            f"There is no recipe in {path}. Only PNG and WebP saved with it have one."
        )
    return found


def facts(project: "Project") -> dict[str, Any]:
    """What the project holds, as plain values."""
    from latentstudio.exchange import documents

    doc, key = project.document, project.model.key
    values = documents.to_values(doc)
    return {
        "program": project.program,
        "saved": project.saved,
        "model": {
            "path": project.model.path,
            "name": project.model.name,
            "fingerprint": key.fingerprint,
            "family": key.family,
            "resolution": key.resolution,
            "dims": dict(key.dims),
        },
        "picture": values["picture"],
        "snapshots": values["snapshots"],
        "steps": {"done": len(project.steps.done), "undone": len(project.steps.undone)},
        "directions": [
            {"id": d.id, "name": doc.name_of(d.id, d.name), "kind": d.kind, "space": d.space,
             "method": d.method}
            for d in project.directions.directions
        ],
        "arrays": {digest: list(a.shape) for digest, a in project.arrays.items()},
        "pixels": project.pixels,
    }  # fmt: skip


def words(project: "Project") -> str:
    """What the project holds, for people."""
    doc, model = project.document, project.model
    names = {d.id: doc.name_of(d.id, d.name) for d in project.directions.directions}
    start = doc.picture.start
    edits = [f"{names.get(e.direction, e.direction)} {e.amount:+g}" for e in doc.picture.edits]
    rows = {
        "Model": f"{model.name} ({model.path})",
        "Fingerprint": model.key.fingerprint,
        "Start": f"seed {doc.picture.seed}" if doc.picture.seed is not None else "a latent",
        "Class": "" if start.label is None else str(start.label),
        "Truncation": f"{start.truncation:g}",
        "Walk": doc.picture.walk,
        "Edits": ", ".join(edits),
        "Snapshots": ", ".join(shot.name for shot in doc.snapshots),
        "Steps": f"{len(project.steps.done)} to undo, {len(project.steps.undone)} to redo",
        "Saved by": f"LatentStudio {project.program}",
    }
    return "\n".join(f"{name:<12} {one_line(text) or '–'}" for name, text in rows.items())
