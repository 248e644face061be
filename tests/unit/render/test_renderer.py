"""Stages are computed once for equal values; bands and the way back agree with the meter."""

from dataclasses import replace

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.bands import band, excess, nearest_range, snap_back
from latentstudio.render.frames import frame
from latentstudio.render.renderer import Renderer


@pytest.fixture
def renderer(portraits, portraits_density):
    made = Renderer(portraits)
    made.densities = {None: portraits_density}
    codes = portraits.map(portraits.sample_z([4]))
    for i, name in enumerate("abc"):
        # One whitened axis as seen from seed 4, so that one unit is about one deviation there.
        v = portraits_density.to_round(codes)
        v[:, -1 - i] += 1.0
        step = (portraits_density.from_round(v) - codes)[0].float()
        unit = float(step.norm())
        direction = Direction(
            name, name, Space.W, Linear((step / unit).numpy()), unit, low=-8, high=8
        )
        made.directions = {**made.directions, name: direction}
    return made


def with_edits(**amounts: float) -> Picture:
    return Picture(Seed(4), edits=tuple(Edit(name, amount) for name, amount in amounts.items()))


def test_a_slider_recomputes_only_what_follows_it(renderer):
    renderer.pixels(with_edits(a=1.0))
    renderer.pixels(with_edits(a=1.5))
    renderer.pixels(with_edits(a=1.0))
    assert (renderer.starts.made, renderer.moved.made, renderer.pictures.made) == (1, 2, 2)
    renderer.pixels(replace(with_edits(a=1.0), noise="none"))
    assert (renderer.moved.made, renderer.pictures.made) == (2, 3)


def test_muted_soloed_and_unknown_edits(renderer):
    plain = renderer.pixels(with_edits())
    muted = Picture(Seed(4), edits=(Edit("a", 3.0, on=False), Edit("gone", 2.0)))
    assert np.array_equal(renderer.pixels(muted), plain)
    solo = replace(with_edits(a=3.0, b=-2.0), solo="b")
    assert np.array_equal(renderer.pixels(solo), renderer.pixels(with_edits(b=-2.0)))
    assert not np.array_equal(renderer.pixels(with_edits(a=3.0)), plain)


def test_a_direction_that_turned_under_its_id_is_rendered_anew(renderer):
    picture = with_edits(a=3.0)
    before = renderer.pixels(picture).copy()
    turned = replace(renderer.directions["b"], id="a")
    renderer.directions = {**renderer.directions, "a": turned}
    assert np.array_equal(renderer.pixels(picture), renderer.pixels(with_edits(b=3.0)))
    assert not np.array_equal(renderer.pixels(picture), before)


def test_undo_gives_back_the_same_pixels(renderer):
    first = renderer.pixels(with_edits(a=2.0)).copy()
    renderer.pixels(with_edits(a=5.0))
    fresh = Renderer(renderer.generator)
    fresh.directions, fresh.densities = renderer.directions, renderer.densities
    assert np.array_equal(fresh.pixels(with_edits(a=2.0)), first)


def test_undo_snapshots_and_new_names_draw_nothing(renderer):
    states = [with_edits(a=2.0), with_edits(a=2.0, b=1.0), Picture(Seed(5))]
    seen = [renderer.pixels(one) for one in states]
    drawn = renderer.pictures.made
    named = {id: replace(one, name=f"named {id}") for id, one in renderer.directions.items()}
    renderer.directions = named
    for one, pixels in zip(states[::-1], seen[::-1], strict=True):
        assert renderer.pixels(one) is pixels
    assert renderer.pictures.made == drawn


def test_the_band_ends_where_the_meter_changes(renderer, portraits_density):
    for picture in (with_edits(), with_edits(b=0.2), with_edits(a=0.2, c=-0.1)):
        found = band(renderer, picture, "a")
        assert found.shell is not None
        assert found.limit is not None
        low, high = found.shell
        assert found.limit[0] <= low < high <= found.limit[1]
        for end in (low, high):
            over = excess(renderer, _moved(picture, "a", end), portraits_density)
            assert abs(over) < 0.2 or abs(end) == 8  # a twentieth of the shell's width
        middle = renderer.reading(_moved(picture, "a", (low + high) / 2))
        assert middle.state == "on"


def test_bands_move_when_other_edits_move(renderer):
    alone = band(renderer, with_edits(), "a").shell
    beside = band(renderer, with_edits(b=2.0), "a").shell
    assert alone != beside


def test_no_band_when_other_edits_leave_the_shell(renderer):
    assert band(renderer, with_edits(b=60.0), "a").limit is None


def test_staying_on_the_shell_makes_the_whole_track_safe(renderer):
    picture = replace(with_edits(a=6.0), walk="preserve")
    assert band(renderer, picture, "b").shell == (-8, 8)
    shown = run(frame(renderer, picture))
    assert shown.reading.coordinate == pytest.approx(shown.start.coordinate, rel=1e-5)


def test_snapping_back_lands_just_inside(renderer):
    far = with_edits(a=8.0, b=-8.0)
    assert renderer.reading(far).state == "off"
    back = snap_back(renderer, far)
    assert renderer.reading(back).state == "on"
    a, b = back.amount("a"), back.amount("b")
    further = with_edits(a=a + 0.02, b=b - 0.02)
    assert renderer.reading(further).state == "edge"  # as far as the shell lets it
    assert a == pytest.approx(-b, abs=0.011)
    assert 0 < a < 8


def test_the_carrier_is_the_edit_that_went_too_far(renderer):
    shown = run(frame(renderer, with_edits(a=0.5, b=12.0, c=0.2)))
    assert shown.reading.state == "off"
    assert shown.carrier == "b"
    assert run(frame(renderer, with_edits(a=0.1))).carrier == ""


def test_of_several_safe_ranges_the_nearest_counts():
    amounts = np.linspace(-3, 3, 7)
    over = np.array([-1.0, 1.0, 1.0, 1.0, -1.0, -1.0, 1.0])
    assert nearest_range(amounts, over, 0.4) == (0.5, 2.5)
    assert nearest_range(amounts, over, -2.9) == (-3.0, -2.5)
    assert nearest_range(amounts, np.ones(7), 0.0) is None


def test_densities_come_from_the_cache_the_second_time(portraits, monkeypatch):
    from latentstudio.store import cache, densities

    first = run(densities.reference(portraits))
    with monkeypatch.context() as patched:
        patched.setattr(densities, "measure", _never)
        again = run(densities.reference(portraits))
    assert np.array_equal(again.shell.reference, first.shell.reference)
    codes = portraits.broadcast(portraits.map(portraits.sample_z([1])))
    want = first.readings(codes)[0].coordinate
    assert again.readings(codes)[0].coordinate == pytest.approx(want, rel=1e-9)
    path = next(cache.folder(portraits.info.fingerprint).glob("density*"))
    path.write_bytes(b"not a cache file")
    said: list[str] = []
    third = run(densities.reference(portraits, report=said.append))
    assert third.readings(codes)[0].coordinate == pytest.approx(want, rel=1e-9)
    assert len(said) == 1
    assert "moved to density.safetensors.broken-1" in said[0]


def _never(*_: object):
    raise AssertionError("measured again")


def _moved(picture: Picture, direction: str, amount: float) -> Picture:
    rest = picture.without(direction)
    return replace(rest, edits=(*rest.edits, Edit(direction, amount)))
