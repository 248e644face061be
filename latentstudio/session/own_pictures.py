"""Own pictures in the window: read, found, put back into the photo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.document.state import Picture
from latentstudio.engine.generator import Generator
from latentstudio.export.images import save_pixels
from latentstudio.inversion.blend import change, put_back
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.found import DIAL
from latentstudio.inversion.pictures import Photo, decode_photo, read_photo
from latentstudio.inversion.search import Progress
from latentstudio.render.renderer import Renderer
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
) -> Job[PhotoFound]:
    """Search, then measure the dial.

    Yields:
        Steps whose preview is a `PhotoNews` or None.
    """
    job = changed(invert(generator, asked, None, report, enough), _told)
    inverted = yield from part(job, 0.0, 0.95)
    places = []
    for index in range(DIAL):
        places.append(_place(inverted, index / (DIAL - 1)))
        yield Step(0.95 + 0.05 * (index + 1) / DIAL, "Measuring")
    found = inverted.found
    return PhotoFound(tuple(places), found.label, found.notes, generator.info.fingerprint)


def _told(step: Step) -> Step:
    news = step.preview
    if not isinstance(news, Progress):
        return step
    plain = PhotoNews(news.stage, news.step, news.steps, news.pixels, news.psnr)
    return replace(step, preview=plain)


def _place(inverted: Inverted, honesty: float) -> DialPlace:
    place = inverted.place(honesty)
    codes, space = inverted.latents(honesty)
    array = codes.cpu().numpy().astype(np.float32)
    pixels = inverted.pixels(honesty)
    return DialPlace(honesty, place.error, place.psnr, place.reading, pixels, array, space)


def save_blended(
    renderer: Renderer, photo: Photo, crop: Crop, picture: Picture, path: Path
) -> Job[Path]:
    """Write the whole photo with a picture's edits in it, at the photo's size.

    Raises:
        OptionError: The ending names no kind of picture.
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    yield Step(0.1, "Rendering")
    before, after = renderer.pixels(picture.original()), renderer.pixels(picture)
    yield Step(0.4, "Blending")
    result = put_back(photo.pixels, crop, change(before, after))
    yield Step(0.7, "Writing")
    save_pixels(result, path)
    return path
