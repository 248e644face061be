"""Filmstrips as pixmaps, kept until newer ones replace them."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPixmap

from latentstudio.document.state import Edit, Picture
from latentstudio.render.messages import Film, Pixels

_LARGEST = 128  # pixels; a frame of 64 on a screen of two pixels a point
_SMALL = 36  # points; what a small row shows, so that painting it needs no scaling
_KEPT = 400

Frames = tuple[QPixmap, ...]
Ends = tuple[float, float]


def around(picture: Picture, direction: str) -> Picture:
    """The picture as one slider's film and band see it: everything but its own amount."""

    def still(edit: Edit) -> Edit:
        return replace(edit, amount=0.0) if edit.direction == direction else edit

    untouched = Edit(direction, 0.0)
    edits = tuple(e for e in map(still, picture.edits) if e != untouched)
    return replace(picture, edits=edits)


def to_pixmap(pixels: Pixels, largest: int = _LARGEST) -> QPixmap:
    """(height, width, 3) pixels as a pixmap, made smaller where it is larger than needed."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    if max(height, width) > largest:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(largest, largest, keep, Qt.TransformationMode.SmoothTransformation)
    return QPixmap.fromImage(image.copy())


def _small(pixels: Pixels) -> QPixmap:
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    made = to_pixmap(pixels, round(_SMALL * ratio))
    made.setDevicePixelRatio(ratio)
    return made


@dataclass(frozen=True, slots=True)
class _Strip:
    seen_from: Picture | None
    ends: Ends | None
    frames: Frames
    small: Frames


class Films:
    """The newest strip of each direction and length; the least used are let go."""

    def __init__(self) -> None:
        self._strips: OrderedDict[tuple[str, int], _Strip] = OrderedDict()

    def clear(self) -> None:
        """Another model was opened."""
        self._strips.clear()

    def outdate(self, directions: Collection[str]) -> None:
        """These directions changed: their strips are shown until newer ones come."""
        for key, strip in self._strips.items():
            if key[0] in directions:
                self._strips[key] = replace(strip, seen_from=None)

    def put(self, picture: Picture, film: Film) -> None:
        """Keep a strip made for `picture`."""
        frames = tuple(to_pixmap(pixels) for pixels in film.frames)
        zero = min(range(len(frames)), key=lambda i: abs(film.amounts[i]), default=0)
        three = [film.frames[i] for i in (0, zero, -1)] if film.frames else []
        ends = (film.amounts[0], film.amounts[-1]) if film.amounts else None
        seen = around(picture, film.direction)
        strip = _Strip(seen, ends, frames, tuple(map(_small, three)))
        key = (film.direction, len(frames))
        self._strips[key] = strip
        self._strips.move_to_end(key)
        while len(self._strips) > _KEPT:
            self._strips.popitem(last=False)

    def frames(self, direction: str, count: int) -> Frames | None:
        """The frames to show, 3 or 7; three are taken from seven where only these are known."""
        strip = self._strips.get((direction, count))
        seven = self._strips.get((direction, 7))
        if count == 3 and seven is not None and (strip is None or self._newer(direction)):
            return seven.small
        if strip is None:
            return None
        return strip.small if count == 3 else strip.frames

    def fresh(self, direction: str, count: int, picture: Picture, ends: Ends | None = None) -> bool:
        """Whether the strip shown still fits the picture, and the ends of its slider if given."""
        now = around(picture, direction)
        counts = (3, 7) if count == 3 else (7,)
        strips = [self._strips.get((direction, c)) for c in counts]
        fits = [s for s in strips if s is not None and s.seen_from == now]
        return any(ends is None or s.ends is None or _near(s.ends, ends) for s in fits)

    def _newer(self, direction: str) -> bool:
        """Whether the seven frames came after the three."""
        keys = [key for key in self._strips if key[0] == direction]
        return keys[-1] == (direction, 7)


def _near(one: Ends, other: Ends) -> bool:
    return all(abs(a - b) < 1e-6 for a, b in zip(one, other, strict=True))
