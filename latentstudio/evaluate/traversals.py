"""Traversals: every direction walked from every latent of a pool, as pictures in a folder.

``traversals.json`` says what they are; each direction has a folder that appears when it is
complete, with a strip of pictures (PNG, nothing lost) and an animation for each latent. Whatever
reads attributes later reads these files, and needs neither the model nor its family's code.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import read_file
from latentstudio.core.formats import Json, StoredFormat
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.evaluate.records import are_safe_names, read_record

_BESIDE = 2**20
"""Bytes of a picture's file beside its pixels."""

RECORD = "traversals.json"
FORMAT = 2
MOST_STEPS = 101
MOST_PIXELS = 160 * 1024 * 1024
"""Of a strip: less than what Pillow refuses to open."""


class Walked(msgspec.Struct, frozen=True):
    """One direction of a folder of traversals.

    Attributes:
        id: The direction's.
        name: As on screen.
        method: Who found it.
        folder: Where its pictures are, relative.
        reach: Amount at the last step; −reach at the first.
        digest: SHA-256 of all that decides where it leads.
    """

    id: str
    name: str
    method: str
    folder: str
    reach: float
    digest: str


class Traversals(msgspec.Struct, frozen=True):
    """What ``traversals.json`` says.

    Attributes:
        format: Of this file.
        model: The model.
        name: The model's name.
        pool: Digest of the pool.
        starts: Names of its latents.
        walk: ``straight``, ``preserve`` or ``geodesic``.
        steps: Pictures in a strip, odd; the start is in the middle.
        side: Pixels of a picture's sides.
        gap: Pixels between two pictures of a strip.
        animation: Ending of the animations' files, or empty.
        directions: In the preset's order.
        height: Of a picture, 0 where it is as high as wide.
    """

    format: int
    model: ModelKey
    name: str
    pool: str
    starts: tuple[str, ...]
    walk: str
    steps: int
    side: int
    gap: int
    animation: str
    directions: tuple[Walked, ...]
    height: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a picture."""
        return self.height or self.side, self.side

    @property
    def middle(self) -> int:
        """The step at amount 0."""
        return self.steps // 2

    def amounts(self, direction: int) -> list[float]:
        """The amount at each step."""
        reach = self.directions[direction].reach
        return [float(a) for a in np.linspace(-reach, reach, self.steps)]

    def strip(self, direction: int, start: int) -> str:
        """Where a strip is, relative to the folder."""
        return f"{self.directions[direction].folder}/{start:05d}-{self.starts[start]}.png"


def _straight(values: Json) -> Json:
    """Format 2: the straight walk was called linear."""
    return {**values, "walk": "straight"} if values.get("walk") == "linear" else values


TRAVERSALS = StoredFormat(FORMAT, MappingProxyType({1: _straight}))


def check_steps(steps: int, size: tuple[int, int] = (1, 1)) -> None:
    """Refuse step counts without a middle, and strips that could not be read again.

    Args:
        steps: Pictures in a strip.
        size: Height and width of a picture, where they are known.

    Raises:
        OptionError: Even, or out of range.
    """
    if steps % 2 == 0 or not 3 <= steps <= MOST_STEPS:
        raise OptionError(
            f"{steps} isn't a number of steps: it is odd, so that the start is in the middle, "
            f"from 3 to {MOST_STEPS}."
        )
    height, width = size
    if steps * height * width > MOST_PIXELS:
        raise OptionError(
            f"A strip of {steps} pictures of {width} × {height} pixels is too large. Choose fewer "
            "steps."
        )


def read_traversals(folder: Path) -> Traversals:
    """Read what a folder of traversals holds.

    Raises:
        FileError: There is none, it is damaged, of a newer LatentStudio, or directions are
            missing.
    """
    found = read_record(folder / RECORD, Traversals, "folder of traversals", TRAVERSALS)
    _check(found, folder)
    missing = [one for one in found.directions if not (folder / one.folder).is_dir()]
    if missing:
        raise FileError(
            f"{len(missing)} of {len(found.directions)} directions in {folder} are missing. "
            "Run traverse again: it goes on where it stopped."
        )
    return found


def read_strip(folder: Path, found: Traversals, direction: int, start: int) -> NDArray[np.uint8]:
    """The pictures of one walk, (K, H, W, 3).

    Raises:
        FileError: The strip is missing, damaged, or of another size.
    """
    path = folder / found.strip(direction, start)
    size = (found.steps * (found.side + found.gap) - found.gap, found.size[0])
    again = "Run traverse again into another folder."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # of what we wrote
            if path.stat().st_size > 8 * size[0] * size[1] + _BESIDE:
                raise FileError(f"{path} isn't a strip of this traversal. {again}")
            file = BytesIO(read_file(path))  # whose length bounds what a damaged chunk asks for
            with Image.open(file, formats=("PNG",)) as picture:
                if picture.size != size:
                    raise FileError(f"{path} has another size than the other strips. {again}")
                pixels = np.asarray(picture.convert("RGB"))
    except FileNotFoundError:
        raise FileError(f"{path} is missing. {again}") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileError(f"{path} is damaged. {again}") from error
    return np.stack(list(_frames(pixels, found)))


def folder_name(index: int, direction: Direction) -> str:
    """A folder for a direction: its place, and what can be a file name of its id."""
    tidy = "".join(c if c.isascii() and c.isalnum() else "-" for c in direction.id)[:60]
    return f"{index:03d}-{tidy.strip('-') or 'direction'}"


def _frames(pixels: NDArray[np.uint8], found: Traversals) -> Iterator[NDArray[np.uint8]]:
    for step in range(found.steps):
        left = step * (found.side + found.gap)
        yield pixels[:, left : left + found.side]


def _check(found: Traversals, folder: Path) -> None:
    """Numbers that make sense, and paths that stay inside."""
    check_steps(found.steps)
    names = [one.folder for one in found.directions] + list(found.starts)
    sound = bool(found.directions) and bool(found.starts) and are_safe_names(names)
    fits = found.side > 0 and 0 <= found.steps * found.size[0] * found.side <= MOST_PIXELS
    if not (sound and fits and 0 <= found.gap <= 64):
        raise FileError(f"{folder / RECORD} is damaged. Run traverse again into another folder.")
