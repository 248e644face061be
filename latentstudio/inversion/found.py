"""The result of an inversion: an editable and a faithful code, and the dial between them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.reading import Reading
from latentstudio.density.reference import Density
from latentstudio.inversion.problem import Problem, psnr

DIAL = 9
"""Places of the dial that are measured for its curves."""


@dataclass(frozen=True, slots=True)
class DialReading:
    """What was measured at one position of the dial from editable to faithful.

    Attributes:
        honesty: 0 is the faithful end, 1 the editable one.
        error: Perceptual distance to the picture.
        psnr: In dB.
        reading: Where its code lies.
    """

    honesty: float
    error: float
    psnr: float
    reading: Reading


@dataclass(frozen=True, slots=True, eq=False)
class InversionResult:
    """The result of an inversion: the two ends of the dial.

    Attributes:
        editable: Round coordinates of one code for all layers, pulled to the shell: (1, dim).
        faithful: Of a code for each layer, without that pull: (layers, dim).
        label: The class it is drawn as, or None.
        seconds: Of each stage by name.
        notes: What a person should know, a sentence each.
    """

    editable: Tensor
    faithful: Tensor
    label: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def at(self, honesty: float) -> Tensor:
        """Round coordinates at a place of the dial: (1 or layers, dim).

        Raises:
            OptionError: The place is not between 0 and 1.
        """
        if not 0 <= honesty <= 1:
            raise OptionError(f"honesty goes from 0 (faithful) to 1 (editable), not {honesty}.")
        if honesty == 1:
            return self.editable
        return self.faithful + honesty * (self.editable - self.faithful)


@torch.no_grad()
def place(
    problem: Problem, density: Density, found: InversionResult, honesty: float
) -> DialReading:
    """Measure one place of the dial."""
    codes = problem.codes(found.at(honesty))
    image = problem.generator.synthesize(codes, problem.classes(1), problem.noise)
    error = float(problem.feature_loss(image.clamp(-1, 1)))
    return DialReading(honesty, error, psnr(image, problem.target), density.readings(codes)[0])


def dial(measure: Callable[[float], DialReading], places: int = DIAL) -> list[DialReading]:
    """Measure the whole dial, from faithful to editable."""
    return [measure(index / (places - 1)) for index in range(places)]
