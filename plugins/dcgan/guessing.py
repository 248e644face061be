"""Guessing what a file does not hold, from what it does.

Batch norms remember the mean and variance of what they were given in training. A network with
the right activation, strides, prior and class input gives them that again; a wrong one does
not. Where there are no batch norms the defaults stand.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from latentstudio.plugin_host.api import TensorBag

from .activations import GUESSED, RARE, looked_closely
from .choices import FILE, PRIORS, Choices
from .fitting import ALL, NONE, Fit, as_text, fit
from .geometry import candidates
from .reading import Stack

LENGTHS = (32, 50, 62, 64, 100, 128, 200, 256, 512)
"""Of codes, as people choose them; what lies above one is likely a class."""
MAX_CLASSES = 28
FEWEST, MOST, WORK = 6, 64, 2e8
"""Fewest and most samples, and about how many products each trial may take."""
ROOM = 5e7
"""Most numbers in the features of one layer while trying."""
CLOSE = 2.0
"""Layouts this much less usual than the likeliest are tried."""
REPORTED = (
    "activation", "bare", "eps", "output", "prior", "classes", "condition", "size", "layout",
)  # fmt: skip
CLEARLY = 0.9
"""A guess replaces a likelier one if its distance is below this share of it."""
AGREES = 0.12
"""Up to this distance other layouts are not tried."""
WRONG = 0.4
"""Batch norms that differ by more than this share say that something is read wrongly."""
SAID = "the file says so"
BRANCHES = (
    "The pictures may be wrong: some layers look like residual blocks, and a file of tensors does "
    "not tell. Compare them with pictures that this model is known to make."
)
UNSURE = (
    "The activation is uncertain: the batch norms in this file agree about as well with {}. If "
    "the pictures look off, choose that one in the model panel."
)


@torch.no_grad()
def guess(bag: TensorBag, stack: Stack) -> tuple[Choices, dict[str, str], Fit]:
    """The likeliest choices, for each what speaks for it, and how well they fit."""
    best = _start(stack)
    reasons = dict.fromkeys(REPORTED, "usual")
    for name in ("activation", "output", "eps"):
        if stack.said and getattr(best, name) != getattr(Choices(), name):
            reasons[name] = SAID
    if not any(layer.norm for layer in stack.layers):
        return best, reasons, NONE
    if stack.layers[0].norm:
        best = _asked(bag, stack, best, "prior", dict.fromkeys(PRIORS, 1.0), 1, reasons)
    if best.activation != FILE:
        best = _asked(bag, stack, best, "activation", GUESSED | RARE, 3, reasons)
    best, last = _laid_out(bag, stack, best, reasons)
    if best.activation != FILE:
        best, last = looked_closely(bag, stack, best, last)
    if stack.said:
        return best, reasons, last
    if last.eps:
        reasons["eps"] = _differ(last.distance)
    return replace(best, bare=last.bare, eps=last.eps), reasons, last


def _asked(
    bag: TensorBag,
    stack: Stack,
    best: Choices,
    name: str,
    values: Mapping[str, float],
    norms: int,
    reasons: dict[str, str],
) -> Choices:
    """The choices with the answer to one question; the reason for it is noted."""
    trials = {value: _with(best, name, value) for value in values}
    fits = {value: fit(bag, stack, trial, norms) for value, trial in trials.items()}
    found = min(fits, key=lambda value: values[value] * fits[value].distance)
    usual = getattr(best, name)
    value = found if fits[found].distance < CLEARLY * fits[usual].distance else usual
    if math.isinf(fits[value].distance):  # too large to try
        return best
    reasons["bare"] = reasons[name] = _differ(fits[value].distance)
    return replace(trials[value], bare=fits[value].bare)


def _laid_out(
    bag: TensorBag, stack: Stack, best: Choices, reasons: dict[str, str]
) -> tuple[Choices, Fit]:
    """Other strides and paddings, where the likeliest ones disagree with the norms."""
    fitting = candidates(stack)
    close = sum(geometry.cost < fitting[0].cost + CLOSE for geometry in fitting) if fitting else 0
    usual = fit(bag, stack, best, ALL)
    if close < 2 or usual.distance <= AGREES:
        return best, usual
    activations = tuple(GUESSED) if best.activation != FILE else (FILE,)
    trials = [
        replace(best, layout=layout, activation=activation)
        for layout in range(1, close)
        for activation in activations
    ]
    fits = [fit(bag, stack, trial, ALL) for trial in trials]
    found, trial = min(zip(fits, trials, strict=True), key=lambda pair: pair[0].distance)
    if not found.distance < CLEARLY * usual.distance:
        return best, usual
    reasons |= dict.fromkeys(("layout", "size", "activation", "bare"), _differ(found.distance))
    return replace(trial, bare=found.bare), found


@torch.no_grad()
def settled(bag: TensorBag, stack: Stack, choices: Choices) -> Fit:
    """How well choices fit that a person made."""
    return fit(bag, stack, choices, ALL, settled=True)


def doubts(found: Fit, branched: bool) -> tuple[str, ...]:
    """What speaks against the pictures, as sentences; nothing where all agrees.

    Args:
        found: How well the batch norms agree with the choices.
        branched: Some layers look like those of residual blocks.
    """
    said: tuple[str, ...] = (BRANCHES,) if branched else ()
    if found.rivals:
        said += (UNSURE.format(" or ".join(found.rivals)),)
    worst = found.worst
    if math.isinf(worst) or worst <= WRONG:
        return said
    return (
        *said,
        "The pictures are probably wrong: the batch norms in this file remember other numbers "
        f"than they are given ({_differ(worst).removeprefix('batch norms ')}). Try another "
        "activation, epsilon or layout.",
    )


def _differ(distance: float) -> str:
    return f"batch norms differ by {100 * distance:.0f} %"


def _start(stack: Stack) -> Choices:
    """What is likely by the sizes alone."""
    width, start = stack.layers[0].inputs, _as_said(stack)
    if stack.embed is not None:
        product = int(stack.embed.shape[1]) == width
        return replace(start, condition="product" if product else "before")
    if width in LENGTHS or width & (width - 1) == 0:
        return start
    below = max((length for length in LENGTHS if length < width), default=0)
    classes = width - below
    return replace(start, classes=classes if below and 2 <= classes <= MAX_CLASSES else 0)


def _as_said(stack: Stack) -> Choices:
    """What a whole module says; the defaults where it says nothing."""
    said = [one for one, layer in zip(stack.said, stack.layers, strict=False) if layer.norm]
    eps = as_text([one.eps for one in said]) if all(one.eps for one in said) else ""
    if not any(one.function for one in stack.said):
        return Choices(eps=eps)
    output = FILE if stack.said[-1].function else Choices().output
    return Choices(activation=FILE, output=output, eps=eps)


def _with(choices: Choices, name: str, value: str | int) -> Choices:
    changed: dict[str, Any] = {name: value}
    return replace(choices, **changed)
