"""The local sliders that are listed: their ids, names and places among all directions."""

import itertools
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from latentstudio.core.progress import Job
from latentstudio.document.direction import Direction, DirectionSet, Local, ModelKey
from latentstudio.region.masks import Mask
from latentstudio.render.pipeline import Pipeline
from latentstudio.session import library
from latentstudio.session.local_naming import named
from latentstudio.session.local_search import SPECTRUM, Answer, SearchedPicture
from latentstudio.session.opening import OpenModel
from latentstudio.session.region_messages import LocalNews, LocalRequest

_ALIKE = 0.95
"""Cosine from which a direction is the one that is in use already."""
REMEMBERED = 100
"""Local directions that a newer answer took from the list: somebody may have just moved one."""


@dataclass(slots=True)
class SliderList:
    """Of one open model.

    Attributes:
        made: Ids of listed ones that nobody uses: the next answer takes their places.
    """

    made: set[str] = field(default_factory=set)
    _replaced: dict[str, Direction] = field(default_factory=dict)

    def restored(self, found: DirectionSet, ids: Iterable[str]) -> DirectionSet:
        """With those that were taken in hand just when newer ones took their places."""
        lost = (set(ids) - set(library.by_id(found))) & set(self._replaced)
        back = [self._replaced[id] for id in sorted(lost)]
        return replace(found, directions=(*found.directions, *back))

    def listed(
        self, model: OpenModel, request: LocalRequest, answer: Answer, where: str, began: float
    ) -> LocalNews:
        """An answer's directions before all others; what is in use stays as it is."""
        assert request.use is not None
        asked = uuid.uuid4().hex[:8]  # an id is one direction for ever: documents name it
        group = f"{where}, ranked by how local"
        digest = request.use.digest

        def labelled(number: int, one: Direction) -> Direction:
            assert isinstance(one.payload, Local)
            payload = replace(one.payload, mask=digest)
            id = f"local-{asked}-{number}"
            return replace(one, id=id, name=names[number - 1], group=group, payload=payload)

        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        used = [d for d in found.directions if d.id in request.keep]
        stay = {d.id for d in found.directions if d.id not in self.made} | request.keep
        taken = {d.name for d in found.directions if d.id in stay}
        free = (name for n in itertools.count(1) if (name := f"{where} {n}") not in taken)
        names = list(itertools.islice(free, len(answer.directions.directions)))
        fresh = [labelled(n, one) for n, one in enumerate(answer.directions.directions, 1)]
        rows = [next((u for u in used if _alike(u, one)), one) for one in fresh]
        rows = list({one.id: one for one in rows}.values())
        listed = {one.id for one in rows}
        left = [d for d in found.directions if d.id in stay and d.id not in listed]
        merged = replace(found, directions=(*rows, *left))
        self.made |= {one.id for one in fresh}
        self._let_go(d for d in found.directions if d.id in self.made)
        show(model, merged)
        values = tuple(float(v) for v in answer.found.values[:SPECTRUM])
        seconds = time.monotonic() - began
        ids = tuple(one.id for one in rows)
        return LocalNews(request, merged, ids, values, where, answer.known, seconds, answer.solving)

    def with_names(
        self, model: OpenModel, asked: SearchedPicture, mask: Mask, news: LocalNews
    ) -> Job[LocalNews]:
        """The same with names, turned so that plus does what they say. The mask is (H, W)."""
        assert model.found is not None
        # What is in use by now keeps its sign, and with it its name.
        free = (self.made & set(news.ids)) - news.request.keep
        rows = [d for d in model.found.directions if d.id in free]
        others = {d.name for d in model.found.directions if d.id not in free}
        some = replace(news.found, directions=tuple(rows))
        network, where = Pipeline(asked.network), news.request.name
        job = named(network, asked.latents, asked.noise, mask, some, where, others)
        told = {d.id: d for d in (yield from job).directions}
        now: dict[str, Direction] = {}

        def renamed(one: Direction) -> Direction:
            if one.id not in told or one.id not in self.made:
                return one
            fresh = told[one.id]
            turned = not np.array_equal(fresh.vector, one.vector)
            id = f"{one.id}-turned" if turned else one.id  # an amount of one is none of the other
            now[one.id] = replace(fresh, id=id)
            return now[one.id]

        before = model.found
        found = replace(before, directions=tuple(map(renamed, before.directions)))
        self.made |= {one.id for one in now.values()}
        self._let_go(d for d in before.directions if d.id in now)
        show(model, found)
        ids = tuple(now[id].id if id in now else id for id in news.ids)
        return replace(news, found=found, ids=ids, named=True)

    def _let_go(self, replaced: Iterable[Direction]) -> None:
        """Remember the last ones that newer ones take the place of; see `restored`."""
        self._replaced |= {one.id: one for one in replaced}
        for id in list(self._replaced)[:-REMEMBERED]:
            del self._replaced[id]


def show(model: OpenModel, found: DirectionSet) -> None:
    """Let all directions of a model be known."""
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
