"""A frame cuts what it shows, and points find the way back."""

import dataclasses
import math

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import OptionError
from latentstudio.inversion.align import frame_of_face, frame_of_landmarks
from latentstudio.inversion.crop import Crop, cut, whole


@pytest.fixture
def smooth():
    """A picture without sharp edges, 80 x 60."""
    small = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((80, 60), Image.Resampling.BICUBIC))


def close(a, b, most=3.0):
    return np.abs(a.astype(float) - b.astype(float))[2:-2, 2:-2].max() <= most


def test_the_middle_square_at_its_own_size_is_itself(smooth):
    assert close(cut(smooth, whole(80, 60), 60), smooth[:, 10:70])


def test_larger_photos_are_averaged(smooth):
    large = np.kron(smooth, np.ones((4, 4, 1), np.uint8))
    assert close(cut(large, whole(320, 240), 60), smooth[:, 10:70], 8.0)


def test_a_checkerboard_becomes_grey_and_no_pattern():
    board = (255 * (np.indices((512, 512)).sum(0) % 2)).astype(np.uint8)
    found = cut(np.repeat(board[..., None], 3, 2), whole(512, 512), 64)
    assert np.abs(found.astype(int) - 127).max() <= 2


def test_turned_by_a_right_angle(smooth):
    square = smooth[:, 10:70]
    # The frame turns clockwise, so what it shows turns the other way.
    assert close(cut(square, Crop(30, 30, 60, 90), 60), np.rot90(square))


def test_mirrored(smooth):
    square = smooth[:, 10:70]
    assert close(cut(square, Crop(30, 30, 60, mirror=True), 60), square[:, ::-1])


def test_beyond_the_photo_its_edge_goes_on(smooth):
    found = cut(smooth, Crop(0, 30, 60), 60)
    assert np.abs(found[10:50, 5].astype(int) - smooth[10:50, 0]).max() <= 2


@pytest.mark.parametrize("mirror", [False, True])
def test_points_come_back(mirror):
    crop = Crop(40, 21, 33, 27, mirror)
    points = np.array([[0.0, 0.0], [12, 63], [64, 64]])
    np.testing.assert_allclose(crop.to_cut(crop.to_photo(points, 64), 64), points, atol=1e-9)
    np.testing.assert_allclose(crop.to_photo(np.array([[32.0, 32]]), 64), [[40, 21]])


@pytest.mark.parametrize(
    "change", [{"side": 2.0}, {"side": 900.0}, {"x": -1.0}, {"angle": math.nan}, {"y": math.inf}]
)
def test_frames_that_show_nothing_are_refused(smooth, change):
    with pytest.raises(OptionError):
        cut(smooth, dataclasses.replace(Crop(30, 30, 40), **change), 16)


def test_an_upright_face_as_ffhq_is_cut():
    # Eyes 40 apart, the mouth 50 below them: x = (40, 0) + (50, 0), scaled to max(80, 90).
    crop = frame_of_face((80, 100), (120, 100), (100, 150))
    assert (crop.x, crop.y, crop.side) == pytest.approx((100, 105, 180))
    assert crop.angle == pytest.approx(0)


def test_a_face_that_leans_is_turned_upright():
    turn = np.array([[math.cos(0.3), -math.sin(0.3)], [math.sin(0.3), math.cos(0.3)]])
    points = (np.array([[80, 100], [120, 100], [100, 150]]) - 100) @ turn.T + 100
    crop = frame_of_face(*map(tuple, points))
    assert crop.side == pytest.approx(180)
    assert math.radians(crop.angle) == pytest.approx(0.3)
    eyes = crop.to_cut(points[:2], 100)
    assert eyes[0, 1] == pytest.approx(eyes[1, 1])
    assert eyes[0, 0] < eyes[1, 0]
    assert crop == frame_of_face(*map(tuple, points[[1, 0, 2]]))  # whichever eye comes first


def test_five_landmarks_give_the_same_frame():
    marks = [(80, 100), (120, 100), (100, 125), (90, 150), (110, 150)]
    assert frame_of_landmarks(marks) == frame_of_face((80, 100), (120, 100), (100, 150))
    with pytest.raises(OptionError, match="five"):
        frame_of_landmarks(marks[:4])


@pytest.mark.parametrize("mouth", [(100, 100), (math.nan, 3)])
def test_points_that_make_no_face_are_refused(mouth):
    with pytest.raises(OptionError):
        frame_of_face((80, 100), (120, 100), mouth)
