"""What the window asks of painted regions: local sliders, what leaks, trials on other pictures."""

import time
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
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate.local_names import place as where_lies
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.presets.sources import ENDING
from latentstudio.exchange.sharing import with_masks
from latentstudio.region import registry
from latentstudio.region.masks import Mask
from latentstudio.render.mask_images import mask_image
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.session import imports, preparing
from latentstudio.session.early_readout import heads_of, reading_for
from latentstudio.session.leaking import faces, leak_of
from latentstudio.session.local_search import BEGUN, FEWEST, Answer, LocalSearch, SearchedPicture
from latentstudio.session.local_walks import leaves_as, try_on
from latentstudio.session.opening import THUMB_SIZE, OpenModel
from latentstudio.session.path_making import RegionPlace, bent, held, replaced
from latentstudio.session.pending_jacobian import PendingJacobian
from latentstudio.session.region_messages import (
    LeakNews,
    LocalNews,
    LocalRequest,
    PathNews,
    PathRequest,
    TrialNews,
)
from latentstudio.session.regions import chosen_layers
from latentstudio.session.slider_list import SliderList, show
from latentstudio.store.assets import DiskAssets
from latentstudio.store.pool_metrics import kept_metric

OTHERS = (11, 23, 37, 41, 53, 67)
"""Seeds of the pictures on which a local edit is tried."""
FIRST_OTHER = 900_001
"""Seeds of the pictures in which directions are to be local beside the one at hand."""


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
    _list: SliderList = field(default_factory=SliderList)
    # The newest question, when it was asked, and on how many tangents a further answer may rest.
    _asked: tuple[LocalRequest | None, float, int] = (None, 0.0, FEWEST)

    def first_sliders(self, request: LocalRequest) -> Job[None]:
        """The first local directions of a large model's picture, before all else; then `sliders`.

        They rest on what is known of the model, or on few tangents read where no preview head has
        to be fitted. Nothing is done where `sliders` is as soon there. With no mask the picture
        is looked at.

        Yields:
            Steps; now and then with `LocalNews`.
        """
        model = self.opened()
        self._asked = (request, time.monotonic(), FEWEST)
        if not preparing.is_slow(model.generator, model.renderer):
            return
        options = registry.get(request.method).options(**dict(request.options))
        renderer = self._renderer(model)
        search, asked = self._searching(model), _searched(renderer, request.picture)
        one = search.known(asked, options) or search.look_at_once(asked, options)
        if one is None:
            return
        if request.use is None:
            yield from one.until(BEGUN)
            return
        mask = self._mask(model, request.use.digest)
        where = request.name or where_lies(mask, (yield from faces(model.generator)))
        for step in search.begin(one, mask, options, request.count):
            yield self._told(model, request, step, where)
        self._asked = (*self._asked[:2], 1 if one.share == 0 else BEGUN)

    def sliders(self, request: LocalRequest, settled: int | None = None) -> Job[LocalNews | None]:
        """Look for local directions; with no mask only the picture is looked at.

        Args:
            request: The question.
            settled: Stop, without a result, after an answer that rests on so many tangents; asked
                again it goes on from there.

        Yields:
            Steps; now and then with `LocalNews`, which gets better.
        """
        model = self.opened()
        if self._asked[0] is not request:
            self._asked = (request, time.monotonic(), FEWEST)
        options = registry.get(request.method).options(**dict(request.options))
        yield from heads_of(model)
        renderer = self._renderer(model)
        search, asked = self._searching(model), _searched(renderer, request.picture)
        one = search.look(asked, options)
        if request.use is None:
            yield from one.go()
            return None
        mask = self._mask(model, request.use.digest)
        where = request.name or where_lies(mask, (yield from faces(model.generator)))
        news: LocalNews | None = None
        pending = [one, *self._others(search, request, asked.latents, options)]
        least = self._asked[2]
        for step in search.answers(pending, asked, mask, options, request.count, least):
            told = self._told(model, request, step, where)
            news = told.preview or news
            yield told
            shown = round(told.preview.known * model.generator.info.code_dim) if told.preview else 0
            if settled is not None and settled <= shown < model.generator.info.code_dim:
                self._asked = (*self._asked[:2], shown + 1)
                return None
        assert news is not None
        return (yield from part(self._list.with_names(model, asked, mask, news), 0.95, 1.0))

    def _told(
        self, model: OpenModel, request: LocalRequest, step: Step | Answer, where: str
    ) -> Step:
        """A step as it is; an answer as news."""
        if isinstance(step, Step):
            return step
        news = self._list.listed(model, request, step, where, self._asked[1])
        return Step(0.8 * step.known, "Seeing what the region can do", news)

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
        where = request.name or where_lies(place.mask, (yield from faces(model.generator)))
        made = yield from held(renderer, known, place, request, where)
        show(model, replaced(model.found, ModelKey.of(model.generator.info), made))
        found = yield from self.keep([made.id])
        return PathNews(request, made), found

    def adopt(self, news: PathNews) -> Job[DirectionSet | None]:
        """Let a path take the place of the straight direction of its id."""
        model, one = self.opened(), news.direction
        now = model.renderer.directions.get(one.id)
        if now is None or not now.straight:
            return model.found
        # Meanwhile it may have got a name; its sign has stayed where its vector did.
        if not leaves_as(one, now):
            return model.found
        show(model, replaced(model.found, ModelKey.of(model.generator.info),
                                   replace(one, name=now.name, group=now.group)))  # fmt: skip
        if one.id not in self._list.made:
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
        found = self._list.restored(found, wanted)

        def kept(one: Direction) -> Direction:
            return replace(one, group=group) if group and one.id in wanted else one

        found = replace(found, directions=tuple(map(kept, found.directions)))
        for one in found.directions:
            if one.id in wanted:
                alone = with_masks(replace(found, directions=(one,), masks={}), self.assets)
                home = imports.folder(model.generator.info.fingerprint)
                write_preset(alone, home / f"{one.id}{ENDING}")
                yield Step(0.5, "Keeping local directions")
        self._list.made -= wanted
        show(model, found)
        return found

    def leak(self, renderer: Renderer, picture: Picture) -> Job[LeakNews | None]:
        """What the picture's local edits do outside of their region; see `leaking.leak_of`."""
        return leak_of(renderer, self.assets, picture)

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
    ) -> list[PendingJacobian]:
        """Other pictures in which directions are to be local, too."""
        pipeline = Pipeline(search.generator)
        label = None if latents.classes is None else [int(latents.classes[0])]
        found = []
        for seed in range(FIRST_OTHER, FIRST_OTHER + request.pictures - 1):
            other = pipeline.from_seeds([seed], label, latents.truncation)
            key = ("seed", seed, request.picture.label, latents.truncation)
            one = SearchedPicture(key, other, request.picture.noise, search.generator)
            found.append(search.look(one, options))
        return found

    def _searching(self, model: OpenModel) -> LocalSearch:
        if self._search is None or self._search.generator is not model.generator:
            self._search = LocalSearch(model.generator, self.say)
            self._list = SliderList()
        self._search.coarse = model.renderer.coarse
        return self._search

    def _renderer(self, model: OpenModel) -> Renderer:
        """One of its own: the preview's belongs to its thread."""
        renderer = Renderer(model.generator, self.assets)
        renderer.directions = model.renderer.directions
        renderer.densities = model.renderer.densities
        renderer.milliseconds = 1000 * model.picture_seconds
        renderer.coarse = model.renderer.coarse.copy() if model.renderer.coarse else None
        return renderer

    def _place(
        self, model: OpenModel, renderer: Renderer, request: PathRequest, known: Direction,
        digest: str,
    ) -> RegionPlace:  # fmt: skip
        one = _searched(renderer, request.picture)
        metric = self._searching(model).metric(known.layers, one.label)
        mask = self._mask(model, digest)
        return RegionPlace(one.network, one.latents, one.noise, mask, metric)

    def _mask(self, model: OpenModel, digest: str) -> Mask:
        size = model.generator.info.size
        found: Mask = mask_image(MaskUse(digest), self.assets, size).numpy()
        return found


def _searched(renderer: Renderer, picture: Picture) -> SearchedPicture:
    """A picture with what draws it: local directions of a fitted model are those of the fit."""
    latents, network = renderer.latents(picture), renderer.network(picture)
    return SearchedPicture(renderer.key(picture), latents, picture.noise, network)


def _small(image: NDArray[np.floating], size: int) -> NDArray[np.uint8]:
    images = torch.from_numpy(image)[None]
    if size < images.shape[-1]:
        images = nnf.adaptive_avg_pool2d(images, size)
    pixels: NDArray[np.uint8] = to_pixels(images)[0]
    return pixels
