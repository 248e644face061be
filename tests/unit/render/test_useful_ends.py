"""Sliders end a little beyond where the model's samples end."""

from dataclasses import replace

import numpy as np

from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.bands import band
from latentstudio.render.renderer import Renderer
from latentstudio.render.useful_ends import SEEDS, UsefulEnds
from latentstudio.session.library import shipped

ID = "direction"


def made(portraits, density, high):
    """A renderer with one direction of the built-in model whose own ends are so far out."""
    first = shipped(portraits)[0].directions[0]
    renderer = Renderer(portraits)
    renderer.densities[None] = density
    renderer.directions = {ID: replace(first, id=ID, low=-high, high=high)}
    return renderer


def test_the_ends_are_a_little_beyond_the_limit_of_the_middle_picture(portraits, portraits_density):
    renderer = made(portraits, portraits_density, 40.0)
    found = UsefulEnds().of(renderer, Picture(), ID)
    assert found is not None
    assert found[0] == -found[1]
    limits = [band(renderer, Picture(Seed(seed)), ID).limit for seed in SEEDS]
    far = np.median([max(-low, high) for low, high in limits])
    assert 1.2 * far < found[1] < 2.0 * far
    assert found[1] < 20.0


def test_they_stand_still_whatever_the_picture_is_and_are_found_once(portraits, portraits_density):
    renderer = made(portraits, portraits_density, 40.0)
    ends = UsefulEnds()
    found = ends.of(renderer, Picture(), ID)
    other = replace(Picture(Seed(77)), edits=(Edit(ID, 2.0),))
    assert ends.of(renderer, other, ID) is found


def test_a_slider_that_ends_before_keeps_its_own_ends(portraits, portraits_density):
    renderer = made(portraits, portraits_density, 0.5)
    assert UsefulEnds().of(renderer, Picture(), ID) is None
