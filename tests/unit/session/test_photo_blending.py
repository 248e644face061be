"""Edits that are held to masks return into a large photo, which keeps its own bytes elsewhere."""

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.progress import run
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_blending import save_blended

CROP = Crop(1900, 500, 900, 9)
MASK = np.zeros((512, 512), np.uint8)
MASK[200:300, 80:220] = 255
OTHER = np.zeros((64, 64), np.float32)
OTHER[40:50, 30:60] = 1


class Renderer:
    """Draws grey, and everything brighter with an edit: the worst of leaks."""

    def __init__(self, assets):
        self.assets = assets

    def pixels(self, picture):
        return np.full((64, 64, 3), 150 if picture.active() else 90, np.uint8)


@pytest.fixture(scope="module")
def photo():
    pixels = np.full((1000, 4000, 3), 60, np.uint8)
    pixels[::7] = 140
    return Photo(pixels, "photo.png")


def blended(photo, edits, assets, path):
    run(save_blended(Renderer(assets), photo, CROP, Picture(edits=edits), path))
    return np.asarray(Image.open(path))


def inside(mask):
    rows, columns = np.indices((1000, 4000), np.float32)
    size = len(mask)
    places = CROP.to_cut(np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5]), size)
    x, y = np.floor(places).astype(int).clip(-1, size).T
    padded = np.pad(mask > 0, 1)
    return padded[y + 1, x + 1].reshape(1000, 4000)


def test_a_large_photo_keeps_its_bytes_outside_of_the_masks(photo, tmp_path):
    assets = MemoryAssets()
    uses = MaskUse(assets.put(MASK)), MaskUse(assets.put(OTHER))
    edits = tuple(Edit(f"d{i}", 1.0, mask=use) for i, use in enumerate(uses))
    result = blended(photo, edits, assets, tmp_path / "a.png")
    changed = (result != photo.pixels).any(2)
    allowed = inside(MASK) | inside(OTHER)
    assert not changed[~allowed].any()
    assert changed[allowed].mean() > 0.9


def test_an_edit_of_the_whole_picture_is_not_held_back(photo, tmp_path):
    assets = MemoryAssets()
    edits = (Edit("a", 1.0, mask=MaskUse(assets.put(MASK))), Edit("b", 1.0))
    result = blended(photo, edits, assets, tmp_path / "b.png")
    assert (result != photo.pixels).any(2).mean() > 0.15
