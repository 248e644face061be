"""Activations that are alike, told apart with more samples; or it is said that they can't be."""

from dataclasses import replace

from latentstudio.plugin_host.api import TensorBag

from .choices import Choices
from .fitting import ALL, Fit, fit
from .reading import Stack
from .slopes import SLOPES, measured

GUESSED = {"relu": 1.0, "leaky-relu": 1.0, "silu": 1.0, "elu": 1.0, "leaky-relu-0.1": 2.0}
"""Functions that are tried, and how many times smaller the distance of a rarer one has to be."""
RARE = {"selu": 2.0, "gelu": 2.0}
"""Tried with the likeliest strides only; without them a SELU was taken for no function at all."""
SMOOTH = {"silu", "elu", *RARE}
NORMS = 2
"""So many norms are asked: the second is the first behind a function, and later ones cost most."""
NEAR = 2.0
"""Others up to this many times the distance of the guess are looked at closely."""
SAMPLES = 8
"""With so many times as many samples: 512 tell slopes of 0, 0.1 and 0.2 apart, 64 do not."""
UNDECIDED = 1.25
"""Others up to this many times the distance of the guess could as well be right."""


def looked_closely(bag: TensorBag, stack: Stack, best: Choices, last: Fit) -> tuple[Choices, Fit]:
    """The guess with the likeliest activation, and its fit with the rivals that are left.

    Args:
        bag: Tensors.
        stack: Layers.
        best: The guess, epsilons still open.
        last: Its fit with all norms.
    """
    tried = GUESSED | RARE if best.activation in SMOOTH else GUESSED
    found = _distances(bag, stack, best, tuple(tried), 1)
    near = _within(found, best.activation, NEAR)
    if not near:
        return _measured(bag, stack, best, last) if best.activation in SLOPES else (best, last)
    found = _distances(bag, stack, best, (best.activation, *near), SAMPLES)
    weighed = min(found, key=lambda name: tried[name] * found[name])
    if weighed != best.activation:
        best = replace(best, activation=weighed)
        last = fit(bag, stack, best, ALL)
    rivals = _within(found, best.activation, UNDECIDED)
    if best.activation not in SLOPES:
        return best, replace(last, rivals=rivals)
    return _measured(bag, stack, best, replace(last, rivals=rivals))


def _measured(bag: TensorBag, stack: Stack, best: Choices, last: Fit) -> tuple[Choices, Fit]:
    """The guess with the slope that the norms tell; others that are leaky are rivals no more."""
    slope = measured(bag, stack, replace(best, bare=last.bare, eps=last.eps))
    if slope is None:
        return best, last
    rivals = tuple(one for one in last.rivals if one not in SLOPES or slope.allows(one))
    name = slope.nearest()
    if slope.allows(name) and not slope.allows(best.activation):
        rivals = tuple(one for one in rivals if one != name)
        best = replace(best, activation=name)
        last = fit(bag, stack, best, ALL)
    return best, replace(last, rivals=rivals)


def _distances(
    bag: TensorBag, stack: Stack, best: Choices, names: tuple[str, ...], samples: int
) -> dict[str, float]:
    trials = {name: replace(best, activation=name) for name in names}
    return {
        name: fit(bag, stack, trial, NORMS, samples=samples).distance
        for name, trial in trials.items()
    }


def _within(found: dict[str, float], chosen: str, times: float) -> tuple[str, ...]:
    """Others about as near; one exactly as near was not asked, as no norm comes behind it."""
    distance = found[chosen]
    return tuple(
        name
        for name, other in found.items()
        if name != chosen and other < times * distance and other != distance
    )
