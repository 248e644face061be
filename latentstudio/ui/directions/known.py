"""What is known of the open model's directions: all that the engine told."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.spaces import Ability
from latentstudio.document.direction import Direction, DirectionSet, Local
from latentstudio.document.state import MaskUse, Picture
from latentstudio.evaluate.agreement import Agreement
from latentstudio.evaluate.messages import EffectName, EffectNames, Measure, Measures
from latentstudio.render.messages import Band, Film
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.directions.effect_naming import named_by_effect
from latentstudio.ui.directions.films import Films, Frames
from latentstudio.ui.directions.rows import default_name

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class KnownDirections(QObject):
    """Directions of the open model with their bands, films, measures and agreement."""

    directions_changed = Signal()
    measures_changed = Signal()
    names_changed = Signal()
    """Directions got names by their effect, or lost them."""
    agreement_changed = Signal()
    row_changed = Signal(str)
    """A band or a film of this direction came."""

    def __init__(self, client: "StudioClient", parent: QObject) -> None:
        super().__init__(parent)
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
        self._strongest: dict[str, float] = {}
        self.agreement: Mapping[str, Agreement] = {}
        """What directions have in common, by id."""
        self.measures: dict[str, Measure] = {}
        """How strong and local directions are, by id, as far as it was asked."""
        self.effect_names: dict[str, str] = {}
        """Names that directions without one were given by their effect, by id."""
        self._effects: dict[str, EffectName] = {}
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(self._model_closed)
        client.models.model_failed.connect(self._model_failed)
        client.directions.directions_ready.connect(self._directions_ready)
        client.directions.directions_failed.connect(self._directions_failed)
        client.previews.bands_ready.connect(self._bands_ready)
        client.previews.film_ready.connect(self._film_ready)
        client.directions.agreement_ready.connect(self._agreement_ready)
        client.directions.measures_ready.connect(self._measures_ready)
        client.directions.names_ready.connect(self._names_ready)
        client.previews.reference_ready.connect(self._reference_ready)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """All of the open model, strongest first."""
        return tuple(self._directions.values())

    def direction(self, id: str) -> Direction | None:
        """A direction of the open model."""
        return self._directions.get(id)

    @property
    def layers(self) -> int:
        """How many layers a range can choose from; 1 where the model has no ranges."""
        if self.model is None or Ability.LAYERS not in self.model.info.abilities:
            return 1
        return self.model.info.code_layers

    def own_name(self, id: str) -> str:
        """What a direction is called where the artist gave it no name; empty where unknown."""
        found = self._directions.get(id)
        return self.effect_names.get(id) or (default_name(found) if found else "")

    def can_split(self, id: str) -> bool:
        """A method here can split the direction into groups of channels."""
        found = self._directions.get(id)
        forms = self.model.methods if self.model is not None else ()
        able = any(form.of_direction and not form.missing for form in forms)
        return able and found is not None and found.straight and found.vector.ndim == 1

    def frames(self, id: str, count: int) -> Frames | None:
        """The film of a row, 3 or 7 frames, or None until it has come."""
        return self.films.frames(id, count)

    def local_measures(self, id: str) -> tuple[float, float] | None:
        """Strength, of the strongest of its region, and locality of a local direction, 0 to 1."""
        own = self._directions.get(id)
        if own is None or not isinstance(own.payload, Local) or "locality" not in own.measured:
            return None
        top = self._strongest.get(own.payload.mask, 0.0)
        return (own.measured.get("strength", 0.0) / top, own.measured["locality"]) if top else None

    def mask_values(self, use: MaskUse) -> NDArray[Any] | None:
        """What a mask holds, or None where it is lost."""
        try:
            return self._client.assets.get(use.digest)
        except LatentStudioError:
            return None

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
        self._strongest = {}
        self.bands.clear()
        self.measures.clear()
        self._effects, self.effect_names = {}, {}
        self.films.clear()
        self.directions_changed.emit()

    def _directions_ready(self, found: DirectionSet) -> None:
        # What was found for a model that has been closed since is of no use.
        if self.model is not None and found.model.fingerprint != self.model.info.fingerprint:
            return
        known, self._directions = self._directions, {d.id: d for d in found.directions}
        self._strongest = _strongest(found.directions)
        # Those of a run that learns keep their id and turn: what was made of them is out of date.
        turned = {id for id, d in known.items() if self._directions.get(id) is not d}
        self.films.outdate(turned)
        for id in turned:
            self.bands.pop(id, None)
            self.measures.pop(id, None)
            self._effects.pop(id, None)
        self._name()
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

    def _names_ready(self, found: EffectNames) -> None:
        # Directions of two models may have the same ids, and what they do has not.
        if self.model is None or found.model != self.model.info.fingerprint:
            return
        news = {id: one for id, one in found.known.items() if id in self._directions}
        if any(self._effects.get(id) != one for id, one in news.items()):
            self._effects |= news
            self._name()
            self.names_changed.emit()

    def _name(self) -> None:
        self.effect_names = named_by_effect(self.directions, self._effects)

    def _agreement_ready(self, found: Mapping[str, Agreement]) -> None:
        self.agreement = {id: one for id, one in found.items() if id in self._directions}
        self.agreement_changed.emit()

    def _film_ready(self, picture: Picture, film: Film) -> None:
        self.films.put(picture, film)
        self.row_changed.emit(film.direction)


def _strongest(directions: Iterable[Direction]) -> dict[str, float]:
    """Strength of the strongest local direction of each mask."""
    found: dict[str, float] = {}
    for one in directions:
        if isinstance(one.payload, Local):
            mask, strength = one.payload.mask, one.measured.get("strength", 0.0)
            found[mask] = max(found.get(mask, 0.0), strength)
    return found
