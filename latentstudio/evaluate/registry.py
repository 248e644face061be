"""The predictors, by id. Plugins add to the table as the core does."""

from collections.abc import Callable

from latentstudio.core.errors import OptionError
from latentstudio.core.registry import register
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.measures import MEASURES
from latentstudio.evaluate.predictor import Predictor

_predictors: dict[str, Predictor] = {MEASURES.id: MEASURES}


def add_predictor(predictor: Predictor) -> Callable[[], None]:
    """Register a predictor; call the result to take it back.

    Raises:
        ValueError: The id is taken.
    """
    return register(_predictors, predictor.id, predictor, "predictor")


def predictors() -> list[Predictor]:
    """All that are known now."""
    return list(_predictors.values())


def find_predictor(name: str) -> Predictor:
    """The predictor of an id; the part after a plugin's id is enough where it is unique.

    Raises:
        OptionError: There is none, or it can't run here.
    """
    short = [one for one in predictors() if one.id.partition(":")[2] == name]
    found = _predictors.get(name) or (short[0] if len(short) == 1 else None)
    if found is None:
        known = ", ".join(_predictors)
        raise OptionError(f"There is no predictor '{name}'. Choose one of: {known}.")
    missing = found.missing()
    if missing:
        raise OptionError(missing)
    return found


def predictor_for(model: ModelKey) -> Predictor:
    """The latest predictor that was made for a model, else the plain measures."""
    able = [one for one in reversed(predictors()) if not one.missing()]
    return next((one for one in able if one.suits(model)), MEASURES)
