import numpy as np
import pytest
import torch

from latentstudio.core.errors import ShapeError
from latentstudio.engine.images import DARK, LIGHT, from_pixels, to_pixels, with_alpha


def test_known_values_land_on_known_levels():
    image = torch.tensor([-1.0, 0.0, 1.0, 2.0, -3.0, 0.5]).reshape(1, 1, 2, 3)
    assert to_pixels(image)[0, :, :, 0].ravel().tolist() == [0, 128, 255, 255, 0, 191]


def test_channels_stay_in_their_places():
    image = torch.full((1, 3, 2, 5), -1.0)
    image[0, 1] = 1.0
    pixels = to_pixels(image)
    assert pixels.shape == (1, 2, 5, 3)
    assert pixels[0, 1, 4].tolist() == [0, 255, 0]


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_image_is_left_as_it_was(layout):
    image = torch.randn(2, 3, 4, 4).contiguous(memory_format=layout)
    before = image.clone()
    to_pixels(image)
    assert torch.equal(image, before)


def test_grey_is_three_equal_channels():
    pixels = to_pixels(torch.randn(1, 1, 4, 4))
    assert pixels.shape == (1, 4, 4, 3)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    assert pixels.flags.c_contiguous


def test_a_round_trip_keeps_every_level():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    assert np.array_equal(to_pixels(from_pixels(levels)), levels)


def test_what_is_transparent_lies_on_a_checkerboard():
    images = torch.full((1, 4, 64, 32), -1.0)
    images[:, :3] = 1.0
    images[..., 16:] *= -1  # the right half is opaque and black
    pixels = to_pixels(images)
    assert pixels.shape == (1, 64, 32, 3)
    assert set(np.unique(pixels[0, :, :16])) == {LIGHT, DARK}
    assert not pixels[0, :, 16:].any()
    assert pixels[0, 0, 0, 0] != pixels[0, 0, 2, 0]


def test_alpha_is_kept_for_saving():
    images = torch.zeros(1, 4, 2, 2)
    images[0, 3, 0, 0] = -1.0
    assert with_alpha(images)[0, ..., 3].tolist() == [[0, 128], [128, 128]]
    assert with_alpha(torch.zeros(1, 3, 2, 2)).shape == (1, 2, 2, 3)


def test_two_channels_are_refused():
    with pytest.raises(ShapeError):
        to_pixels(torch.zeros(1, 2, 4, 4))
