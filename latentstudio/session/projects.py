"""What the window asks of projects: their directions and arrays brought to the open model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from latentstudio.core.errors import PresetError
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import KeptAssets
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.document.looks import with_look
from latentstudio.document.state import Document
from latentstudio.exchange.presets import read_preset
from latentstudio.exchange.projects import Project
from latentstudio.exchange.projects.project import on_model, renamed
from latentstudio.session import batch, imports
from latentstudio.session.directions import Directions
from latentstudio.session.low_priority import at_low_priority
from latentstudio.session.opening import OpenModel
from latentstudio.session.project_messages import AdoptedProject, BatchRequest


@dataclass(frozen=True, slots=True, eq=False)
class Projects:
    """Of the studio's open model.

    Args:
        opened: Gives the model.
        directions: Where a project's directions are added.
        assets: Where its masks and latents are put.
        report: Told, in a sentence, of things a person should hear once.
    """

    opened: Callable[[], OpenModel]
    directions: Directions
    assets: KeptAssets
    report: Callable[[str], None]

    def adopt(self, project: Project) -> Job[AdoptedProject]:
        """Let the open model know what a project brings.

        A direction that is called as another one here gets an id of its own, in the document too.
        """
        model = self.opened()
        for array in project.arrays.values():
            self.assets.put(array)
        yield Step(0.3, "Opening the project")
        known = {one.id: one for one in model.found.directions} if model.found else {}
        fit = _fitting(project, model)
        ids = {one.id: _free_id(one, known) for one in fit}
        new = [_as_here(one, ids[one.id]) for one in fit if ids[one.id] not in known]
        info = model.generator.info
        brought = replace(
            project.directions, directions=tuple(new), model=ModelKey.of(info), masks={}
        )
        found = self.directions.add(model, brought) if new else model.found
        changed = {old: new for old, new in ids.items() if old != new}
        steps = on_model(renamed(project.steps, changed), model.origin.ref, info.fingerprint)
        lost = len(project.directions) - len(fit)
        return AdoptedProject(project, steps, found, lost)

    def draw_many(self, project: Project, asked: BatchRequest) -> Job[list[Path]]:
        """Put edits on many pictures; those that are there already are left out.

        Args:
            project: Of the document; where a look is asked for, it takes the place of its edits.
            asked: What is wanted.

        Raises:
            OptionError: The folder holds no picture with a recipe.
            PresetError: The preset can't be read, or holds no such look that fits this model.
        """
        yield Step(0.0, "Looking what is to be drawn")
        model, seeds, folder = self.opened(), asked.seeds, asked.folder
        if asked.preset is not None:
            project = self._with_look(asked.preset, asked.look, project.document, model)
        work = batch.work_of(project, Path("picture"), asked.ending, seeds=seeds, folder=folder)
        job = batch.draw(
            model.generator, project, work, asked.output, True, self.report, asked.carried
        )
        return (yield from at_low_priority(job))

    def _with_look(self, preset: Path, look: str, doc: Document, model: OpenModel) -> Project:
        """A project of a document with the look of a preset in place of its edits."""
        found = imports.adopted(read_preset(preset), preset, model.generator.info, self.report)
        chosen = next((one for one in found.looks if one.id == look), None)
        if chosen is None:
            raise PresetError(f"{preset.name} has no such look any more. Choose another one.")
        picture = with_look(doc.picture, chosen)
        return batch.of_preset(found, model.origin.ref, model.generator, picture)


def _fitting(project: Project, model: OpenModel) -> tuple[Direction, ...]:
    given = project.directions
    if not given.directions:
        return ()
    try:
        info = model.generator.info
        return imports.adopted(given, Path("project"), info, lambda _: None).directions
    except PresetError:
        return ()


def _free_id(one: Direction, known: dict[str, Direction]) -> str:
    """Its id, or another where that means something else here."""
    there = known.get(one.id)
    if there is None or digest_of(there) == digest_of(one):
        return one.id
    return f"{one.id}-{digest_of(one)[:8]}"


def _as_here(one: Direction, id: str) -> Direction:
    """A direction under an id; it belongs to no run of this computer."""
    return replace(one, id=id, provenance=replace(one.provenance, run=""))
