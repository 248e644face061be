"""The photo of a document: its copy, or the file that a person shows."""

import io

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import run
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.start import PhotoUse
from latentstudio.inversion import pictures
from latentstudio.inversion.crop import Crop, cut
from latentstudio.inversion.pictures import Photo, read_photo
from latentstudio.session.photo_copies import LostPhotoError, copy_of, load

FRAME = (70.0, 60.0, 80.0, 6.0)


@pytest.fixture
def path(tmp_path):
    """A photo whose file is no PNG."""
    pixels = np.random.default_rng(2).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    path = tmp_path / "me.jpg"
    Image.fromarray(pixels).save(path, quality=80)
    return path


def use_of(copy, assets):
    kept = "" if copy.data is None else assets.put(copy.data)
    return PhotoUse(copy.name, copy.digest, kept, FRAME, True)


def test_the_file_itself_is_kept_and_opens_to_the_same_pixels(path):
    photo, assets = read_photo(path), MemoryAssets()
    copy = copy_of(photo)
    assert copy.data.tobytes() == path.read_bytes()
    path.unlink()
    used = run(load(use_of(copy, assets), assets, 32))
    assert np.array_equal(used.photo.pixels, photo.pixels)
    assert used.crop == Crop(*FRAME, mirror=True)
    assert np.array_equal(used.square, cut(photo.pixels, used.crop, 32))


def test_a_photo_whose_file_is_not_known_is_kept_as_its_pixels(path):
    plain, assets = Photo(read_photo(path).pixels, "me.jpg"), MemoryAssets()
    copy = copy_of(plain)
    assert Image.open(io.BytesIO(copy.data.tobytes())).format == "PNG"
    assert np.array_equal(run(load(use_of(copy, assets), assets, 32)).photo.pixels, plain.pixels)


def test_a_photo_that_is_too_large_is_asked_for_and_known_again(path, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_COPY", 100)
    assets, photo = MemoryAssets(), read_photo(path)
    use = use_of(copy_of(photo), assets)
    assert use.kept == ""
    with pytest.raises(LostPhotoError, match="too large to be kept with the work"):
        run(load(use, assets, 32))
    moved = path.rename(tmp_path / "moved.jpg")
    assert np.array_equal(run(load(use, assets, 32, moved)).photo.pixels, photo.pixels)
    Image.fromarray(255 - photo.pixels).save(moved)
    with pytest.raises(OptionError, match=r"moved\.jpg is another picture than me\.jpg was"):
        run(load(use, assets, 32, moved))


def test_a_copy_that_is_gone_is_asked_for(path):
    use = use_of(copy_of(read_photo(path)), MemoryAssets())
    with pytest.raises(LostPhotoError, match=r"The copy of me\.jpg .* is gone"):
        run(load(use, MemoryAssets(), 32))
