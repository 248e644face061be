"""What the rows show and ask for, gathered in one place for the list and the edits."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.spaces import Ability
from latentstudio.document import commands, groups
from latentstudio.document.direction import (
    ChannelGroups,
    CurvedPath,
    Direction,
    DirectionSet,
    Local,
)
from latentstudio.document.history import History
from latentstudio.document.region_commands import FEATHER, set_local_amount
from latentstudio.document.state import Document, Edit, MaskUse, Picture
from latentstudio.evaluate.agreement import Agreement
from latentstudio.evaluate.messages import Measure, Measures
from latentstudio.render.messages import Band, Film
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.directions.agreement_words import (
    agreement_tip,
    agreement_words,
    short_agreement_words,
)
from latentstudio.ui.directions.films import Films, Frames
from latentstudio.ui.directions.measuring import measure_tip, measure_words
from latentstudio.ui.directions.rows import Order, group_words
from latentstudio.ui.widgets.strength import StrengthLook
from latentstudio.ui.widgets.words import layer_words, tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class Board(QObject):
    """Directions of the open model, joined with the document, bands and films.

    Holds nothing that an artist made: that is in the document, and changes go there as
    commands.
    """

    directions_changed = Signal()
    document_changed = Signal()
    measures_changed = Signal()
    agreement_changed = Signal()
    row_changed = Signal(str)
    """A band or a film of this direction came."""

    def __init__(self, history: History, client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
        self.history = history
        self._client = client
        self.films = Films()
        self.bands: dict[str, tuple[Picture, Band]] = {}
        self.searching = False
        self.failure = ""
        self.closed = False
        """No model is open, and none is on its way any more."""
        self._measured = False
        self.model: ModelSummary | None = None
        self._directions: dict[str, Direction] = {}
        self.agreement: Mapping[str, Agreement] = {}
        """What directions have in common, by id."""
        self.measures: dict[str, Measure] = {}
        """How strong and local directions are, by id, as far as it was asked."""
        self.local: tuple[str, ...] = ()
        """Local directions of the region that is painted now, best first."""
        self.order: Order = "found"
        """What the list is sorted by; where that was measured, rows show it."""
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.models.model_failed.connect(self._model_failed)
        client.directions.directions_ready.connect(self._directions_ready)
        client.directions.directions_failed.connect(self._directions_failed)
        client.previews.bands_ready.connect(self._bands_ready)
        client.previews.film_ready.connect(self._film_ready)
        client.directions.agreement_ready.connect(self._agreement_ready)
        client.directions.measures_ready.connect(self._measures_ready)
        client.previews.reference_ready.connect(self._reference_ready)
        stop = history.changed.connect(lambda _: self.document_changed.emit())
        self.destroyed.connect(stop)

    # What is shown

    @property
    def document(self) -> Document:
        """The document now."""
        return self.history.document

    @property
    def directions(self) -> tuple[Direction, ...]:
        """All of the open model, strongest first."""
        return tuple(self._directions.values())

    @property
    def layers(self) -> int:
        """How many layers a range can choose from; 1 where the model has no ranges."""
        if self.model is None or Ability.LAYERS not in self.model.info.abilities:
            return 1
        return self.model.info.code_layers

    def can_split(self, id: str) -> bool:
        """A method here can split the direction into groups of channels."""
        found = self._directions.get(id)
        forms = self.model.methods if self.model is not None else ()
        able = any(form.of_direction and not form.missing for form in forms)
        return able and found is not None and found.straight and found.vector.ndim == 1

    def direction(self, id: str) -> Direction | None:
        """A direction of the open model."""
        return self._directions.get(id)

    def name(self, id: str) -> str:
        """The artist's name, or the method's."""
        found = self._directions.get(id)
        return self.document.name_of(id, found.name if found else id)

    def source(self, id: str) -> str:
        """The method's name where the artist gave another, else empty."""
        found = self._directions.get(id)
        return found.name if found and found.name != self.name(id) else ""

    def source_words(self, id: str) -> str:
        """The caption beside a name: ``PCA 18 · found by 4 methods``."""
        measured = measure_words(self.order, self.measures.get(id))
        words = self.source(id), measured or agreement_words(self.agreement.get(id), self.name)
        return " · ".join(part for part in words if part)

    def tip(self, id: str) -> str:
        """The tooltip of a row: where it comes from, and what is like it."""
        found = self._directions.get(id)
        if found is None:
            return ""
        about = f"{found.name}, {group_words(found)}"
        if isinstance(found.payload, CurvedPath):
            about = ", ".join((about, tr("a curved path")))
        parts = (
            about,
            agreement_tip(self.agreement.get(id), self.name),
            measure_tip(self.measures.get(id)),
        )
        return "\n".join(part for part in parts if part)

    def short_words(self, id: str) -> str:
        """The caption of a small row: its measure if the list is sorted by it, else agreement."""
        measured = measure_words(self.order, self.measures.get(id))
        return measured or short_agreement_words(self.agreement.get(id))

    def edit_words(self, edit: Edit) -> str:
        """The second line of an edit: ``PCA 18 · whole image``."""
        found = self._directions.get(edit.direction)
        layers = edit.layers or (found.layers if found else None)
        if found is None:
            return layer_words(layers)
        source = self.source(edit.direction) or group_words(found).split(",")[0]
        if edit.mask is not None:
            source = group_words(found).split(",")[0]
            kept = tr("protected outside") if edit.mask.protect else tr("outside free")
            return f"{source} · {kept}"
        return f"{source} · {self._reach_words(edit.direction, layers)}"

    def _reach_words(self, id: str, layers: tuple[int, int] | None) -> str:
        switches = self.groups(id)
        if not switches:
            return layer_words(layers)
        words = tr("%1 of %2 groups").replace("%1", str(sum(switches.values())))
        return words.replace("%2", str(len(switches)))

    def groups(self, id: str) -> Mapping[int, bool]:
        """Groups of channels that a direction works through, and which are on."""
        found = self._directions.get(id)
        if found is None or not isinstance(found.payload, ChannelGroups):
            return {}
        off = groups.off(found, self.document.picture.edit(id))
        return {group: group not in off for group in groups.groups(found)}

    def counts(self, id: str) -> bool:
        """Whether the row takes part: not muted, and soloed if any is."""
        picture = self.document.picture
        edit = picture.edit(id)
        return (edit is None or edit.on) and picture.solo in (None, id)

    def look(self, id: str) -> StrengthLook:
        """The slider of a row."""
        found = self._directions.get(id)
        known = self.bands.get(id)
        return StrengthLook(
            amount=self.document.picture.amount(id),
            low=found.low if found else -6.0,
            high=found.high if found else 6.0,
            band=known[1] if known else None,
            all_safe=self.document.picture.on_shell,
        )

    def frames(self, id: str, count: int) -> Frames | None:
        """The film of a row, 3 or 7 frames, or None until it has come."""
        return self.films.frames(id, count)

    # What is asked for

    def ask_amount(self, id: str, amount: float, gesture: Hashable | None = None) -> None:
        """Move a slider; a local one takes its mask along."""
        use = self.mask_use(id)
        if use is not None and self.document.picture.edit(id) is None:
            name = self.name(id)
            self.history.do(set_local_amount(id, amount, use, name, gesture))
            return
        self.history.do(commands.set_amount(id, amount, self.name(id), gesture))

    def ask_layers(self, id: str, layers: tuple[int, int] | None) -> None:
        """Choose a layer range."""
        self.history.do(commands.set_layers(id, layers, self.name(id)))

    def toggle_group(self, id: str, group: int) -> None:
        """Switch a group of channels off, or on."""
        found, switches = self._directions.get(id), self.groups(id)
        if found is None or group not in switches:
            return
        off = frozenset(g for g, on in switches.items() if on == (g == group))
        own = groups.own_off(found)
        chosen = None if off == own else off
        self.history.do(commands.set_groups_off(id, chosen, self.name(id)))

    def toggle_solo(self, id: str) -> None:
        """Solo, or leave solo."""
        alone = self.document.picture.solo == id
        self.history.do(commands.set_solo(None if alone else id, self.name(id)))

    def toggle_mute(self, id: str) -> None:
        """Mute, or hear again."""
        edit = self.document.picture.edit(id)
        self.history.do(commands.set_muted(id, edit is None or edit.on, self.name(id)))

    def toggle_pin(self, id: str) -> None:
        """Pin, or let go."""
        pinned = id in self.document.pinned
        self.history.do(commands.pin_direction(id, not pinned, self.name(id)))

    def toggle_reject(self, id: str) -> None:
        """Take out of the list, or bring back."""
        rejected = id in self.document.rejected
        self.history.do(commands.reject_direction(id, not rejected, self.name(id)))

    def rename(self, id: str, name: str) -> None:
        """Give a name; the method's own, or nothing, takes the artist's back."""
        found = self._directions.get(id)
        own = found is not None and name.strip() == found.name
        self.history.do(commands.rename_direction(id, "" if own else name))

    def reset(self, id: str) -> None:
        """Put everything about one edit back: amount, mute and layers."""
        self.history.do(replace(commands.remove_edit(id), label=f"reset {self.name(id)}"))

    def mask_use(self, id: str) -> MaskUse | None:
        """The region that a local direction was found for, as it would be laid over the picture."""
        found = self._directions.get(id)
        if found is None or not isinstance(found.payload, Local) or not found.payload.mask:
            return None
        digest = found.payload.mask
        uses = [region.mask for region in self.document.regions if region.mask.digest == digest]
        return uses[0] if uses else MaskUse(digest, FEATHER)

    def local_measures(self, id: str) -> tuple[float, float] | None:
        """Strength, of the strongest listed, and locality of a local direction, 0 to 1."""
        if id not in self.local or id not in self._directions:
            return None
        found = [self._directions[one].measured for one in self.local if one in self._directions]
        top = max((one.get("strength", 0.0) for one in found), default=0.0)
        own = self._directions[id].measured
        if not top or "locality" not in own:
            return None
        return own["strength"] / top, own["locality"]

    def mask_values(self, use: MaskUse) -> NDArray[Any] | None:
        """What a mask holds, or None where it is lost."""
        try:
            return self._client.assets.get(use.digest)
        except LatentStudioError:
            return None

    def set_local(self, ids: tuple[str, ...]) -> None:
        """Local directions were found."""
        self.local = ids
        self.directions_changed.emit()

    # What the engine says

    def _model_opened(self, summary: ModelSummary) -> None:
        self.searching, self.closed = True, False
        self._forget(summary)

    def _model_closed(self) -> None:
        self.searching, self.closed = False, True
        self._forget(None)

    def _model_failed(self, _ref: str, _sentence: str) -> None:
        if self.model is None:
            self._model_closed()

    def _forget(self, summary: ModelSummary | None) -> None:
        self.model, self.failure = summary, ""
        self._measured = False
        self._directions, self.agreement = {}, {}
        self.local = ()
        self.bands.clear()
        self.measures.clear()
        self.films.clear()
        self.directions_changed.emit()

    def _directions_ready(self, found: DirectionSet) -> None:
        # What was found for a model that has been closed since is of no use.
        if self.model is not None and found.model.fingerprint != self.model.info.fingerprint:
            return
        known, self._directions = self._directions, {d.id: d for d in found.directions}
        # Those of a run that learns keep their id and turn: what was made of them is out of date.
        turned = {id for id, d in known.items() if self._directions.get(id) is not d}
        self.films.outdate(turned)
        for id in turned:
            self.bands.pop(id, None)
            self.measures.pop(id, None)
        self._client.directions.want_agreement(found.directions)
        self.searching, self.failure = False, ""
        self.directions_changed.emit()

    def _directions_failed(self, sentence: str) -> None:
        self.searching, self.failure = False, sentence
        self.directions_changed.emit()

    def _reference_ready(self) -> None:
        self._measured = True
        self.bands.clear()

    def _bands_ready(self, picture: Picture, bands: Mapping[str, Band]) -> None:
        if not self._measured:
            return  # without a reference there is no shell to be on or off
        for id, band in bands.items():
            self.bands[id] = (picture, band)
            self.row_changed.emit(id)

    def _measures_ready(self, found: Measures) -> None:
        self.measures |= {id: m for id, m in found.known.items() if id in self._directions}
        self.measures_changed.emit()

    def _agreement_ready(self, found: Mapping[str, Agreement]) -> None:
        self.agreement = {id: one for id, one in found.items() if id in self._directions}
        self.agreement_changed.emit()

    def _film_ready(self, picture: Picture, film: Film) -> None:
        self.films.put(picture, film)
        self.row_changed.emit(film.direction)
