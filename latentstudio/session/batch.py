"""The pictures of a project, or its edits on many pictures, written to a folder; can go on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from latentstudio.core.errors import LatentStudioError, OptionError
from latentstudio.core.file_names import safe_stem
from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.engine.generator import Generator, HasChoices
from latentstudio.exchange.projects import ModelRef, Project
from latentstudio.exchange.projects.project import pixels_digest
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import save_pixels
from latentstudio.export.layered import PSD
from latentstudio.export.metadata import ENDINGS, MADE, PictureMetadata
from latentstudio.generators.choices import recorded_choices
from latentstudio.render.renderer import Renderer
from latentstudio.session.layer_export import save_layers
from latentstudio.session.remaking import Report, lost_edits, renderer_for


@dataclass(frozen=True, slots=True)
class Task:
    """One picture to be drawn.

    Attributes:
        name: Of its file, with the ending that picks the format.
        picture: What it shows.
    """

    name: str
    picture: Picture


def work_of(
    project: Project,
    source: Path,
    ending: str,
    snapshots: bool = False,
    seeds: Sequence[int] | None = None,
    folder: Path | None = None,
) -> list[Task]:
    """What is to be drawn of a project.

    Args:
        project: Its picture, or its edits as a look.
        source: The project's file; pictures are called after it.
        ending: ``png`` or ``webp``.
        snapshots: The snapshots, too.
        seeds: Its edits on the pictures of these seeds.
        folder: Its edits on the pictures there that hold a recipe.

    Raises:
        OptionError: The folder holds no picture with a recipe.
    """
    doc = project.document
    if seeds is not None:
        was = doc.picture.start
        starts = [Seed(number, was.label, was.truncation) for number in seeds]
        return [
            Task(f"seed{start.seed:06d}.{ending}", replace(doc.picture, start=start))
            for start in starts
        ]
    if folder is not None:
        return _on_folder(doc.picture, folder, ending)
    tasks = [Task(f"{safe_stem(source.stem)}.{ending}", doc.picture)]
    if snapshots:
        tasks += [
            Task(f"{number:02d}-{safe_stem(shot.name, 'Snapshot')}.{ending}", shot.picture)
            for number, shot in enumerate(doc.snapshots, 1)
        ]
    return tasks


def _on_folder(look: Picture, folder: Path, ending: str) -> list[Task]:
    """The look's edits on the start of every picture with a recipe, in the order of names."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        recipe = read_recipe(path) if path.suffix.lower() in ENDINGS else None
        if recipe is not None:
            picture = replace(look, start=recipe.document.picture.start)
            found.append(Task(f"{safe_stem(path.stem)}.{ending}", picture))
    if not found:
        raise OptionError(f"{folder} holds no picture with a recipe. Choose another folder.")
    return found


def read_as_noted(generator: Generator, project: Project) -> Generator:
    """The model with what a person had decided of how its file is read, where that fits it."""
    if not project.model.reading or not isinstance(generator, HasChoices):
        return generator
    record = asdict(generator.choices) | dict(project.model.reading)
    made: Generator = generator.with_choices(recorded_choices(type(generator.choices), record))
    return made


def draw(
    generator: Generator,
    project: Project,
    work: Sequence[Task],
    folder: Path,
    resume: bool,
    report: Report,
) -> Job[list[Path]]:
    """Draw pictures one after the other; each file is whole, and carries its recipe.

    Args:
        generator: The model.
        project: Brings the directions, masks and latents.
        work: What to draw.
        folder: Where to; made if it is not there.
        resume: Leave out what is there already as it would be drawn.
        report: Told what a person should hear.

    Yields:
        A step for every picture.

    Returns:
        The files that were written.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full; each file that is there is whole.
    """
    renderer = yield from renderer_for(generator, project, [t.picture for t in work], report)
    lost = {id for task in work for id in lost_edits(renderer, task.picture)}
    if lost:
        report(f"{len(lost)} directions are not in the file and not known here: left out.")
    written = []
    for number, task in enumerate(work, 1):
        path = folder / task.name
        alone = _alone(generator, project, task.picture)
        if path.suffix == PSD:
            if not (resume and path.is_file()):
                written.append((yield from _layers(renderer, project, task.picture, path)))
        elif not (resume and _is_done(path, alone)):
            pixels = renderer.saved(task.picture)
            text = recipe_text(replace(alone, pixels=pixels_digest(pixels)))
            save_pixels(pixels, path, metadata=PictureMetadata(MADE, text))
            written.append(path)
        yield Step(number / len(work), f"Picture {number} of {len(work)}")
    return written


def _layers(renderer: Renderer, project: Project, picture: Picture, path: Path) -> Job[Path]:
    names = {id: one.name for id, one in renderer.directions.items()}
    return save_layers(renderer, picture, path, {**names, **dict(project.document.names)})


def _alone(generator: Generator, project: Project, picture: Picture) -> Project:
    """A project of one picture."""
    info = generator.info
    doc = Document(project.model.path, info.fingerprint, picture, project.document.names)
    ref = ModelRef(project.model.path, info.name, ModelKey.of(info), project.model.reading)
    return replace(project, steps=Steps(doc), model=ref, saved=0.0)


def _is_done(path: Path, wanted: Project) -> bool:
    """Whether a file holds the very picture that is wanted, of the same model."""
    try:
        found = read_recipe(path) if path.is_file() else None
    except LatentStudioError:
        return False
    if found is None:
        return False
    same = found.document.picture == wanted.document.picture
    return same and found.document.fingerprint == wanted.document.fingerprint
