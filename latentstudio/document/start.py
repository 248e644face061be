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
class PhotoUse:
    """The photo that a latent was found for: to compare with, and to put edits back into.

    Attributes:
        name: Of its file, without folders.
        digest: SHA-256 of the file's bytes, so that it is known again.
        kept: Digest of its copy in the assets (`document.assets`): the file's bytes, (n,) uint8;
            empty where it is too large to be kept.
        frame: The square that the model draws: x and y of its middle, its side, in pixels of the
            photo, and how far it is turned clockwise, in degrees.
        mirror: Whether what is cut out is mirrored left to right.
    """

    name: str
    digest: str
    kept: str
    frame: tuple[float, float, float, float]
    mirror: bool = False


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
        tuning: Digest of a small difference to the model's weights in the assets, which the
            picture is drawn with (`generators.weight_difference`): bytes, (n,) uint8. Empty
            where the model draws it as it is.
        photo: The photo it was found for, or None.
    """

    codes: str
    space: Space
    label: int | None = None
    truncation: float = 1.0
    tuning: str = ""
    photo: PhotoUse | None = None

    def with_label(self, label: int | None) -> "Latent":
        """The same latent in another class."""
        return replace(self, label=label)

    def with_truncation(self, truncation: float) -> "Latent":
        """The same latent, of which the mapping makes more or less; W and W+ don't change."""
        return replace(self, truncation=truncation) if self.space is Space.Z else self


def tuning_of(start: Start) -> str:
    """Digest of the weights' difference that a start is drawn with; empty for none."""
    return start.tuning if isinstance(start, Latent) else ""


def without_tuning(start: Start) -> Start:
    """The same start as the model itself draws it."""
    return replace(start, tuning="") if isinstance(start, Latent) else start


def without_photo(start: Start) -> Start:
    """The same start without the photo that it was found for."""
    return replace(start, photo=None) if isinstance(start, Latent) else start
