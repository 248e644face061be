"""Whether a preset suits the open model, said before anything is tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.direction import ModelKey

Verdict = Literal["same", "alike", "unknown", "other"]
"""``same`` weights; another model of ``alike`` sizes; a preset that names no model, so
``unknown``; a model of ``other`` sizes, where nothing would move."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a preset suits a model.

    Attributes:
        verdict: See `Verdict`.
        why: What differs, as a sentence; empty where nothing does.
    """

    verdict: Verdict
    why: str = ""


def fit(model: ModelKey, spaces: Iterable[Space], info: GeneratorInfo) -> Fit:
    """Compare the model a preset was made for with the open one.

    Args:
        model: As the preset names it.
        spaces: In which its directions live.
        info: The open model.
    """
    if model.fingerprint == info.fingerprint:
        return Fit("same")
    for space in sorted(set(spaces)):
        why = _difference(model.dims, space, info)
        if why:
            return Fit("other", why)
    if not model.fingerprint:
        return Fit("unknown", "It does not say for which model it was made: try it.")
    if model.family and model.family != info.family:
        return Fit("alike", f"It was made for another kind of model ({model.family}): try it.")
    return Fit("alike", "It was made for another model: try it.")


def _difference(dims: Mapping[str, int], space: Space, info: GeneratorInfo) -> str:
    """Why directions of a space can't move a model, in numbers; empty where they may."""
    name = space.upper()
    if space not in info.spaces:
        return f"Its directions live in {name}, which this model lacks."
    there = dims.get(space, dims.get(Space.W) if space == Space.WPLUS else None)
    here = info.spaces[space].dim
    if there is not None and there != here:
        return f"Its directions have {there} numbers in {name}; this model has {here}."
    return ""
