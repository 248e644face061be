"""What a search or a fit leaves is on the disk before a document can name it."""

from types import SimpleNamespace

import numpy as np

from latentstudio.core.progress import run
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session import photo_search, photo_tuning
from latentstudio.session.own_pictures import OwnPictures
from latentstudio.session.photo_messages import PhotoCopy
from latentstudio.store.assets import DiskAssets

BYTES = np.arange(40, dtype=np.uint8)


def answered(value):
    def job(*_, **__):
        return value
        yield

    return job


def test_the_photo_and_the_fit_are_on_the_disk_at_once(tmp_path, monkeypatch):
    copy = PhotoCopy("me.png", "c" * 64, BYTES)
    monkeypatch.setattr(photo_search, "find", answered(SimpleNamespace(copy=copy)))
    monkeypatch.setattr(photo_tuning, "fit", answered(SimpleNamespace(packed=BYTES[::-1])))
    assets = DiskAssets(tmp_path)
    photos = OwnPictures(lambda: SimpleNamespace(generator=None), assets, print)
    photo = Photo(np.zeros((9, 9, 3), np.uint8), "me.png")
    run(photos.find(photo, Crop(4, 4, 8), 3, lambda: False))
    run(photos.fit(None, None, False, lambda: False))
    there = DiskAssets(tmp_path)  # what another start finds
    for array in (BYTES, BYTES[::-1]):
        assert np.array_equal(there.get(assets.put(array)), array)
