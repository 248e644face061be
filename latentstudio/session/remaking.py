"""Pictures of a project made again, without a window: for the command line and for comparing."""

from collections.abc import Callable, Iterable
from pathlib import Path

from latentstudio import __version__
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import Direction
from latentstudio.document.state import Picture
from latentstudio.engine.generator import Generator
from latentstudio.exchange.projects import Project
from latentstudio.exchange.projects.project import pixels_digest
from latentstudio.exchange.projects.recipe import holds_pixels
from latentstudio.render.renderer import Renderer
from latentstudio.session import library
from latentstudio.session.project_messages import PictureComparison
from latentstudio.store.densities import reference

Report = Callable[[str], None]


def renderer_for(
    generator: Generator, project: Project, pictures: Iterable[Picture], report: Report
) -> Job[Renderer]:
    """A renderer with all that a project brings, and the densities that its walks need."""
    renderer = Renderer(generator, MemoryAssets(project.arrays.values()))
    known = library.known_directions(generator, report)
    brought: dict[str, Direction] = {one.id: one for one in known.directions} if known else {}
    brought |= {one.id: one for one in project.directions.directions}
    renderer.directions = brought
    yield from measured(renderer, pictures, report)
    return renderer


def measured(renderer: Renderer, pictures: Iterable[Picture], report: Report) -> Job[None]:
    """Measure the densities that pictures walk along, if that was not done yet."""
    classes = renderer.generator.info.classes
    for picture in pictures:
        label = (picture.label or 0) if classes else None
        if picture.on_shell and label not in renderer.densities:
            density = yield from reference(renderer.generator, label, report)
            renderer.densities = {**renderer.densities, label: density}


def lost_edits(renderer: Renderer, picture: Picture) -> list[str]:
    """Ids of directions that a picture needs and that are not here."""
    return [e.direction for e in picture.active() if e.direction not in renderer.directions]


def compared(
    renderer: Renderer, project: Project, picture: Picture, path: Path
) -> Job[PictureComparison]:
    """Draw a picture that came with a project, and say whether it is the one that was saved.

    Args:
        renderer: Of the open model.
        project: What the file holds.
        picture: Its picture, as the document has it now.
        path: The file.
    """
    name = path.name
    reasons = _reasons(renderer, project, picture)
    if not project.pixels:
        words = f"{name} came back" + (f", but {reasons}." if reasons else ".")
        return PictureComparison(None, words)
    yield Step(0.5, "Comparing the picture")
    if pixels_digest(renderer.saved(picture)) == project.pixels:
        if holds_pixels(path, project.pixels):
            return PictureComparison(True, f"The same picture as in {name}, pixel for pixel.")
        return PictureComparison(
            True,
            f"The picture that {name} was saved from, pixel for pixel. The file itself holds it "
            "enlarged or compressed.",
        )
    why = reasons or "this computer computes it a little differently"
    return PictureComparison(False, f"Not quite the picture of {name}: {why}.")


def _reasons(renderer: Renderer, project: Project, picture: Picture) -> str:
    info, key = renderer.generator.info, project.model.key
    found = []
    if info.fingerprint != key.fingerprint:
        found.append(f"the model is another one than {project.model.name} was, or has changed")
    lost = len(lost_edits(renderer, picture))
    if lost:
        found.append(f"{lost} of its edits need directions that are not here")
    if project.program != __version__:
        found.append(f"LatentStudio {project.program} made it, and this is {__version__}")
    return " and ".join(found)
