"""Masks at a picture's size, and what lies around them."""

import pytest
import torch

from latentstudio.region.masks import box_mask
from latentstudio.render.mask_images import neighbourhood


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((20, 40, 20, 10), (18, 33, 42, 57)),
        ((0, 0, 4, 4), (0, 0, 13, 13)),  # at the border, and no smaller than a fifth
        ((0, 0, 64, 64), (0, 0, 64, 64)),
    ],
)
def test_a_neighbourhood_is_a_square_around_the_mask(box, expected):
    mask = torch.from_numpy(box_mask(64, *box))
    assert neighbourhood(mask) == expected


def test_nothing_painted_has_the_whole_picture_around_it():
    assert neighbourhood(torch.zeros(32, 48)) == (0, 0, 48, 32)
