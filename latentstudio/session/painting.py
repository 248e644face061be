"""What the window asks of painted regions: local sliders, what leaks, trials on other pictures."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import Direction, DirectionSet, Local, ModelKey
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate.local_names import FACE_PARTS
from latentstudio.evaluate.local_names import place as where_lies
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
from latentstudio.session.early_reading import heads_of, reading_for
from latentstudio.session.local_naming import named
from latentstudio.session.local_search import SPECTRUM, Answer, LocalSearch, Looking
from latentstudio.session.local_ways import try_on
from latentstudio.session.opening import THUMB_SIZE, OpenModel
from latentstudio.session.path_making import Place, bent, held, replaced
from latentstudio.session.predictors import choose_predictor
from latentstudio.session.region_messages import (
    LeakNews,
    LocalNews,
    LocalRequest,
    PathNews,
    PathRequest,
    TrialNews,
)
from latentstudio.session.regions import chosen_layers
from latentstudio.store.assets import DiskAssets
from latentstudio.store.pool_metrics import kept_metric

_ALIKE = 0.95
"""Cosine from which a direction is the one that is in use already."""
OTHERS = (11, 23, 37, 41, 53, 67)
"""Seeds of the pictures on which a local edit is tried."""
REMEMBERED = 100
"""Local directions that a newer answer took from the list: somebody may have just moved one."""
FIRST_OTHER = 900_001
"""Seeds of the pictures in which directions are to be local beside the one at hand."""
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
        say: Told, in a sentence, of what a person should hear.
    """

    opened: Callable[[], OpenModel]
    assets: DiskAssets
    say: Callable[[str], object] = lambda _: None
    _search: LocalSearch | None = None
    _made: set[str] = field(default_factory=set)
    _replaced: dict[str, Direction] = field(default_factory=dict)

    def sliders(self, request: LocalRequest) -> Job[LocalNews | None]:
        """Look for local directions; with no mask only the picture is looked at.

        Yields:
            Steps; now and then with `LocalNews`, which gets better.
        """
        model, began = self.opened(), time.monotonic()
        options = registry.get(request.method).options(**dict(request.options))
        yield from heads_of(model)
        renderer = self._renderer(model)
        latents = renderer.latents(request.picture)
        search = self._searching(model)
        key = renderer.key(request.picture)
        looking = search.look(key, latents, request.picture.noise, options)
        if request.use is None:
            yield from looking.go()
            return None
        mask = self._mask(model, request.use.digest)
        where = request.name or where_lies(mask, (yield from _faces(model.generator)))
        news: LocalNews | None = None
        noise, count = request.picture.noise, request.count
        lookings = [looking, *self._others(search, request, latents, options)]
        for step in search.answers(lookings, latents, noise, mask, options, count):
            if isinstance(step, Step):
                yield step
                continue
            news = self._news(model, request, step, where, began)
            yield Step(0.8 * step.known, "Seeing what the region can do", news)
        assert news is not None
        return (yield from part(self._with_names(model, latents, mask, news), 0.95, 1.0))

    def path(self, request: PathRequest) -> Job[PathNews | None]:
        """Work out how a local direction goes on in its region; it takes nobody's place yet.

        None where the direction has gone, or bends already.
        """
        model = self.opened()
        known = model.renderer.directions.get(request.direction)
        if known is None or not isinstance(known.payload, Local) or not known.straight:
            return None
        renderer = self._renderer(model)
        place = self._place(model, renderer, request, known, known.payload.mask)
        return PathNews(request, (yield from bent(renderer, known, place, request)))

    def hold(self, request: PathRequest) -> Job[tuple[PathNews | None, DirectionSet | None]]:
        """Work out a direction of its own from any other, held to a region, and keep it.

        Gives it and all that are known by then; nothing where the direction has gone.
        """
        model = self.opened()
        known = model.renderer.directions.get(request.direction)
        if known is None or request.use is None:
            return None, model.found
        renderer = self._renderer(model)
        place = self._place(model, renderer, request, known, request.use.digest)
        where = request.name or where_lies(place.mask, (yield from _faces(model.generator)))
        made = yield from held(renderer, known, place, request, where)
        self._show(model, replaced(model.found, ModelKey.of(model.generator.info), made))
        found = yield from self.keep([made.id])
        return PathNews(request, made), found

    def adopt(self, news: PathNews) -> Job[DirectionSet | None]:
        """Let a path take the place of the straight direction of its id."""
        model, one = self.opened(), news.direction
        now = model.renderer.directions.get(one.id)
        if now is None or not now.straight:
            return model.found
        # Meanwhile it may have got a name; its sign has stayed where its vector did.
        if not np.array_equal(now.vector, one.vector):
            return model.found
        self._show(model, replaced(model.found, ModelKey.of(model.generator.info),
                                   replace(one, name=now.name, group=now.group)))  # fmt: skip
        if one.id not in self._made:
            yield from self.keep([one.id])
        return model.found

    def know_model(self, request: LocalRequest) -> Job[None]:
        """Measure what the model's pictures have in common, once: first answers rest on it."""
        model = self.opened()
        options = registry.get(request.method).options(**dict(request.options))
        layers = chosen_layers(options.layers, model.generator.info)
        label = request.picture.label if model.generator.info.classes else None
        reading = reading_for(model.generator, model.renderer.coarse, layers)
        yield from kept_metric(model.generator, layers, label, reading)

    def keep(self, ids: Iterable[str], group: str = "") -> Job[DirectionSet]:
        """Let local directions stay, now and the next time the model opens.

        Args:
            ids: Which.
            group: The heading they get, or empty for the one they have.
        """
        model = self.opened()
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        wanted = set(ids)
        # One that was taken in hand at the moment at which a newer one took its place.
        lost = [
            self._replaced[id] for id in wanted - set(library.by_id(found)) & set(self._replaced)
        ]
        found = replace(found, directions=(*found.directions, *lost))

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

    def _others(
        self, search: LocalSearch, request: LocalRequest, latents: Latents, options: Any
    ) -> list[Looking]:
        """Other pictures in which directions are to be local, too."""
        pipeline = Pipeline(search.generator)
        label = None if latents.classes is None else [int(latents.classes[0])]
        found = []
        for seed in range(FIRST_OTHER, FIRST_OTHER + request.pictures - 1):
            other = pipeline.from_seeds([seed], label, latents.truncation)
            key = ("seed", seed, request.picture.label, latents.truncation)
            found.append(search.look(key, other, request.picture.noise, options))
        return found

    def _searching(self, model: OpenModel) -> LocalSearch:
        if self._search is None or self._search.generator is not model.generator:
            self._search = LocalSearch(model.generator, self.say)
            self._made = set()
        self._search.coarse = model.renderer.coarse
        return self._search

    def _renderer(self, model: OpenModel) -> Renderer:
        """One of its own: the preview's belongs to its thread."""
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        renderer.coarse = model.renderer.coarse.copy() if model.renderer.coarse else None
        return renderer

    def _place(
        self, model: OpenModel, renderer: Renderer, request: PathRequest, known: Direction,
        digest: str,
    ) -> Place:  # fmt: skip
        latents = renderer.latents(request.picture)
        label = None if latents.classes is None else int(latents.classes[0])
        metric = self._searching(model).metric(known.layers, label)
        return Place(latents, request.picture.noise, self._mask(model, digest), metric)

    def _mask(self, model: OpenModel, digest: str) -> Mask:
        size = model.generator.info.size
        found: Mask = mask_image(MaskUse(digest), self.assets, size).numpy()
        return found

    def _news(
        self, model: OpenModel, request: LocalRequest, answer: Answer, where: str, began: float
    ) -> LocalNews:
        assert request.use is not None
        asked = uuid.uuid4().hex[:8]  # an id is one direction for ever: documents name it
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
        self._let_go(d for d in found.directions if d.id in self._made)
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
        told = {d.id: d for d in (yield from job).directions}
        now: dict[str, Direction] = {}

        def renamed(one: Direction) -> Direction:
            # What is in use by now keeps its sign, and with it its name.
            if one.id not in told or one.id not in self._made or one.id in news.request.keep:
                return one
            fresh = told[one.id]
            name = fresh.name
            if news.request.name and ": " in name:
                name = f"{news.request.name}: {name.split(': ', 1)[1]}"
            turned = not np.array_equal(fresh.vector, one.vector)
            id = f"{one.id}-turned" if turned else one.id  # an amount of one is none of the other
            now[one.id] = replace(fresh, id=id, name=name)
            return now[one.id]

        before = model.found
        found = replace(before, directions=tuple(map(renamed, before.directions)))
        self._made |= {one.id for one in now.values()}
        self._let_go(d for d in before.directions if d.id in now)
        self._show(model, found)
        ids = tuple(now[id].id if id in now else id for id in news.ids)
        return replace(news, found=found, ids=ids, named=True)

    def _let_go(self, replaced: Iterable[Direction]) -> None:
        """Remember the last ones that newer ones take the place of; see `keep`."""
        self._replaced |= {one.id: one for one in replaced}
        for id in list(self._replaced)[:-REMEMBERED]:
            del self._replaced[id]

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
    outside, own = 1 - mask, where_lies(mask, face)
    if not (heat * outside).any():
        return ""
    if not face:
        return where_lies(heat * outside, False).lower()
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
