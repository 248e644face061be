"""What a person says of vectors whose file leaves it open. Without torch, for the window."""

from dataclasses import dataclass

from latentstudio.core.spaces import Space


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How vectors are read: what a person says; the rest follows from file and model.

    Attributes:
        space: Where the vectors live.
        layers: First and last layer they apply to.
        unit: How long a step of amount 1 is.
    """

    space: Space | None = None
    layers: tuple[int, int] | None = None
    unit: float | None = None


NOTHING = ImportOptions()
