"""What a direction was measured to do. Plain values: importing this loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """What one unit of a direction does to pictures; see `evaluate.effects`.

    Attributes:
        strength: Mean change of a pixel, as a share of the range from black to white.
        locality: How concentrated the change is in the picture, 0 (everywhere alike) to 1.
    """

    strength: float
    locality: float


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of directions by their ids."""

    known: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a direction changes, by a predictor made for the model.

    Attributes:
        id: Of the direction.
        attributes: Names and correlations (see `evaluate.ranking`), strongest first; empty
            where nothing is known.
    """

    id: str
    attributes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class EffectName:
    """What a direction does, in words that hold on every picture it was tried on.

    Attributes:
        attributes: Those that lead, by a predictor made for the model, with 1 where plus is more
            of it and -1 where less; empty where none leads.
        where: The part of the picture that changes most, such as ``Top left``; empty where
            nothing can be seen, and where `ways` tell how a whole figure changes its shape.
        ways: How it changes there, such as ``lighter``, or the figure, such as ``wider``; empty
            where that differs from picture to picture.
    """

    attributes: tuple[tuple[str, int], ...] = ()
    where: str = ""
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectNames:
    """Names of directions by their ids, and the fingerprint of their model."""

    known: Mapping[str, EffectName]
    model: str
