"""The way from the start to the picture now, as coordinates."""

from latentstudio.core.reading import Reading
from latentstudio.document.state import Picture

_LONGEST = 48


class Trail:
    """Coordinates in the order they were passed; another start begins again."""

    def __init__(self) -> None:
        self._origin: Picture | None = None
        self._points: list[float] = []

    @property
    def points(self) -> tuple[float, ...]:
        """From the start to now."""
        return tuple(self._points)

    def clear(self) -> None:
        """Forget the way."""
        self._origin, self._points = None, []

    def add(self, picture: Picture, now: Reading, start: Reading | None) -> None:
        """The picture now lies here."""
        if picture.original() != self._origin or not picture.active():
            self._origin = picture.original()
            self._points = [(start or now).coordinate]
        if abs(now.coordinate - self._points[-1]) < 1e-6:
            return
        self._points.append(now.coordinate)
        if self._goes_on():
            del self._points[-2]
        if len(self._points) > _LONGEST:
            del self._points[1]

    def _goes_on(self) -> bool:
        """The last three points lie one way: the middle one says nothing."""
        if len(self._points) < 3:
            return False
        a, b, c = self._points[-3:]
        return (b - a) * (c - b) > 0 and len(self._points) > 3
