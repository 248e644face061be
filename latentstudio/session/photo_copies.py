"""Photos that documents use: what is kept of them, and how they are found again."""

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Assets, MissingAssetError
from latentstudio.document.start import PhotoUse
from latentstudio.inversion.crop import Crop, checked, cut
from latentstudio.inversion.pictures import LARGEST_COPY, Photo, decode_photo, read_photo
from latentstudio.session.photo_messages import PhotoCopy, UsedPhoto


class LostPhotoError(FileError):
    """A document's photo is not kept with it; its file has to be shown."""


def copy_of(photo: Photo) -> PhotoCopy:
    """What is kept of a photo: its file as it was, or a PNG where the file isn't known."""
    data, digest = photo.file, photo.digest
    if not digest:
        data = _png(photo)
        digest = hashlib.sha256(data).hexdigest()
    kept = np.frombuffer(data, np.uint8) if 0 < len(data) <= LARGEST_COPY else None
    return PhotoCopy(photo.name, digest, kept)


def load(
    use: PhotoUse, assets: Assets, resolution: int, file: Path | None = None
) -> Job[UsedPhoto]:
    """The photo that a document's start was found for.

    Args:
        use: What the document says of it.
        assets: Where its copy is kept.
        resolution: Of the model's pictures.
        file: Where a person says that it is.

    Raises:
        LostPhotoError: No copy is kept, and no file was given.
        FileError: The file can't be read.
        OptionError: It is another picture.
    """
    yield Step(0.1, "Opening the photo")
    photo = _kept(use, assets) if file is None else _given(use, file)
    yield Step(0.8, "Opening the photo")
    crop = checked(Crop(*use.frame, use.mirror), photo.width, photo.height)
    return UsedPhoto(photo, crop, cut(photo.pixels, crop, resolution))


def _kept(use: PhotoUse, assets: Assets) -> Photo:
    if not use.kept:
        raise LostPhotoError(
            f"{use.name} is too large to be kept with the work. Show where its file is, to compare "
            "with it and to put edits back into it."
        )
    try:
        return decode_photo(assets.get(use.kept).tobytes(), use.name)
    except MissingAssetError as error:
        raise LostPhotoError(
            f"The copy of {use.name} that was kept with this work is gone. Show where its file is, "
            "to compare with it and to put edits back into it."
        ) from error


def _given(use: PhotoUse, file: Path) -> Photo:
    photo = read_photo(file)
    if photo.digest != use.digest:
        raise OptionError(
            f"{file.name} is another picture than {use.name} was, or has been changed since."
        )
    return photo


def _png(photo: Photo) -> bytes:
    made = io.BytesIO()
    Image.fromarray(photo.pixels).save(made, "PNG", compress_level=1)
    return made.getvalue()
