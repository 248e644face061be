"""The photos that pictures start from, as long as the window is open."""

from dataclasses import dataclass

from latentstudio.document.start import Latent, Start
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.render.messages import Pixels

MOST = 64
"""Places of the dial that are remembered: each is a latent of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class UsedPhoto:
    """A photo whose code is a start.

    Attributes:
        photo: All of it.
        crop: The frame that was sought.
        square: What the frame shows, at the model's size, (n, n, 3).
    """

    photo: Photo
    crop: Crop
    square: Pixels


class UsedPhotos:
    """Tells which photo a start was found for: undo and the dial go back to earlier ones."""

    def __init__(self) -> None:
        self._of: dict[str, UsedPhoto] = {}

    def add(self, codes: str, used: UsedPhoto) -> None:
        """Remember the photo of a latent, by its digest; the oldest are forgotten."""
        self._of.pop(codes, None)
        self._of[codes] = used
        while len(self._of) > MOST:
            del self._of[next(iter(self._of))]

    def of(self, start: Start) -> UsedPhoto | None:
        """The photo that a start draws, or None."""
        return self._of.get(start.codes) if isinstance(start, Latent) else None
