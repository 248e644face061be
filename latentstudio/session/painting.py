"""What the window asks of painted regions: local sliders, what leaks, trials on other pictures."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import Direction, DirectionSet, Local, ModelKey
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate.local_names import FACE_PARTS, place
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.presets.sources import ENDING
from latentstudio.exchange.sharing import with_masks
from latentstudio.region import registry
from latentstudio.region.leak import measure
from latentstudio.region.masks import Mask
from latentstudio.render.mask_images import mask_image
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.session import imports, library
from latentstudio.session.local_naming import named
from latentstudio.session.local_search import SPECTRUM, Answer, LocalSearch
from latentstudio.session.local_ways import try_on
from latentstudio.session.opening import THUMB_SIZE, OpenModel
from latentstudio.session.predictors import choose_predictor
from latentstudio.session.region_messages import LeakNews, LocalNews, LocalRequest, TrialNews
from latentstudio.store.assets import DiskAssets

_ALIKE = 0.95
"""Cosine from which a direction is the one that is in use already."""
OTHERS = (11, 23, 37, 41, 53, 67)
"""Seeds of the pictures on which a local edit is tried."""
_FREE = 0.5
"""Share of a part that has to lie outside of the mask, for the leak to be named by it."""
_PEAK = 99.5
"""Percentile of the change that a heat map shows brightest."""


@dataclass(slots=True, eq=False)
class Painting:
    """Painted regions and local directions of the studio's open model.

    Args:
        opened: Gives the model.
        assets: Where masks are looked up.
    """

    opened: Callable[[], OpenModel]
    assets: DiskAssets
    _search: LocalSearch | None = None
    _made: set[str] = field(default_factory=set)

    def sliders(self, request: LocalRequest) -> Job[LocalNews | None]:
        """Look for local directions; with no mask only the picture is looked at.

        Yields:
            Steps; now and then with `LocalNews`, which gets better.
        """
        model, began = self.opened(), time.monotonic()
        options = registry.get(request.method).options(**dict(request.options))
        renderer = self._renderer(model)
        latents = renderer.latents(request.picture)
        search = self._searching(model)
        key = renderer.key(request.picture)
        looking = search.look(key, latents, request.picture.noise, options)
        if request.use is None:
            yield from looking.go()
            return None
        mask = self._mask(model, request.use.digest)
        where = request.name or place(mask, (yield from _faces(model.generator)))
        news: LocalNews | None = None
        noise, count = request.picture.noise, request.count
        for step in search.answers(looking, latents, noise, mask, options, count):
            if isinstance(step, Step):
                yield step
                continue
            news = self._news(model, request, step, where, began)
            yield Step(0.8 * step.known, "Seeing what the region can do", news)
        assert news is not None
        return (yield from part(self._with_names(model, latents, mask, news), 0.95, 1.0))

    def keep(self, ids: Iterable[str], group: str = "") -> Job[DirectionSet]:
        """Let local directions stay, now and the next time the model opens.

        Args:
            ids: Which.
            group: The heading they get, or empty for the one they have.
        """
        model = self.opened()
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        wanted = set(ids)

        def kept(one: Direction) -> Direction:
            return replace(one, group=group) if group and one.id in wanted else one

        found = replace(found, directions=tuple(map(kept, found.directions)))
        for one in found.directions:
            if one.id in wanted:
                alone = with_masks(replace(found, directions=(one,), masks={}), self.assets)
                home = imports.folder(model.generator.info.fingerprint)
                write_preset(alone, home / f"{one.id}{ENDING}")
                yield Step(0.5, "Keeping local directions")
        self._made -= wanted
        self._show(model, found)
        return found

    def leak(self, renderer: Renderer, picture: Picture) -> Job[LeakNews | None]:
        """What the picture's local edits do outside of their region, with nothing protected.

        Of several regions it is that of the last edit. None where no edit has a mask.
        """
        local = [e for e in picture.active() if e.mask is not None]
        if not local:
            return None
        use = local[-1].mask
        assert use is not None
        free = tuple(
            replace(e, mask=replace(e.mask, protect=False)) if e.mask else e for e in picture.edits
        )
        rest = tuple(e for e in free if e.mask is None or e.mask.digest != use.digest)
        yield Step(0.1)
        moved = renderer.images(replace(picture, edits=free))[0]
        yield Step(0.5)
        still = renderer.images(replace(picture, edits=rest))[0]
        mask = mask_image(replace(use, feather=0.0), self.assets, renderer.generator.info.size)
        change = (moved - still).float().cpu().numpy()
        found = measure(change, mask.numpy())
        face = yield from _faces(renderer.generator)
        peak = max(float(np.percentile(found.heat, _PEAK)), 1e-6)
        heat: NDArray[np.float32] = (found.heat / peak).clip(0, 1).astype(np.float32)
        mostly = _mostly(found.heat, mask.numpy(), face)
        return LeakNews(picture, use, 1 - found.local, found.ratio, found.strength, heat, mostly)

    def tries(self, direction: str, amount: float, picture: Picture) -> Job[TrialNews | None]:
        """A local direction on six other pictures, unprotected."""
        model = self.opened()
        known = model.renderer.directions.get(direction)
        if known is None or not isinstance(known.payload, Local):
            return None
        mask = self._mask(model, known.payload.mask)
        job = try_on(model.generator, OTHERS, known, amount, mask, picture.label)
        trials = yield from job
        shown = []
        for trial in trials:
            small = _small(trial.image, THUMB_SIZE)
            shown.append((trial.seed, small, 1 - trial.leak.local))
        return TrialNews(direction, amount, tuple(shown))

    def _searching(self, model: OpenModel) -> LocalSearch:
        if self._search is None or self._search.generator is not model.generator:
            self._search = LocalSearch(model.generator)
            self._made = set()
        return self._search

    def _renderer(self, model: OpenModel) -> Renderer:
        """One of its own: the preview's belongs to its thread."""
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        return renderer

    def _mask(self, model: OpenModel, digest: str) -> Mask:
        size = model.generator.info.size
        found: Mask = mask_image(MaskUse(digest), self.assets, size).numpy()
        return found

    def _news(
        self, model: OpenModel, request: LocalRequest, answer: Answer, where: str, began: float
    ) -> LocalNews:
        assert request.use is not None
        asked = hashlib.sha256(repr((request.asks, answer.known)).encode()).hexdigest()[:8]
        group = f"{where}, ranked by how local"
        digest = request.use.digest

        def dressed(number: int, one: Direction) -> Direction:
            assert isinstance(one.payload, Local)
            payload = replace(one.payload, mask=digest)
            name = f"{where} {number}"
            id = f"local-{asked}-{number}"
            return replace(one, id=id, name=name, group=group, payload=payload)

        fresh = [dressed(n, one) for n, one in enumerate(answer.directions.directions, 1)]
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        used = [d for d in found.directions if d.id in request.keep]
        stay = {d.id for d in found.directions if d.id not in self._made} | request.keep
        rows = [next((u for u in used if _alike(u, one)), one) for one in fresh]
        rows = list({one.id: one for one in rows}.values())
        listed = {one.id for one in rows}
        left = [d for d in found.directions if d.id in stay and d.id not in listed]
        merged = replace(found, directions=(*rows, *left))
        self._made |= {one.id for one in fresh}
        self._show(model, merged)
        values = tuple(float(v) for v in answer.found.values[:SPECTRUM])
        seconds = time.monotonic() - began
        ids = tuple(one.id for one in rows)
        return LocalNews(request, merged, ids, values, where, answer.known, seconds, answer.solving)

    def _with_names(
        self, model: OpenModel, latents: Latents, mask: Mask, news: LocalNews
    ) -> Job[LocalNews]:
        assert model.found is not None
        rows = [d for d in model.found.directions if d.id in news.ids]
        some = replace(news.found, directions=tuple(rows))
        job = named(Pipeline(model.generator), latents, news.request.picture.noise, mask, some)
        told = {d.id: d.name for d in (yield from job).directions}
        place, keep = news.request.name, news.request.keep

        def renamed(one: Direction) -> Direction:
            if one.id not in told or one.id in keep:
                return one
            name = told[one.id]
            if place and ": " in name:
                name = f"{place}: {name.split(': ', 1)[1]}"
            return replace(one, name=name)

        found = replace(model.found, directions=tuple(map(renamed, model.found.directions)))
        self._show(model, found)
        return replace(news, found=found, named=True)

    def _show(self, model: OpenModel, found: DirectionSet) -> None:
        model.found = found
        model.renderer.directions = library.by_id(found)


def _alike(used: Direction, fresh: Direction) -> bool:
    """They do the same: one mask, and nearly one line."""
    one, other = used.payload, fresh.payload
    if not (isinstance(one, Local) and isinstance(other, Local)):
        return False
    if one.mask != other.mask or used.layers != fresh.layers:
        return False
    return abs(float((used.vector * fresh.vector).sum())) > _ALIKE


def _faces(generator: Generator) -> Job[bool]:
    """Whether a model's pictures are aligned faces."""
    model = ModelKey.of(generator.info)
    return (yield from choose_predictor(None, model)).suits(model)


def _mostly(heat: NDArray[np.floating], mask: Mask, face: bool) -> str:
    """The part outside of the mask that changes most for its size, in a word."""
    outside, own = 1 - mask, place(mask, face)
    if not (heat * outside).any():
        return ""
    if not face:
        return place(heat * outside, False).lower()
    height, width = heat.shape
    means: dict[str, float] = {}
    for name, (left, top, right, bottom) in FACE_PARTS.items():
        rows = slice(round(top * height), round(bottom * height))
        part = (rows, slice(round(left * width), round(right * width)))
        weight = outside[part]
        if name != own and weight.mean() > _FREE:
            means[name] = float((heat[part] * weight).sum() / weight.sum())
    return max(means, key=means.__getitem__).lower() if means else ""


def _small(image: NDArray[np.floating], size: int) -> NDArray[np.uint8]:
    images = torch.from_numpy(image)[None]
    if size < images.shape[-1]:
        images = nnf.adaptive_avg_pool2d(images, size)
    pixels: NDArray[np.uint8] = to_pixels(images)[0]
    return pixels
