"""Predictors of this process: those that ship with the program, and what plugins bring."""

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.predictor import Predictor
from latentstudio.evaluate.registry import find_predictor, predictor_for
from latentstudio.session.models import PLUGINS


def choose_predictor(name: str | None, model: ModelKey) -> Job[Predictor]:
    """A predictor by name, or the one made for a model, else the plain measures.

    Raises:
        OptionError: There is none of this name, or it can't run here.
    """
    yield from PLUGINS.load_allowed("predictors")
    if name is None:
        return predictor_for(model)
    try:
        return find_predictor(name)
    except OptionError as error:  # perhaps because its plugin failed
        raise OptionError(" ".join([error.sentence(), *problems()])) from None


def problems() -> list[str]:
    """What is wrong with plugins that should bring predictors, a sentence each."""
    return [
        one.problem for one in PLUGINS.statuses() if one.problem and "predictors" in one.provides
    ]
