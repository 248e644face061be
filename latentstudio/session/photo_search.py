"""The search for a photo's code in the window: kept while it runs, then measured for the dial."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.engine.generator import Generator
from latentstudio.inversion.crop import cut
from latentstudio.inversion.found import DIAL
from latentstudio.inversion.search import Progress
from latentstudio.inversion.starts import FAR
from latentstudio.session import kept_search
from latentstudio.session.inverting import InversionRequest, Inverted, invert
from latentstudio.session.photo_copies import copy_of
from latentstudio.session.photo_messages import DialPlace, PhotoFound, PhotoNews, PhotoStage


def find(
    generator: Generator,
    asked: InversionRequest,
    report: Callable[[str], None],
    enough: Callable[[], bool],
    *,
    go_on: bool = False,
) -> Job[PhotoFound]:
    """Search, then measure the dial. What is known is kept, so that it can go on after a restart.

    Args:
        generator: The open model.
        asked: What is to be found.
        report: Told when a damaged cache was moved aside.
        enough: Asked before every step: whether to end with what is found by now.
        go_on: From what was kept of the same search; where there is none it begins.

    Yields:
        Steps whose preview is a `PhotoNews` or None.
    """
    info = generator.info
    since = kept_search.state(info.fingerprint, asked.key(info)) if go_on else None
    steps = asked.options.steps
    keeper = kept_search.keeper(info.fingerprint, asked.photo, asked.crop, steps)
    search = invert(generator, asked, since, report, enough)
    seen: dict[str, PhotoNews] = {}
    job = changed(keeper.kept(search), partial(_told, seen))
    inverted = yield from part(job, 0.0, 0.95)
    places = []
    for index in range(DIAL):
        places.append(_place(inverted, index / (DIAL - 1)))
        yield Step(0.95 + 0.05 * (index + 1) / DIAL, "Measuring")
    found = inverted.found
    square = cut(asked.photo.pixels, asked.crop, info.resolution)
    copy = copy_of(asked.photo)
    stages = _stages(seen, places, found.seconds)
    return PhotoFound(
        tuple(places), found.label, found.notes, info.fingerprint, square, stages, copy
    )


def _stages(
    seen: Mapping[str, PhotoNews], places: Sequence[DialPlace], seconds: Mapping[str, float]
) -> tuple[PhotoStage, ...]:
    """What each stage led to: the last that was seen of the first, then the ends of the dial."""
    found = []
    if "start" in seen:
        began = seen["start"]
        found.append(PhotoStage("start", began.pixels, began.error, seconds.get("start", 0.0)))
    for stage, place in (("code", places[-1]), ("refine", places[0])):
        found.append(PhotoStage(stage, place.pixels, place.error, seconds.get(stage, 0.0)))
    return tuple(found)


def _told(seen: dict[str, PhotoNews], step: Step) -> Step:
    news = step.preview
    if not isinstance(news, Progress):
        return step
    far = news.stranger if news.stranger > FAR else 0.0
    plain = PhotoNews(news.stage, news.step, news.steps, news.pixels, news.psnr, news.error, far)
    seen[news.stage] = plain
    return replace(step, preview=plain)


def _place(inverted: Inverted, honesty: float) -> DialPlace:
    place = inverted.place(honesty)
    codes, space = inverted.latents(honesty)
    array = codes.cpu().numpy().astype(np.float32)
    pixels = inverted.pixels(honesty)
    return DialPlace(honesty, place.error, place.psnr, place.reading, pixels, array, space)
