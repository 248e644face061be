"""Document -> latent -> edits -> features of the edited layers -> image, each cached by value.

A slider on one edit leaves the start alone; switching the theme renders nothing. One renderer
belongs to one open model and is used from one thread.
"""

from collections.abc import Mapping, Sequence

import torch.nn.functional as nnf

from latentstudio.core.reading import Reading
from latentstudio.density.reference import Density
from latentstudio.density.walks import Walk
from latentstudio.document.direction import Direction
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.generator import Generator, Halfway
from latentstudio.engine.images import RGBA, to_pixels, with_alpha
from latentstudio.engine.shapes import fitted
from latentstudio.render.messages import Pixels
from latentstudio.render.moves import Displacements, Move
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.value_cache import Stage

_KEEP_BYTES = 64 * 1024 * 1024
_HALFWAY_BYTES = 256 * 1024 * 1024
"""For features inside the network: two layers of 512 px and 64 channels, or hundreds of 16 px."""


class Renderer:
    """Renders pictures of one model.

    Attributes:
        directions: The directions edits may name, by id; replace the mapping to add some.
        densities: Density of each class by its index (None for unconditional models), as far
            as they have been measured.
        milliseconds: What the last picture took that was not in the cache.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.directions: Mapping[str, Direction] = {}
        self.densities: dict[int | None, Density] = {}
        self.milliseconds = 0.0
        info = generator.info
        shown = max(4, _KEEP_BYTES // (3 * info.resolution**2))
        self._displacements = Displacements(info)
        self.starts: Stage[Latents] = Stage(64)
        self.moved: Stage[Latents] = Stage(64)
        self.halfway: Stage[Halfway] = Stage(_HALFWAY_BYTES, lambda one: one.nbytes)
        self.pictures: Stage[Pixels] = Stage(min(shown, 256))

    def pixels(self, picture: Picture) -> Pixels:
        """8-bit pixels of a picture, (height, width, 3)."""
        key = (self.key(picture), picture.noise)
        return self.pictures.get(key, lambda: self._pixels(self.latents(picture), picture)[0])

    def saved(self, picture: Picture) -> Pixels:
        """Pixels to be saved, with alpha where the model makes it: (height, width, 3 or 4)."""
        if self.generator.info.channels != RGBA:
            return self.pixels(picture)
        images = self.pipeline(picture).images(self.latents(picture), picture.noise)
        pixels: Pixels = with_alpha(images)[0]
        return pixels

    def small(self, pictures: Sequence[Picture], size: int) -> list[Pixels]:
        """Pictures reduced to at most `size` pixels a side, for films and thumbs; not cached."""
        return [self._pixels(self.latents(picture), picture, size)[0] for picture in pictures]

    def reading(self, picture: Picture) -> Reading | None:
        """Where a picture lies, or None until the density is known."""
        density = self.density(picture)
        return density.readings(self.latents(picture).codes)[0] if density else None

    def start(self, picture: Picture) -> Latents:
        """The picture before any edit."""
        classes = None if picture.label is None else [picture.label]
        return self.starts.get(
            _start_key(picture),
            lambda: self.pipeline(picture).from_seeds([picture.seed], classes, picture.truncation),
        )

    def latents(self, picture: Picture) -> Latents:
        """The picture's latents after its edits."""
        return self.moved.get(
            self.key(picture),
            lambda: self.pipeline(picture).apply(
                self.start(picture), self.moves(picture.active()), self.walk(picture)
            ),
        )

    def key(self, picture: Picture) -> tuple[object, ...]:
        """All that decides the latents; equal keys mean equal latents."""
        # With the directions themselves: those of a run that learns keep their id and change.
        directions = self.directions
        known = tuple(
            (e, directions[e.direction]) for e in picture.active() if e.direction in directions
        )
        return (*_start_key(picture), known, self.walk(picture))

    def moves(self, edits: Sequence[Edit]) -> list[Move]:
        """Edits with their directions; an edit whose direction is not loaded is left out."""
        return [
            Move(self.directions[e.direction], e.amount, e.layers, e.off)
            for e in edits
            if e.direction in self.directions
        ]

    def walk(self, picture: Picture) -> Walk:
        """How edits are walked; straight until the density is known."""
        on_shell = picture.stay_on_shell and self.density(picture) is not None
        return "preserve" if on_shell else "linear"

    def density(self, picture: Picture) -> Density | None:
        """Density to read this picture by, if it has been measured."""
        return self.pipeline(picture).density_of(self.start(picture))

    def pipeline(self, picture: Picture) -> Pipeline:
        """The batch pipeline with the density of this picture's class."""
        label = (picture.label or 0) if self.generator.info.classes else None
        density = self.densities.get(label)
        return Pipeline(self.generator, density, self._displacements, self.halfway.get)

    def _pixels(self, latents: Latents, picture: Picture, size: int | None = None) -> list[Pixels]:
        images = self.pipeline(picture).images(latents, picture.noise)
        if size is not None:
            images = nnf.adaptive_avg_pool2d(images, fitted(images.shape[2], images.shape[3], size))
        return list(to_pixels(images))


def _start_key(picture: Picture) -> tuple[object, ...]:
    return picture.seed, picture.label, picture.truncation
