"""Film frames: which picture they fit, and what is shown until others come."""

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor

from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.messages import Film
from latentstudio.ui.directions.films import Films, around, to_pixmap
from tests.ui import fakes

PICTURE = Picture(edits=(Edit("a", 1.0), Edit("b", 2.0)))


def test_a_film_does_not_depend_on_its_own_slider():
    moved = replace(PICTURE, edits=(Edit("a", 5.0), Edit("b", 2.0)))
    other = replace(PICTURE, edits=(Edit("a", 1.0), Edit("b", 3.0)))
    untouched = replace(PICTURE, edits=(Edit("b", 2.0),))
    assert around(PICTURE, "a") == around(moved, "a") == around(untouched, "a")
    assert around(PICTURE, "a") != around(other, "a")
    assert around(PICTURE, "a") != around(replace(PICTURE, start=Seed(1)), "a")


def test_old_frames_stay_until_new_ones_come(qapp):
    films = Films()
    assert films.frames("a", 3) is None
    films.put(PICTURE, fakes.film("a", 3))
    old = films.frames("a", 3)
    later = replace(PICTURE, start=Seed(4))
    assert films.fresh("a", 3, PICTURE)
    assert not films.fresh("a", 3, later)
    assert films.frames("a", 3) == old
    films.put(later, fakes.film("a", 3))
    assert films.fresh("a", 3, later)
    assert films.frames("a", 3) != old


def test_three_frames_are_the_ends_and_the_zero_of_seven(qapp):
    films = Films()
    grey = [np.full((8, 8, 3), 30 * i, np.uint8) for i in range(7)]
    films.put(PICTURE, Film("a", (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0), tuple(grey)))
    three = films.frames("a", 3)
    shades = [frame.toImage().pixelColor(4, 4).red() for frame in three]
    assert shades == [0, 60, 180]
    assert films.fresh("a", 3, PICTURE)
    assert not films.fresh("b", 3, PICTURE)


def test_pixels_keep_their_colours_and_large_ones_get_smaller(qapp):
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[..., 0] = 200
    pixmap = to_pixmap(pixels)
    assert (pixmap.width(), pixmap.height()) == (128, 128)
    assert pixmap.toImage().pixelColor(60, 60) == QColor(200, 0, 0)
    odd = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    color = to_pixmap(odd).toImage().pixelColor(6, 4)
    assert (color.red(), color.green(), color.blue()) == (102, 103, 104)


def test_strips_of_a_direction_that_turned_are_shown_until_newer_ones_come(qapp):
    films = Films()
    films.put(PICTURE, fakes.film("a", 3))
    films.put(PICTURE, fakes.film("b", 3))
    shown = films.frames("a", 3)
    films.outdate({"a"})
    assert films.frames("a", 3) is shown
    assert not films.fresh("a", 3, PICTURE)
    assert films.fresh("b", 3, PICTURE)
