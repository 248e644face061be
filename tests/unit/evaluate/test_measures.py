"""Measures of pictures whose answers are known."""

import pytest
import torch

from latentstudio.evaluate.measures import ATTRIBUTES, MEASURES, read
from latentstudio.evaluate.predictor import IDENTITY, read_walk

NAMES = [one.name for one in ATTRIBUTES]


def measure(picture, name):
    return float(read(picture[None])[0, NAMES.index(name)])


def flat(red, green, blue, side=16):
    """A picture of one colour, channels 0 to 1."""
    return torch.tensor([red, green, blue])[:, None, None].expand(3, side, side) * 2 - 1


def with_square(top, left, size=4, side=32):
    picture = flat(0.2, 0.2, 0.2, side).clone()
    picture[:, top : top + size, left : left + size] = 1.0
    return picture


def test_a_flat_picture():
    grey = flat(0.5, 0.5, 0.5)
    wanted = {"brightness": 0.5, "contrast": 0, "saturation": 0, "warmth": 0, "greenness": 0,
              "detail": 0, "symmetry": 1, "to the right": 0, "further down": 0}  # fmt: skip
    for name, value in wanted.items():
        assert measure(grey, name) == pytest.approx(value, abs=1e-5), name


def test_colours():
    orange = flat(1.0, 0.5, 0.0)
    assert measure(orange, "warmth") == pytest.approx(1.0)
    assert measure(orange, "saturation") == pytest.approx(1.0)
    assert measure(orange, "greenness") == pytest.approx(0.0)
    assert measure(orange, "brightness") == pytest.approx(0.2126 + 0.7152 / 2, abs=1e-5)
    assert measure(flat(0, 1, 0), "greenness") == pytest.approx(1.0)


def test_contrast_and_detail():
    halves = flat(0, 0, 0).clone()
    halves[:, :, 8:] = 1.0
    assert measure(halves, "contrast") == pytest.approx(0.5)
    checks = torch.ones(16, 16)
    checks[::2, ::2] = checks[1::2, 1::2] = -1
    assert measure(checks.expand(3, 16, 16), "detail") == pytest.approx(1.0)


def test_symmetry():
    ramp = torch.linspace(-1, 1, 16).expand(3, 16, 16)
    assert measure(ramp, "symmetry") == pytest.approx(-1.0, abs=1e-5)
    assert measure(ramp + ramp.flip(2), "symmetry") == pytest.approx(1.0)
    tent = ramp.abs() - 0.5
    assert measure(tent, "symmetry") == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(("top", "left", "right", "down"), [
    (14, 14, 0.0, 0.0), (14, 24, 20 / 31, 0.0), (6, 14, 0.0, -16 / 31),
])  # fmt: skip
def test_position(top, left, right, down):
    picture = with_square(top, left)
    assert measure(picture, "to the right") == pytest.approx(right, abs=2e-3)
    assert measure(picture, "further down") == pytest.approx(down, abs=2e-3)


def test_what_touches_the_border_is_no_background():
    touching = with_square(0, 20)
    assert measure(touching, "to the right") == pytest.approx(43 / 31 - 1, abs=1e-3)
    assert measure(touching, "further down") == pytest.approx(3 / 31 - 1, abs=1e-3)


def test_size_grows_with_what_is_shown():
    small, large = with_square(14, 14, 4), with_square(8, 8, 16)
    assert measure(small, "size") < measure(large, "size")
    assert measure(large, "size") == pytest.approx((2 * (256 - 1) / 3) ** 0.5 / 31, rel=1e-3)


def test_a_walks_identity_is_one_at_the_start_and_falls():
    walk = torch.stack([with_square(4, left) for left in (4, 10, 14, 18, 24)])
    values = read_walk(MEASURES, walk, 2)
    assert values.shape == (5, len(NAMES) + 1)
    assert MEASURES.along[-1].name == IDENTITY
    alike = values[:, -1].tolist()
    assert alike[2] == pytest.approx(1.0, abs=1e-5)
    assert max(alike[:2] + alike[3:]) < 0.5


def test_grey_pictures_and_what_is_out_of_range_are_read_too():
    grey = torch.full((3, 1, 8, 8), 7.0)
    assert read_walk(MEASURES, grey, 1)[:, 0].tolist() == [1.0, 1.0, 1.0]
