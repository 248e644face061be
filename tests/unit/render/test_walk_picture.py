"""The picture of a walk agrees with the meter, and its rows start where they say."""

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.walk_picture import density_rows, walk_picture
from latentstudio.session import density_figure

PICTURE = Picture(Seed(4), edits=(Edit("b", 1.0),))
from tests.toys.renderers import with_directions


@pytest.fixture
def renderer(portraits, portraits_density):
    return with_directions(portraits, portraits_density, "ab", seed=0)


def test_each_curve_is_what_the_meter_reads_there(renderer):
    found = run(walk_picture(renderer, PICTURE, "a", 32))
    straight, preserve, geodesic = found.curves
    last = renderer.reading(Picture(Seed(4), edits=(Edit("b", 1.0), Edit("a", found.amounts[-1]))))
    assert straight.coordinates[-1] == last.coordinate
    own = renderer.reading(Picture(Seed(4))).coordinate
    for curve in (preserve, geodesic):
        assert np.abs(np.array(curve.coordinates) - own).max() < 1e-4 * own
    assert max(straight.coordinates) > found.limit[1]
    assert found.shell == renderer.densities[None].shell.on
    assert [percent for _, percent in found.ticks] == [2.5, 50.0, 97.5]
    assert found.shell == pytest.approx((found.ticks[0][0], found.ticks[-1][0]))


def test_its_small_pictures_are_those_of_the_strip(renderer):
    found = run(walk_picture(renderer, PICTURE, "a", 32))
    moved = Picture(Seed(4), edits=(Edit("b", 1.0), Edit("a", found.shown[-1])))
    (pixels,) = renderer.small([moved], 32)
    assert np.array_equal(found.curves[0].frames[-1], pixels)


def test_a_slider_that_is_used_is_walked_from_end_to_end(renderer):
    used = Picture(Seed(4), edits=(Edit("a", 2.0, on=False), Edit("b", 1.0)), solo="b")
    found = run(walk_picture(renderer, used, "a", 32))
    alone = run(walk_picture(renderer, Picture(Seed(4)), "a", 32))
    assert found.curves[0].coordinates == alone.curves[0].coordinates  # the solo is its own now


def test_rows_start_at_their_percentile_and_keep_it(renderer):
    denser, same, sparser = run(density_rows(renderer, PICTURE, "a", [-2.0, 0.0, 2.0]))
    assert denser.percentile == pytest.approx(2.5, abs=0.1)
    assert sparser.percentile == pytest.approx(97.5, abs=0.1)
    assert same.percentile == renderer.reading(PICTURE).percentile
    assert np.array_equal(same.frames[1], renderer.pixels(PICTURE))
    assert not np.array_equal(denser.frames[1], sparser.frames[1])


def test_nothing_is_drawn_before_the_density_is_known(renderer):
    renderer.densities = {}
    with pytest.raises(AbilityError, match="still being measured"):
        run(walk_picture(renderer, PICTURE, "a", 32))
    with pytest.raises(AbilityError, match="still being measured"):
        run(density_rows(renderer, PICTURE, "a", [0.0]))


def test_the_figure_holds_the_pictures(renderer, tmp_path):
    job = density_figure.write_page(renderer, {"seed4": PICTURE}, "a", tmp_path / "figure")
    page, png, svg = run(job)
    same = renderer.pixels(PICTURE)
    sheet = np.array(Image.open(png))
    windows = np.lib.stride_tricks.sliding_window_view(sheet[..., 0], same.shape[:2])
    places = np.argwhere((windows[:, :, 0] == same[0, :, 0]).all(axis=-1))
    assert any(np.array_equal(sheet[y : y + 64, x : x + 64], same) for y, x in places), (
        "the middle of the middle row is the picture as it is"
    )
    assert svg.read_text().count("<image") == 3 * density_figure.COLUMNS
    assert "percentile 2.5" in page.read_text()
