"""Directions of the open model: found, imported, compared and measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentstudio.core.texts import about
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.evaluate.agreement import compare_in_steps
from latentstudio.evaluate.messages import EffectNames, Measures
from latentstudio.exchange.import_options import NOTHING, ImportOptions
from latentstudio.session.import_messages import ForeignPreset, ImportQuestion
from latentstudio.session.latent_messages import LatentPictures
from latentstudio.workers.engine import IDLE, LONG, QUICK, SOON, Engine


@dataclass(frozen=True, slots=True)
class _Naming:
    """Which names are wanted, and the jobs that name directions and look names up."""

    model: str = ""
    wanted: tuple[str, ...] = ()
    ticket: int = 0
    looking: int = 0


class DirectionClient(QObject):
    """What the list of directions asks for."""

    kind_told = Signal(str, bool)  # path, whether it holds directions
    directions_ready = Signal(object)  # DirectionSet: all that are known for the open model
    directions_failed = Signal(str)  # sentence
    measures_ready = Signal(object)  # Measures
    names_ready = Signal(object)  # EffectNames
    changes_ready = Signal(object)  # Changes
    look_brought = Signal(object)  # Look: of a preset whose directions came just before
    import_asked = Signal(object)  # ImportQuestion
    foreign_asked = Signal(object)  # ForeignPreset
    trial_ready = Signal(object)  # ImportTrial
    trial_failed = Signal(str)  # sentence
    latents_found = Signal(object)  # LatentPictures: of a file that holds no directions
    agreement_ready = Signal(object)  # {id: Agreement}

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._measuring: tuple[int, tuple[str, ...]] = (0, ())
        self._naming = _Naming()
        self._comparing = 0
        engine.job_stepped.connect(self._on_step)
        engine.background.finished.connect(self._on_finished)

    def find_default(self) -> None:
        """Find the directions that a model starts with: those that need no picture at once."""
        self._engine.run(
            "First directions",
            self._engine.later(lambda s: s.directions.first()),
            lambda found: self.directions_ready.emit(found) if found else None,
            lambda _: None,  # the next job says why
            lane=SOON,
        )
        self._engine.run(
            "Finding directions",
            self._engine.later(lambda s: s.default_directions()),
            self.directions_ready.emit,
            self.directions_failed.emit,
            cancelled=lambda: self.directions_failed.emit("The search was stopped."),
        )

    def discover(self, method: str, pairs: Sequence[str] = ()) -> int:
        """Run a discovery method; its directions are added when it ends."""
        job = self._engine.later(lambda s: s.directions.discover(method, pairs))
        return self._engine.run(f"Finding directions: {method}", job, self.directions_ready.emit)

    def want_measures(self, ids: Iterable[str]) -> None:
        """Ask how strong and local directions are; made when nothing else is to be done.

        A newer question replaces the one before; what has been measured is kept.
        """
        wanted = tuple(ids)
        if not self._engine.open or wanted == self._measuring[1]:
            return
        self._engine.jobs.cancel(self._measuring[0])

        def forget(_: object = None) -> None:
            if self._measuring[1] == wanted:
                self._measuring = (0, ())

        def done(found: Any) -> None:
            forget()
            self.measures_ready.emit(found)

        job = self._engine.later(lambda s: s.directions.measures(wanted))
        ticket = self._engine.run("Measuring directions", job, done, forget, IDLE, cancelled=forget)
        self._measuring = (ticket, wanted)

    def want_names(self, model: str, ids: Iterable[str]) -> None:
        """Ask for names by effect: those known come at once, the others when nothing else is to do.

        A newer question replaces the one before; what has been named is kept.

        Args:
            model: Fingerprint of the open model.
            ids: Of its directions.
        """
        wanted = tuple(ids)
        now = self._naming
        if not self._engine.open or (model, wanted) == (now.model, now.wanted):
            return
        self._engine.jobs.cancel(now.ticket)
        job = self._engine.later(lambda s: s.directions.known_names(wanted))
        self._naming = _Naming(model, wanted, looking=self._engine.background.submit(job, QUICK))

    def _names_known(self, found: EffectNames) -> None:
        """What was named before is there; the rest is named now."""
        self.names_ready.emit(found)
        model, wanted = self._naming.model, self._naming.wanted
        missing = tuple(id for id in wanted if id not in found.known)
        if not missing:
            self._naming = _Naming()
            return

        def forget(_: object = None) -> None:
            if (self._naming.model, self._naming.wanted) == (model, wanted):
                self._naming = _Naming()

        def done(names: EffectNames) -> None:
            forget()
            self.names_ready.emit(names)

        job = self._engine.later(lambda s: s.directions.effect_names(missing))
        words = "Naming directions"
        ticket = self._engine.run(words, job, done, forget, IDLE, cancelled=forget)
        self._naming = _Naming(model, wanted, ticket)

    def want_changes(self, id: str) -> None:
        """Ask what a direction changes; a predictor that fails gives no answer."""
        if self._engine.open:
            job = self._engine.later(lambda s: s.directions.changes(id))
            words = "Reading what a direction changes"
            self._engine.run(words, job, self.changes_ready.emit, lambda _: None, QUICK)

    def want_agreement(self, directions: Sequence[Direction]) -> None:
        """Ask what directions have in common; a newer question replaces the one before."""
        thread = self._engine.background
        thread.cancel(self._comparing)
        self._comparing = thread.submit(compare_in_steps(tuple(directions)), QUICK)

    def want_kind(self, path: str) -> None:
        """Ask whether a file holds directions or a model; `kind_told` follows."""
        source = Path(path)

        def model(_: object = None) -> None:
            self.kind_told.emit(path, False)

        self._engine.run(
            f"Reading {source.name}",
            self._engine.later(lambda s: s.directions.are_in(source)),
            lambda found: self.kind_told.emit(path, bool(found)),
            model,
            LONG if self._engine.studio is None else QUICK,  # behind the engine's own start
        )

    def import_directions(
        self, path: str, wanted: ImportOptions | None = None, look: str | None = ""
    ) -> None:
        """Bring the directions of a file or folder to the open model.

        If it holds latents of pictures instead, `latents_found` follows; if it leaves something
        open that was not said, `import_asked`; if it is a preset of another model, which nobody
        has agreed to try, `foreign_asked`.

        Args:
            path: The file or folder.
            wanted: What a person says of vectors; None before they were asked.
            look: A look of the preset, by its id, for which `look_brought` follows; the first
                one where it is empty, none with None.
        """
        if not self._engine.open:
            words = "Directions need a model. Open the one they are for first."
            self._engine.notice.emit("error", words)
            return
        source = Path(path)

        def done(found: Any) -> None:
            if isinstance(found, LatentPictures):
                self.latents_found.emit(found)
                return
            if isinstance(found, ImportQuestion):
                self.import_asked.emit(found)
                return
            if isinstance(found, ForeignPreset):
                self.foreign_asked.emit(replace(found, look=look))
                return
            self.directions_ready.emit(found.found)
            brought = None if look is None else found.look(look)
            if brought is not None:
                self.look_brought.emit(brought)
                return
            self._engine.notice.emit("ok", f"The directions of {source.name} are in the list.")

        def failed(sentence: str) -> None:
            self._engine.notice.emit("error", about(source.name, sentence))

        said, ask = wanted or NOTHING, wanted is None
        job = self._engine.later(lambda s: s.directions.import_file(source, said, ask=ask))
        self._engine.run(f"Reading {source.name}", job, done, failed, QUICK)

    def try_import(self, path: str, wanted: ImportOptions, place: int) -> None:
        """Read one direction of a file in some way; `trial_ready` follows, or `trial_failed`."""
        source = Path(path)
        job = self._engine.later(lambda s: s.directions.try_import(source, wanted, place))
        words = f"Reading {source.name}"
        self._engine.run(words, job, self.trial_ready.emit, self.trial_failed.emit, QUICK)

    def _on_finished(self, ticket: int, result: object) -> None:
        if ticket == self._comparing:
            self.agreement_ready.emit(result)
        elif ticket == self._naming.looking and isinstance(result, EffectNames):
            self._names_known(result)

    def _on_step(self, _ticket: int, preview: object) -> None:
        if isinstance(preview, DirectionSet):
            self.directions_ready.emit(preview)
        elif isinstance(preview, Measures):
            self.measures_ready.emit(preview)
        elif isinstance(preview, EffectNames):
            self.names_ready.emit(preview)
