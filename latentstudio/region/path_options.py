"""How a local path is walked. Loads no torch."""

from dataclasses import dataclass

PATHS = ("straight", "curved", "feedback", "refined")
REACH = 0.3
"""Mean |change| inside the mask, of a range of 2, at which a path may end."""
MOST_STEPS = 16
"""To each side."""
LOOKS = 15
"""Amounts at which the straight direction is looked at, from some on two units apart."""
LEAST = 0.25
"""Amount between two points of a path."""


@dataclass(frozen=True, slots=True)
class PathOptions:
    """How a path is walked.

    Attributes:
        path: One of `PATHS`.
        rise: Mean |change| inside that a step should add, by the linear model; 0 for steps of
            equal length.
        step: Longest step, in the direction's units.
        solutions: Leading local directions on whose span the last direction is projected.
        decay: lambda: larger undoes less of what has leaked.
        most: Longest correction, in steps.
        led: Tangents of the Jacobian.
        fresh: Of these, so many are pushed anew at each step, in turns; 0 for all.
        tau: Of ReSeFa.
        reach: Mean |change| inside at which it ends.
        points: Of a refined path, to each side.
        descents: Steps of gradient descent at each of them.
    """

    path: str = "refined"
    rise: float = 0.04
    step: float = 4.0
    solutions: int = 6
    decay: float = 3e-3
    most: float = 1.0
    led: int = 64
    fresh: int = 0
    tau: float = 1e-3
    reach: float = REACH
    points: int = 6
    descents: int = 24
