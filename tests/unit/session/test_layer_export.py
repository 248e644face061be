"""A picture's layers laid over each other are the picture."""

from dataclasses import replace

import numpy as np
import pytest
from psd_tools import PSDImage

from latentstudio.core.progress import run
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.render.renderer import Renderer
from latentstudio.session.layer_export import save_layers
from latentstudio.session.library import by_id, shipped


def box(rows, columns):
    mask = np.zeros((64, 64), np.uint8)
    mask[rows, columns] = 255
    return mask


@pytest.mark.parametrize("features", ["", "b32.conv0"])
def test_original_edits_and_masked_edits_make_the_picture(portraits, tmp_path, features):
    (named,) = shipped(portraits)
    ids, assets = [one.id for one in named.directions], MemoryAssets()
    mouth = MaskUse(assets.put(box(slice(40, 56), slice(20, 44))), 0.03)
    # The second meets the first, so it shows within it.
    cheek = MaskUse(assets.put(box(slice(30, 48), slice(34, 60))), 0.0, features=features)
    free = MaskUse(mouth.digest, 0.0, protect=False)
    picture = Picture(
        edits=(
            Edit(ids[0], 1.5),
            Edit(ids[1], 2.0, mask=mouth),
            Edit(ids[2], -2.0, mask=cheek),
            Edit(ids[3], 1.0, mask=free),
            Edit(ids[4], 1.0, on=False),
        )
    )
    picture = replace(picture, start=replace(picture.start, seed=16))
    renderer = Renderer(portraits, assets)
    renderer.directions = by_id(named)
    path, names = tmp_path / "a.psd", {one.id: one.name for one in named.directions}
    run(save_layers(renderer, picture, path, names))
    found = PSDImage.open(path)
    first, second, third, fourth = (names[id] for id in ids[:4])
    assert [layer.name for layer in found] == [
        "Original",
        f"{first} +1.5, {fourth} +1.0",
        f"{second} +2.0",
        f"{third} -2.0",
    ]
    assert [layer.has_mask() for layer in found] == [False, False, True, True]
    whole = renderer.pixels(picture)
    composite = np.asarray(found.composite(force=True).convert("RGB")).astype(int)
    assert np.abs(composite - whole).max() <= 2
    assert np.array_equal(
        np.asarray(found[0].topil().convert("RGB")), renderer.pixels(picture.original())
    )
    assert np.abs(composite - renderer.pixels(picture.original())).max() > 20
