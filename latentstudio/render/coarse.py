"""Which preview head shows a picture while a hand moves, and in strips: by what it takes here.

Times are measured, and measured again with every picture: a head is chosen for the machine as it
is, with all that runs beside. One belongs to one renderer and is used from its thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from latentstudio.engine.preview_heads import GrownImage, PreviewHead

SLOW = 0.1
"""Seconds a whole picture may take before coarse ones are shown while a hand moves."""
BUDGET = 0.085
"""Seconds a coarse one may take: with enlarging and painting, eight a second and more."""
SMALLEST = 128
"""Models of smaller pictures are quick everywhere; they never need heads."""
_NEWEST = 0.4
"""Weight of the newest measurement among all."""
_ENOUGH = 0.85
"""Share of a strip's resolution that is enough for it."""
_WORTH = 0.6
"""Of the whole picture's time: what takes longer is not worth being coarse."""


@dataclass(frozen=True, slots=True)
class TimedHead:
    """A head and what it takes.

    Attributes:
        head: Reads the features of a layer, or takes the image that has grown so far.
        side: Of the pictures it makes, in pixels.
        seconds: To its layer, when it was measured.
    """

    head: PreviewHead | GrownImage
    side: int
    seconds: float


class CoarsePreviews:
    """The preview heads of one model.

    Args:
        heads: From early to late layers.
        whole: Seconds for a whole picture, when they were measured.
        pictures: On how many they were fitted; 0 where nothing is fitted yet and the image is shown
            as far as it has grown.

    Attributes:
        measured: `whole`.
    """

    def __init__(self, heads: Sequence[TimedHead], whole: float, pictures: int) -> None:
        self.heads = tuple(heads)
        self.pictures = pictures
        self.measured = whole
        self._pace = 1.0  # how much slower it is now than when it was measured

    @property
    def whole(self) -> float:
        """Seconds for a whole picture, as the machine is now."""
        return self.measured * self._pace

    def moving(self, layers: int, layers_before: Sequence[int]) -> TimedHead | None:
        """The head for a hand that moves: the latest that comes in time, else the first.

        Args:
            layers: How many layers of the code the edit leaves as they were: a head that reads no
                others would show nothing of it.
            layers_before: For each head, how many layers of the code are read before its own.

        Returns:
            None where the whole picture is soon there, or no head can show the edit.
        """
        if self.whole <= SLOW:
            return None
        able = [one for one, read in zip(self.heads, layers_before, strict=True) if read > layers]
        in_time = [one for one in able if one.seconds * self._pace <= BUDGET]
        chosen = in_time[-1:] or able[:1]
        return chosen[0] if chosen and chosen[0].seconds <= _WORTH * self.measured else None

    def of_size(self, size: int) -> TimedHead | None:
        """The first head whose pictures are large enough for a strip or thumb.

        None before heads are fitted: strips are looked at for their colours, too.
        """
        for one in self.heads if self.pictures else ():
            if one.side >= _ENOUGH * size and one.seconds <= _WORTH * self.measured:
                return one
        return None

    def copy(self) -> "CoarsePreviews":
        """The same heads for another thread, with a pace of its own."""
        made = CoarsePreviews(self.heads, self.measured, self.pictures)
        made._pace = self._pace
        return made

    def took(self, one: TimedHead | None, seconds: float) -> None:
        """Learn from a picture: what a head took, or with None the whole one."""
        pace = seconds / max(1e-6, one.seconds if one else self.measured)
        self._pace += _NEWEST * (min(max(pace, 0.2), 20.0) - self._pace)
