"""What the window asks of directions: found, imported, measured, written."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from latentstudio.core.progress import Job
from latentstudio.discovery.start import discover
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.state import Document
from latentstudio.evaluate import effects
from latentstudio.evaluate.effect_names import known_names, name_effects
from latentstudio.evaluate.messages import Changes, EffectNames, Measures
from latentstudio.evaluate.predictor import Predictor
from latentstudio.exchange.import_options import NOTHING, ImportOptions
from latentstudio.exchange.latent_files import LatentsError
from latentstudio.exchange.vector_files import holds_vectors
from latentstudio.render.renderer import Renderer
from latentstudio.session import imports, latent_pictures, library, preset_saving
from latentstudio.session.changes import changes
from latentstudio.session.import_messages import TRIAL, ForeignPreset, ImportQuestion, ImportTrial
from latentstudio.session.import_questions import foreign, question, trial
from latentstudio.session.latent_messages import LatentPictures
from latentstudio.session.messages import RunNews
from latentstudio.session.opening import OpenModel
from latentstudio.session.predictors import choose_predictor
from latentstudio.session.preset_messages import Draft, ImportedFile
from latentstudio.store.assets import DiskAssets


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Directions of the studio's open model.

    Args:
        opened: Gives the model.
        assets: Where the masks of local directions are put.
        report: Told, in a sentence, of things a person should hear once.
    """

    opened: Callable[[], OpenModel]
    assets: DiskAssets
    report: Callable[[str], None]

    def defaults(self) -> Job[DirectionSet]:
        """Find, or load, the directions that a model starts with."""
        model = self.opened()
        return self.adding(model, library.default_directions(model.generator, self.report))

    def first(self) -> Job[DirectionSet | None]:
        """Find, or load, what needs no picture; all that are known then, or None without any."""
        model = self.opened()
        found = yield from library.first_directions(model.generator, self.report)
        return self.add(model, found) if found else None

    def discover(self, method: str, pairs: Sequence[str]) -> Job[DirectionSet]:
        """Run a method and add what it finds."""
        model = self.opened()
        found = yield from discover(model.generator, method, pairs)
        return self.add(model, found)

    def import_file(
        self, path: Path, wanted: ImportOptions = NOTHING, *, ask: bool = False
    ) -> Job[ImportedFile | LatentPictures | ImportQuestion | ForeignPreset]:
        """Add the directions of a preset, a file of vectors or another project's folder.

        Latents of pictures are no directions: they are read and given as such, and nothing is
        added.

        Args:
            path: The file or folder.
            wanted: What a person says of vectors.
            ask: Give a question instead, where the file leaves something open or is a preset of
                another model.
        """
        model = self.opened()
        known = {id: one for id, one in model.renderer.directions.items() if id != TRIAL}
        try:
            other = foreign(path, model.generator.info) if ask else None
            if other is not None:
                return other
            open_ = (yield from question(path, model.generator)) if ask else None
            if open_ is not None:
                return open_
            found = yield from imports.take(path, model.generator, self.report, wanted, known)
        except LatentsError:
            return (yield from latent_pictures.read(path, model.generator))
        return ImportedFile(self.add(model, found), found.looks, found.name or path.stem)

    def try_import(self, path: Path, wanted: ImportOptions, place: int) -> Job[ImportTrial]:
        """Let the renderer know one direction of a file, to be looked at; it is in no list."""
        model = self.opened()
        found = yield from trial(path, model.generator, wanted, place)
        model.renderer.directions = {**model.renderer.directions, found.id: found}
        return ImportTrial(found)

    def are_in(self, path: Path) -> Job[bool]:
        """Whether a file that may be a model holds directions instead."""
        return holds_vectors(path)

    def measures(self, ids: Iterable[str]) -> Job[Measures]:
        """Strength and locality of directions; ids that are not loaded are left out."""
        model, chosen = self._chosen(ids)
        return effects.measure(model.generator, chosen, model.renderer.coarse)

    def known_names(self, ids: Iterable[str]) -> Job[EffectNames]:
        """Names that directions were given by their effect before; no pictures are made."""
        model, chosen = self._chosen(ids)
        reader = yield from _reader(model)
        return known_names(model.generator, chosen, reader)

    def effect_names(self, ids: Iterable[str]) -> Job[EffectNames]:
        """Names of directions by their effect; ids that are not loaded are left out."""
        model, chosen = self._chosen(ids)
        reader = yield from _reader(model)
        return (yield from name_effects(model.generator, chosen, reader, model.renderer.coarse))

    def changes(self, id: str) -> Job[Changes]:
        """Which attributes a direction changes; nothing where no predictor knows this model."""
        model = self.opened()
        known = model.renderer.directions.get(id)
        return changes(model.generator, known) if known else _nothing(Changes(id))

    def save(self, doc: Document, draft: Draft, place: Path) -> Job[Path]:
        """Write directions and the look of a document as a preset; see `preset_saving.save`."""
        model = self.opened()
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        asked = preset_saving.drafted(found, doc, draft, self.assets)
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        coarse = model.renderer.coarse
        renderer.coarse = coarse.copy() if coarse else None
        return preset_saving.save(renderer, asked, doc.picture.original(), place, self.report)

    def _chosen(self, ids: Iterable[str]) -> tuple[OpenModel, list[Direction]]:
        model = self.opened()
        known = model.renderer.directions
        return model, [known[id] for id in ids if id in known]

    def add(self, model: OpenModel, found: DirectionSet) -> DirectionSet:
        """Let the renderer and the model know more directions, and give all there are."""
        for mask in found.masks.values():
            self.assets.put(mask)
        merged = library.merge([model.found, found]) if model.found else found
        model.found = merged
        model.renderer.directions = library.by_id(merged)
        return merged

    def adding(
        self,
        model: OpenModel,
        job: Job[DirectionSet],
        add: Callable[[DirectionSet], DirectionSet] | None = None,
    ) -> Job[DirectionSet]:
        """Add what a job finds, its provisional directions too, and give all there are.

        Args:
            model: The open model.
            job: What finds.
            add: In the place of `add`: takes what was found, gives all there are.
        """
        take = add or partial(self.add, model)
        with contextlib.closing(job):
            while True:
                try:
                    step = next(job)
                except StopIteration as stop:
                    return take(stop.value)
                news = step.preview
                if isinstance(news, DirectionSet):
                    step = replace(step, preview=take(news))
                elif isinstance(news, RunNews) and news.found is not None:
                    known = take(news.found)
                    step = replace(step, preview=replace(news, found=known))
                yield step


def _reader(model: OpenModel) -> Job[Predictor | None]:
    """The predictor that was made for a model and runs here, if there is one."""
    key = ModelKey.of(model.generator.info)
    predictor = yield from choose_predictor(None, key)
    return predictor if predictor.suits(key) else None


def _nothing(answer: Changes) -> Job[Changes]:
    return answer
    yield
