"""What a picture starts from: a seed, or a latent that came from elsewhere."""

from dataclasses import dataclass, replace

from latentstudio.core.spaces import Space


class Start:
    """A `Seed` or a `Latent`; both have a class and a truncation.

    Attributes:
        label: Class index for conditional models, else None.
        truncation: 1 leaves the style code as drawn, 0 is the mean.
    """

    __slots__ = ()
    label: int | None
    truncation: float

    def with_label(self, label: int | None) -> "Start":
        """The same start in another class."""
        raise NotImplementedError

    def with_truncation(self, truncation: float) -> "Start":
        """The same start, pulled more or less toward the mean."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Seed(Start):
    """z drawn from the model's prior.

    Attributes:
        seed: 0 to 2^32 - 1.
        label: See `Start`.
        truncation: See `Start`.
    """

    seed: int = 0
    label: int | None = None
    truncation: float = 1.0

    def with_label(self, label: int | None) -> "Seed":
        """The same seed in another class."""
        return replace(self, label=label)

    def with_truncation(self, truncation: float) -> "Seed":
        """The same seed, pulled more or less toward the mean."""
        return replace(self, truncation=truncation)


FIRST = Seed()
"""What a document starts from before anything was chosen."""


@dataclass(frozen=True, slots=True)
class Latent(Start):
    """A given latent: of a photo, a file, or two pictures bred.

    Attributes:
        codes: Digest of an array in the assets (`document.assets`): (dim,), or (layers, dim)
            in W+.
        space: Where it lives.
        label: See `Start`.
        truncation: Used by the mapping of z. Codes in W or W+ are used as they are; for them it
            says what they were truncated with, so that their density is read before that.
    """

    codes: str
    space: Space
    label: int | None = None
    truncation: float = 1.0

    def with_label(self, label: int | None) -> "Latent":
        """The same latent in another class."""
        return replace(self, label=label)

    def with_truncation(self, truncation: float) -> "Latent":
        """The same latent, of which the mapping makes more or less; W and W+ don't change."""
        return replace(self, truncation=truncation) if self.space is Space.Z else self
