"""What a person may choose about a search."""

from dataclasses import dataclass

from latentstudio.core.options import option

STARTS = ("auto", "mean", "samples")


@dataclass(frozen=True, slots=True)
class InversionOptions:
    """Options of an inversion; each field describes itself."""

    start: str = option(
        "auto",
        "Begin at",
        "the mean picture, the sample that looks most alike, or whichever is nearest, a first "
        "guess from the samples included",
        choices=STARTS,
    )
    steps: int = option(
        40, "Steps", "along the gradient, in each of the two stages", low=0, high=5000
    )
    pixels: float = option(
        0.5, "Pixels", "weight of the pixels' difference", low=0, high=100, advanced=True
    )
    features: float = option(
        1.0, "Look", "weight of the perceptual distance", low=0, high=100, advanced=True
    )
    shell: float = option(
        0.3, "Shell", "pull to the shell of the editable end", low=0, high=100, advanced=True
    )


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """Options of tuning; each field describes itself."""

    steps: int = option(60, "Steps", "of all weights; fewer where the goal is reached", low=1,
                        high=5000)  # fmt: skip
    enough: float = option(
        0.02, "Close enough", "perceptual distance at which tuning ends", low=0, high=10
    )
    locality: float = option(
        1.0, "Locality", "weight of what may not change at other codes", low=0, high=100
    )
    noise: bool = option(False, "Noise inputs", "fit the noise inputs, too, kept uncorrelated")
