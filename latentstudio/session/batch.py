"""The pictures of a project, or its edits on many pictures, written to a folder; can go on."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from latentstudio.core import files
from latentstudio.core.errors import LatentStudioError, OptionError
from latentstudio.core.file_names import safe_stem
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Array, MemoryAssets
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.document.history import Steps
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Document, Picture
from latentstudio.engine.generator import Generator, HasChoices
from latentstudio.exchange.projects import ModelRef, Project
from latentstudio.exchange.projects.project import gathered, pixels_digest
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import Pixels, save_pixels
from latentstudio.export.layered import PSD
from latentstudio.export.metadata import ENDINGS, MADE, PictureMetadata
from latentstudio.generators.choices import recorded_choices
from latentstudio.render.renderer import Renderer
from latentstudio.session.layer_export import save_layers
from latentstudio.session.project_messages import EVERYTHING, MetadataChoice
from latentstudio.session.remaking import Report, lost_edits, renderer_for


@dataclass(frozen=True, slots=True)
class Task:
    """One picture to be drawn.

    Attributes:
        name: Of its file, with the ending that picks the format.
        picture: What it shows.
        arrays: Latents that it starts from, by digest, where the project has them not.
    """

    name: str
    picture: Picture
    arrays: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))


def of_preset(found: DirectionSet, ref: str, generator: Generator, picture: Picture) -> Project:
    """A project whose edits use the directions of a preset.

    Args:
        found: The preset, of this model or one that it fits.
        ref: How the model is called.
        generator: The model.
        picture: The edits, walk and noise; other starts take the place of its own.
    """
    info = generator.info
    doc = Document(ref, info.fingerprint, picture)
    return Project(Steps(doc), ModelRef(ref, info.name, ModelKey.of(info)), found, found.masks)


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
            start = recipe.document.picture.start
            own = {start.codes} if isinstance(start, Latent) else set()
            arrays = {digest: a for digest, a in recipe.arrays.items() if digest in own}
            name = f"{safe_stem(path.stem)}.{ending}"
            found.append(Task(name, replace(look, start=start), MappingProxyType(arrays)))
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
    carried: MetadataChoice = EVERYTHING,
) -> Job[list[Path]]:
    """Draw pictures one after the other; each file is whole, and carries its recipe.

    Where an earlier run was cut off, `resume` goes on: what is there is not made again.

    Args:
        generator: The model.
        project: Brings the directions, masks and latents.
        work: What to draw.
        folder: Where to; made if it is not there.
        resume: Leave out what is there already as it would be drawn.
        report: Told what a person should hear.
        carried: What each picture says of itself; without recipes a file that is there counts as
            done whatever it shows.

    Yields:
        A step for every picture.

    Returns:
        The files that were written.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full; each file that is there is whole.
    """
    arrays = {digest: a for task in work for digest, a in task.arrays.items()}
    project = replace(project, arrays={**project.arrays, **arrays})
    renderer = yield from renderer_for(generator, project, [t.picture for t in work], report)
    lost = {id for task in work for id in lost_edits(renderer, task.picture)}
    if lost:
        report(f"{len(lost)} directions are not in the file and not known here: left out.")
    _clear_up(folder)
    written = []
    for number, task in enumerate(work, 1):
        path = folder / task.name
        alone = _alone(generator, project, task.picture)
        checked = carried.recipe and path.suffix != PSD
        if resume and (_is_done(path, alone) if checked else path.is_file()):
            pass
        elif path.suffix == PSD:
            written.append((yield from _layers(renderer, project, task.picture, path)))
        else:
            pixels = renderer.saved(task.picture)
            save_pixels(pixels, path, metadata=_metadata(carried, alone, pixels))
            written.append(path)
        yield Step(number / len(work), f"Picture {number} of {len(work)}")
    return written


def _clear_up(folder: Path) -> None:
    """Take away what a run that was killed had half written there."""
    for path in folder.glob(f".*{files.TEMPORARY}") if folder.is_dir() else ():
        if files.is_orphan(path):
            with contextlib.suppress(OSError):
                path.unlink()


def _metadata(carried: MetadataChoice, alone: Project, pixels: Pixels) -> PictureMetadata:
    text = ""
    if carried.recipe:
        text = recipe_text(replace(alone, pixels=pixels_digest(pixels)))
    return PictureMetadata(MADE if carried.made else "", text)


def _layers(renderer: Renderer, project: Project, picture: Picture, path: Path) -> Job[Path]:
    names = {id: one.name for id, one in renderer.directions.items()}
    return save_layers(renderer, picture, path, {**names, **dict(project.document.names)})


def _alone(generator: Generator, project: Project, picture: Picture) -> Project:
    """A project of one picture."""
    info = generator.info
    doc = Document(project.model.path, info.fingerprint, picture, project.document.names)
    ref = ModelRef(project.model.path, info.name, ModelKey.of(info), project.model.reading)
    known = project.directions
    assets = MemoryAssets([*project.arrays.values(), *known.masks.values()])
    return gathered(Steps(doc), ref, known.directions, assets)


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
