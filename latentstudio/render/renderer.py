"""Document -> latent -> edits -> features of the edited layers -> image -> masks, cached by value.

A slider on one edit leaves the start alone; switching the theme renders nothing. Of a picture with
masked edits each part that is laid over others is kept (`render.compose`), so a slider draws
only the parts it takes part in. One renderer belongs to one open model and is used from one thread.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch.nn.functional as nnf
from PIL import Image
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.core.reading import LooksReading, Reading
from latentstudio.core.walk import Walk
from latentstudio.density.picture_judge import PictureJudge, how_far
from latentstudio.density.reference import Density
from latentstudio.document.assets import NO_ASSETS, Assets, MissingAssetError
from latentstudio.document.direction import Direction
from latentstudio.document.start import Latent, Seed, tuning_of
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.engine.generator import Generator, Halfway, HasHalfway, HasTaps
from latentstudio.engine.images import RGBA, to_pixels, with_alpha
from latentstudio.engine.shapes import fitted
from latentstudio.render import tuned
from latentstudio.render.coarse import CoarsePreviews, TimedHead
from latentstudio.render.compose import MaskedMoves, composed, layered
from latentstudio.render.feature_blending import FeatureBlending
from latentstudio.render.mask_images import mask_image, neighbourhood
from latentstudio.render.messages import Pixels
from latentstudio.render.moves import Displacements, Move
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.resuming import ResumingSynthesis
from latentstudio.render.value_cache import ValueCache

_KEEP_BYTES = 64 * 1024 * 1024
_HALFWAY_BYTES = 256 * 1024 * 1024
"""For features inside the network: two layers of 512 px and 64 channels, or hundreds of 16 px."""
_PART_BYTES = 192 * 1024 * 1024
"""For parts of pictures with masked edits: 16 of 1024 px."""
_MASK_BYTES = 64 * 1024 * 1024

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of a picture's longer side."""


class Renderer:
    """Renders pictures of one model.

    Args:
        generator: The model.
        assets: Where masks and latents are looked up that pictures name.

    Attributes:
        directions: The directions edits may name, by id; replace the mapping to add some.
        densities: Density of each class by its index (None for unconditional models), as far
            as they have been measured.
        judges: What judges pictures, of each class as above, as far as it has been taught.
        coarse: Preview heads, for models whose pictures take long; None where there are none.
        milliseconds: What the last picture took that was not in the cache.
    """

    def __init__(self, generator: Generator, assets: Assets = NO_ASSETS) -> None:
        self.generator = generator
        self.assets = assets
        self.directions: Mapping[str, Direction] = {}
        self.densities: dict[int | None, Density] = {}
        self.judges: dict[int | None, PictureJudge] = {}
        self.coarse: CoarsePreviews | None = None
        self.milliseconds = 0.0
        info = generator.info
        shown = max(4, _KEEP_BYTES // (3 * info.resolution**2))
        self._displacements = Displacements(info)
        self.starts: ValueCache[Latents] = ValueCache(64)
        self.moved: ValueCache[Latents] = ValueCache(64)
        self.halfway: ValueCache[Halfway] = ValueCache(_HALFWAY_BYTES, lambda one: one.nbytes)
        self.masks: ValueCache[Tensor] = ValueCache(_MASK_BYTES, lambda one: one.nbytes)
        self.parts: ValueCache[Tensor] = ValueCache(_PART_BYTES, lambda one: one.nbytes)
        self.pictures: ValueCache[Pixels] = ValueCache(min(shown, 256))
        self._blends = {"": FeatureBlending(generator)}
        self._resuming = ResumingSynthesis(generator, self.halfway)
        self._tuned: ValueCache[ResumingSynthesis] = ValueCache(tuned.KEPT)

    def pixels(self, picture: Picture) -> Pixels:
        """8-bit pixels of a picture, (height, width, 3)."""
        return self.pictures.get(self._pixels_key(picture), lambda: _one(self.images(picture)))

    def coarse_pixels(self, picture: Picture) -> Pixels | None:
        """A picture as a preview head sees it, enlarged to full size. (height, width, 3), 8 bits.

        None where the whole picture is known or soon made, and where no head can show its edits.
        """
        coarse = self.coarse
        if coarse is None or self.pictures.find(self._pixels_key(picture)) is not None:
            return None
        unchanged = self._synthesis(picture).unchanged(self.latents(picture))
        small = self._seen(picture, coarse.moving(unchanged, self._layers_before(coarse)))
        if small is None:
            return None
        height, width = self.generator.info.size
        image = Image.fromarray(_one(small)).resize((width, height), Image.Resampling.BICUBIC)
        return np.array(image)

    def saved(self, picture: Picture) -> Pixels:
        """Pixels to be saved, with alpha where the model makes it: (height, width, 3 or 4)."""
        if self.generator.info.channels != RGBA:
            return self.pixels(picture)
        pixels: Pixels = with_alpha(self.images(picture))[0]
        return pixels

    def small(
        self, pictures: Sequence[Picture], size: int, around: MaskUse | None = None
    ) -> list[Pixels]:
        """Pictures reduced to at most `size` pixels a side, for films and thumbs; not cached.

        Each (h, w, 3), 8 bits. With a mask only its neighbourhood is shown.
        """
        box = None if around is None else self._neighbourhood(around)
        if box is None:
            return [self._small(picture, size) for picture in pictures]
        size = round(size / (box[2] - box[0]))
        return [_part(self._small(picture, size), box) for picture in pictures]

    def reading(self, picture: Picture) -> Reading | None:
        """Where a picture lies, or None until the density is known."""
        density = self.density(picture)
        return density.readings(self.latents(picture).codes)[0] if density else None

    def looks(self, picture: Picture, reading: Reading, density: Density) -> LooksReading | None:
        """How a picture looks beside the model's own, or None until a judge has been taught.

        Args:
            picture: Which.
            reading: Its place in the density.
            density: What that was read in.
        """
        judge = self.judges.get(self._class_key(picture))
        if judge is None or not isinstance(self.generator, HasTaps):
            return None
        latents, beyond = self.latents(picture), how_far(density.shell, reading.coordinate)
        return judge.read(self.generator, latents.codes, latents.classes, beyond)

    def start(self, picture: Picture) -> Latents:
        """The picture before any edit."""
        return self.starts.get(picture.start, lambda: self._started(picture))

    def latents(self, picture: Picture) -> Latents:
        """The picture's latents after its edits, masked ones too: where the density is read."""
        return self.moved.get(
            self.key(picture),
            lambda: self.pipeline(picture).apply(
                self.start(picture), self.moves(picture.active()), self.walk(picture)
            ),
        )

    def key(self, picture: Picture) -> tuple[object, ...]:
        """All that decides the latents; equal keys mean equal latents."""
        # With what directions do: those of a run that learns keep their id and change, and those
        # that get a name meanwhile do what they did.
        known = tuple(
            (e, _doing(self.directions[e.direction]))
            for e in picture.active()
            if e.direction in self.directions
        )
        return (picture.start, known, self.walk(picture))

    def moves(self, edits: Sequence[Edit]) -> list[Move]:
        """Edits with their directions; an edit whose direction is not loaded is left out."""
        return [
            Move(self.directions[e.direction], e.amount, e.layers, e.off, e.mask)
            for e in edits
            if e.direction in self.directions
        ]

    def walk(self, picture: Picture) -> Walk:
        """How edits are walked; straight until the density is known."""
        known = picture.on_shell and self.density(picture) is not None
        return picture.walk if known else "straight"

    def density(self, picture: Picture) -> Density | None:
        """Density to read this picture by, if it has been measured."""
        return self.pipeline(picture).density_of(self.start(picture))

    def pipeline(self, picture: Picture) -> Pipeline:
        """The batch pipeline with the density of this picture's class."""
        density = self.densities.get(self._class_key(picture))
        remember = partial(self._stop, tuning_of(picture.start))
        return Pipeline(self.network(picture), density, self._displacements, remember)

    def network(self, picture: Picture) -> Generator:
        """What draws a picture: the model, or a copy fitted to the picture's photo.

        Raises:
            LatentStudioError: The fit is lost, damaged, or of another model.
        """
        return self._synthesis(picture).generator

    def images(self, picture: Picture) -> Tensor:
        """The picture before it becomes 8-bit: (1, C, H, W), masked edits within their masks."""
        within = self._within if self.coarse is not None else None
        blend = self._blending(picture)
        return self._composed(picture, self._whole, self.reach, within=within, blend=blend)

    def _class_key(self, picture: Picture) -> int | None:
        return (picture.label or 0) if self.generator.info.classes else None

    def _composed(
        self,
        picture: Picture,
        draw: Callable[[Picture, Latents], Tensor],
        mask_of: Callable[[MaskUse], Tensor],
        kind: str = "",
        within: Callable[[Picture, Latents, Tensor], Tensor] | None = None,
        blend: FeatureBlending | None = None,
    ) -> Tensor:
        """A picture of parts that `draw` makes; parts of one `kind` are kept together.

        `within` makes no more of a part than its mask needs; without `blend` all is blended by
        pixels.
        """
        plain, layers = layered(self.moves(picture.active()))
        if not layers:
            return draw(picture, self.latents(picture))
        walk, pipeline = self.walk(picture), self.pipeline(picture)

        def latents(moves: tuple[Move, ...]) -> Latents:
            return pipeline.apply(self.start(picture), moves, walk)

        def drawn(moves: tuple[Move, ...]) -> Tensor:
            key = (kind, picture.start, _part_key(moves), walk, picture.noise)
            return self.parts.get(key, lambda: draw(picture, latents(moves)))

        def drawn_within(moves: tuple[Move, ...], mask: Tensor) -> Tensor:
            return drawn(moves) if within is None else within(picture, latents(moves), mask)

        def by_features(moves: tuple[Move, ...], blended: tuple[MaskedMoves, ...]) -> Tensor:
            assert blend is not None
            joined = tuple((one.use, _part_key(one.moves)) for one in blended)
            key = (kind, picture.start, _part_key(moves), walk, picture.noise, joined)
            edits = [
                (one.use, self._mask(one.use), latents((*moves, *one.moves))) for one in blended
            ]
            return self.parts.get(key, lambda: blend.images(latents(moves), edits, picture.noise))

        ways = (drawn, mask_of, drawn_within, by_features if blend is not None else None)
        return composed(plain, layers, *ways)

    def _whole(self, picture: Picture, latents: Latents) -> Tensor:
        """What such latents look like, (1, C, H, W)."""
        if self.coarse is None:
            return self.pipeline(picture).images(latents, picture.noise)
        began = time.perf_counter()
        synthesis = self._synthesis(picture)
        image = synthesis.whole(latents, picture.noise)
        if not synthesis.resumed:
            self.coarse.took(None, time.perf_counter() - began)
        return image

    def _within(self, picture: Picture, latents: Latents, mask: Tensor) -> Tensor:
        """The same where a mask isn't 0; anything elsewhere."""
        made = self._synthesis(picture).within(latents, picture.noise, mask)
        return self._whole(picture, latents) if made is None else made

    def _seen(self, picture: Picture, one: TimedHead | None) -> Tensor | None:
        """The picture as a head sees it, (1, C, s, s); None where it can't show its edits."""
        one = one and self._behind(one, self.latents(picture))
        if one is None:
            return None

        def mask_of(use: MaskUse) -> Tensor:
            return nnf.adaptive_avg_pool2d(self._mask(use)[None], one.side)[0]

        try:
            fitted = self.coarse.pictures if self.coarse else 0
            kind = f"{one.head.tap} {one.side} {fitted}"  # parts that another head saw are no use
            return self._composed(picture, partial(self._seen_by, one), mask_of, kind)
        except ShapeError:  # kept by another version, or for other layers
            self.coarse = None
            return None

    def _behind(self, one: TimedHead, latents: Latents) -> TimedHead | None:
        """A head, or the first behind all layers in which channels follow codes of their own."""
        if latents.base is None or self.coarse is None:
            return one
        if not isinstance(self.generator, HasHalfway):
            return None
        place = self.generator.info.taps.index
        last = max((place(mix.tap) for mix in latents.mixes), default=0)
        able = [head for head in (one, *self.coarse.heads) if place(head.head.tap) >= last]
        return able[0] if able else None

    def _seen_by(self, one: TimedHead, picture: Picture, latents: Latents) -> Tensor:
        began = time.perf_counter()
        synthesis = self._synthesis(picture)
        image = synthesis.seen_by(one.head, latents, picture.noise)
        if self.coarse is not None and not synthesis.resumed:
            self.coarse.took(one, time.perf_counter() - began)
        return image

    def _synthesis(self, picture: Picture) -> ResumingSynthesis:
        """Of the model, or of a copy of it that was fitted to the picture's photo."""
        tuning = tuning_of(picture.start)
        if not tuning:
            return self._resuming

        def make() -> ResumingSynthesis:
            network = tuned.tuned_network(self.generator, self.assets.get(tuning))
            return ResumingSynthesis(network, self.halfway, tuning)

        return self._tuned.get(tuning, make)

    def _stop(self, tuning: str, key: Hashable, make: Callable[[], Halfway]) -> Halfway:
        """How far a synthesis came, by the network that it is of."""
        return self.halfway.get((tuning, key), make)

    def _mask(self, use: MaskUse) -> Tensor:
        size, pixels = self.generator.info.size, replace(use, features="")
        return self.masks.get(pixels, lambda: mask_image(pixels, self.assets, size))

    def reach(self, use: MaskUse) -> Tensor:
        """Where a masked edit may change the picture: (H, W), 0 to 1."""
        mask = self._mask(use)
        if not use.features or not bool(mask.any()):
            return mask
        return self.masks.get((use, "reach"), lambda: self._blends[""].reach(use, mask))

    def _blending(self, picture: Picture) -> FeatureBlending:
        """By the model, or by the copy of it that was fitted to the picture's photo."""
        tuning, network = tuning_of(picture.start), self.network(picture)
        if tuning not in self._blends or self._blends[tuning].generator is not network:
            self._blends = {"": self._blends[""], tuning: FeatureBlending(network)}
        return self._blends[tuning]

    def _neighbourhood(self, use: MaskUse) -> Box | None:
        """Of a mask, by shares of the picture's longer side; None where the mask is lost."""
        try:
            found = neighbourhood(self._mask(use))
        except MissingAssetError:
            return None
        longest = max(self.generator.info.size)
        left, top, right, bottom = (value / longest for value in found)
        return left, top, right, bottom

    def _started(self, picture: Picture) -> Latents:
        pipeline, start = self.pipeline(picture), picture.start
        classes = None if start.label is None else [start.label]
        if isinstance(start, Latent):
            codes = self.assets.get(start.codes)[None]
            given = pipeline.from_array(codes, start.space, classes, start.truncation)
            return replace(given, truncation=start.truncation)
        assert isinstance(start, Seed)
        return pipeline.from_seeds([start.seed], classes, start.truncation)

    def _small(self, picture: Picture, size: int) -> Pixels:
        known = self.pictures.find(self._pixels_key(picture))
        if known is not None:
            height, width = fitted(known.shape[0], known.shape[1], size)
            image = Image.fromarray(known).resize((width, height), Image.Resampling.BOX)
            return np.array(image)
        seen = self._seen(picture, self.coarse.of_size(size)) if self.coarse else None
        images = self.images(picture) if seen is None else seen
        sides = fitted(images.shape[2], images.shape[3], size)
        return _one(nnf.adaptive_avg_pool2d(images, sides))

    def _pixels_key(self, picture: Picture) -> tuple[object, ...]:
        return self.key(picture), picture.noise

    def _layers_before(self, coarse: CoarsePreviews) -> list[int]:
        """For each head, how many layers of the code decide what it reads."""
        generator, layers = self.generator, self.generator.info.code_layers
        if not isinstance(generator, HasHalfway):
            return [layers] * len(coarse.heads)
        return [generator.layers_before(one.head.tap) for one in coarse.heads]


def _one(images: Tensor) -> Pixels:
    """The only picture of a batch."""
    pixels: Pixels = to_pixels(images)[0]
    return pixels


def _part(pixels: Pixels, box: Box) -> Pixels:
    """A part of a picture: (h, w, 3)."""
    longest = max(pixels.shape[:2])
    left, top, right, bottom = (round(share * longest) for share in box)
    found: Pixels = np.ascontiguousarray(
        pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    )
    return found


def _part_key(moves: Sequence[Move]) -> tuple[object, ...]:
    """Moves of one picture by value; where they are masked is no part of it."""
    return tuple((_doing(m.direction), m.amounts, m.layers, m.off) for m in moves)


def _doing(direction: Direction) -> tuple[object, ...]:
    """All of a direction that decides pixels."""
    return direction.payload, direction.space, direction.unit, direction.layers
