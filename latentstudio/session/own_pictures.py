"""Own pictures in the window: read, found, put back into the photo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.document.assets import Assets
from latentstudio.document.state import Picture
from latentstudio.engine.generator import Generator
from latentstudio.export.images import save_pixels
from latentstudio.inversion.blend import Floats, change, put_back
from latentstudio.inversion.crop import Crop, cut
from latentstudio.inversion.found import DIAL
from latentstudio.inversion.pictures import Photo, decode_photo, read_photo
from latentstudio.inversion.search import Progress
from latentstudio.inversion.starts import FAR
from latentstudio.render.mask_images import painted
from latentstudio.render.renderer import Renderer
from latentstudio.session import kept_search
from latentstudio.session.inverting import InversionRequest, Inverted, invert
from latentstudio.session.photo_messages import DialPlace, PhotoFound, PhotoNews


def read(source: Path | bytes, name: str = "") -> Job[Photo]:
    """Open a picture's file, or what was pasted.

    Raises:
        FileError: No picture, damaged, or too large.
    """
    yield Step(0.1, "Opening the picture")
    return read_photo(source) if isinstance(source, Path) else decode_photo(source, name)


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
    keeper, steps = kept_search.SearchKeeper(info.fingerprint), asked.options.steps
    search = invert(generator, asked, since, report, enough)
    job = changed(keeper.kept(search, asked.photo, asked.crop, steps), _told)
    inverted = yield from part(job, 0.0, 0.95)
    places = []
    for index in range(DIAL):
        places.append(_place(inverted, index / (DIAL - 1)))
        yield Step(0.95 + 0.05 * (index + 1) / DIAL, "Measuring")
    found = inverted.found
    square = cut(asked.photo.pixels, asked.crop, info.resolution)
    return PhotoFound(tuple(places), found.label, found.notes, info.fingerprint, square)


def _told(step: Step) -> Step:
    news = step.preview
    if not isinstance(news, Progress):
        return step
    far = news.stranger if news.stranger > FAR else 0.0
    plain = PhotoNews(news.stage, news.step, news.steps, news.pixels, news.psnr, far)
    return replace(step, preview=plain)


def _place(inverted: Inverted, honesty: float) -> DialPlace:
    place = inverted.place(honesty)
    codes, space = inverted.latents(honesty)
    array = codes.cpu().numpy().astype(np.float32)
    pixels = inverted.pixels(honesty)
    return DialPlace(honesty, place.error, place.psnr, place.reading, pixels, array, space)


def _within(picture: Picture, assets: Assets) -> Floats | None:
    """Where masks let the photo change, (m, m) of 0 and 1; None where an edit has no mask."""
    uses = [edit.mask for edit in picture.active()]
    masks = [painted(use, assets) for use in uses if use is not None and use.protect]
    if not masks or len(masks) < len(uses):
        return None
    side = max(len(mask) for mask in masks)
    union = np.zeros((side, side), bool)
    for mask in masks:
        rows = np.arange(side) * len(mask) // side
        union |= mask[rows[:, None], rows]
    return union.astype(np.float32)


def save_blended(
    renderer: Renderer, photo: Photo, crop: Crop, picture: Picture, path: Path
) -> Job[Path]:
    """Write the whole photo with a picture's edits in it, at the photo's size.

    Where all edits are held to masks, the photo's own pixels stay outside of them.

    Raises:
        OptionError: The ending names no kind of picture.
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    yield Step(0.1, "Rendering")
    before, after = renderer.pixels(picture.original()), renderer.pixels(picture)
    yield Step(0.4, "Blending")
    within = _within(picture, renderer.assets)
    result = put_back(photo.pixels, crop, change(before, after, within=within))
    yield Step(0.7, "Writing")
    save_pixels(result, path)
    return path
