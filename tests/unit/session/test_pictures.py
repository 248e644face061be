"""What lies at a place of a slider is what the slider shows when it is there."""

from types import SimpleNamespace

import numpy as np
import pytest

from latentstudio.core.errors import FileError
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.session.opening import THUMB_SIZE
from latentstudio.session.pictures import Pictures
from latentstudio.store.assets import DiskAssets
from tests.toys.renderers import with_directions


@pytest.fixture
def pictures(portraits, portraits_density):
    renderer = with_directions(portraits, portraits_density, "ab", seed=1)
    return Pictures(lambda: SimpleNamespace(renderer=renderer), DiskAssets())


def test_a_place_is_what_the_slider_shows_there(pictures):
    now = Picture(Seed(4), edits=(Edit("b", 1.0), Edit("a", -1.0, on=False)))
    place = run(pictures.place(now, "a", 3.0))
    there = Picture(Seed(4), edits=(Edit("b", 1.0), Edit("a", 3.0)))
    renderer = pictures.opened().renderer
    assert place.reading == renderer.reading(there)
    assert place.reading != renderer.reading(now)
    assert np.array_equal(place.pixels, renderer.small([there], THUMB_SIZE)[0])
    assert (place.picture, place.direction, place.amount) == (now, "a", 3.0)


def test_a_direction_that_has_gone_has_no_place(pictures):
    assert run(pictures.place(Picture(Seed(4)), "gone", 1.0)) is None


def test_a_folder_that_has_gone_is_not_made_again(pictures, tmp_path):
    with pytest.raises(FileError, match="is not there any more"):
        run(pictures.save(Picture(Seed(1)), tmp_path / "gone" / "a.png", 1, False))
    assert not (tmp_path / "gone").exists()
