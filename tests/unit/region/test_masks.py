"""Masks from boxes and files, and what a change does inside and outside of one."""

import contextlib
import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import FileError, OptionError
from latentstudio.region.leak import measure
from latentstudio.region.mask_files import read_mask
from latentstudio.region.masks import MAX_SIDE, box_mask, checked, reduced


def saved(folder, pixels, mode=None):
    path = folder / "mask.png"
    Image.fromarray(pixels, mode=mode).save(path)
    return path


def test_a_box_counts_from_the_top_left():
    mask = box_mask(8, 1, 2, 3, 4)
    assert mask.sum() == 12
    assert mask[2:6, 1:4].all()


@pytest.mark.parametrize("box", [(0, 0, 0, 4), (5, 0, 4, 4), (0, 7, 1, 2), (-1, 0, 2, 2)])
def test_boxes_outside_the_picture_are_refused(box):
    with pytest.raises(OptionError, match="8 x 8"):
        box_mask(8, *box)


def test_grey_values_are_soft(tmp_path):
    pixels = np.array([[0, 51], [204, 255]], np.uint8)
    np.testing.assert_allclose(read_mask(saved(tmp_path, pixels), 2), pixels / 255, atol=1e-6)


def test_what_is_transparent_stays(tmp_path):
    pixels = np.full((2, 2, 4), 255, np.uint8)
    pixels[0, 0, 3], pixels[0, 1, 3] = 0, 128
    found = read_mask(saved(tmp_path, pixels), 2)
    np.testing.assert_allclose(found, [[0, 128 / 255], [1, 1]], atol=0.01)


def test_sixteen_bits_are_scaled_not_cut(tmp_path):
    pixels = np.array([[0, 0x4000], [0x8000, 0xFFFF]], np.uint16)
    found = read_mask(saved(tmp_path, pixels), 2)
    np.testing.assert_allclose(found, pixels / 65535, atol=0.003)


def picture_files(folder):
    """The same mask, white at the top left, in many kinds of files."""
    grey = np.zeros((4, 4), np.uint8)
    grey[:2, :2] = 255
    plain = Image.fromarray(grey)
    turned = plain.transpose(Image.Transpose.ROTATE_90)  # lying on its side, and saying so
    exif = Image.Exif()
    exif[0x0112] = 6
    palette = Image.fromarray(255 - np.asarray(plain), "P")
    palette.putpalette([255 - value for value in range(256) for _ in range(3)])
    ink = np.zeros((4, 4, 4), np.uint8)
    ink[..., 3] = 255 - grey  # black ink where nothing may change
    deep = np.where(grey, 65535, 0).astype(np.uint16)
    alone = np.zeros((4, 4, 4), np.uint8)
    alone[..., 3] = grey  # black all over: what is opaque is meant
    for name, image, more in (
        ("grey.png", plain, {}),
        ("turned.png", turned, {"exif": exif}),
        ("palette.png", palette, {}),
        ("cmyk.tif", Image.fromarray(ink, "CMYK"), {}),
        ("deep.png", Image.fromarray(deep), {}),
        ("alpha.png", Image.fromarray(alone, "RGBA"), {}),
        ("one-bit.png", plain.convert("1"), {}),
    ):
        image.save(folder / name, **more)
        yield name


def test_the_same_mask_is_read_from_every_kind_of_file(tmp_path):
    expected = np.zeros((4, 4))
    expected[:2, :2] = 1
    for name in picture_files(tmp_path):
        np.testing.assert_allclose(read_mask(tmp_path / name, 4), expected, atol=0.01, err_msg=name)


def test_other_sizes_are_averaged(tmp_path):
    pixels = np.zeros((8, 8), np.uint8)
    pixels[:4, :2] = 255
    found = read_mask(saved(tmp_path, pixels), 2)
    np.testing.assert_allclose(found, [[0.5, 0], [0, 0]], atol=0.01)
    larger = read_mask(saved(tmp_path, pixels), 16)
    assert larger.shape == (16, 16)
    assert larger[:8, :4].min() == 1


def test_the_working_size_keeps_the_mean():
    rng = np.random.default_rng(0)
    mask = rng.random((96, 96)).astype(np.float32)
    small = reduced(mask, 32)
    np.testing.assert_allclose(small, mask.reshape(32, 3, 32, 3).mean((1, 3)), atol=1e-6)
    assert reduced(mask, 96) is mask


def bomb(side):
    """A PNG of a few bytes that declares side x side pixels."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif():
    file = io.BytesIO()
    Image.new("L", (4, 4)).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "no file"),
        (b"", "can't be read as a mask"),
        (b"\x89PNG\r\n\x1a\nrubbish", "can't be read as a mask"),
        (gif(), "can't be read as a mask"),
        (bomb(8), "can't be read as a mask"),
        (bomb(MAX_SIDE + 1), "too large"),
        (bomb(2**31 - 1), "mask.png"),
    ],
)
def test_files_that_are_no_masks_get_a_sentence(tmp_path, content, word):
    path = tmp_path / "mask.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=word):
        read_mask(path, 8)


def test_masks_that_are_not_square_are_refused(tmp_path):
    with pytest.raises(OptionError, match="3 x 2 pixels"):
        read_mask(saved(tmp_path, np.zeros((2, 3), np.uint8)), 2)


def test_a_mask_has_an_inside_and_an_outside():
    assert checked(box_mask(4, 0, 0, 1, 1)).sum() == 1
    with pytest.raises(OptionError, match="empty"):
        checked(np.zeros((4, 4), np.float32))
    with pytest.raises(OptionError, match="whole picture"):
        checked(np.ones((4, 4), np.float32))


def test_leak_is_the_ratio_of_means():
    mask = box_mask(4, 0, 0, 2, 2)  # 4 pixels inside, 12 outside
    change = np.zeros((3, 4, 4), np.float32)
    change[0, 0, 0] = -1.2  # mean over channels 0.4
    change[:, 3, 3] = 0.6
    found = measure(change, mask)
    assert found.strength == pytest.approx(0.1)
    assert found.ratio == pytest.approx((0.6 / 12) / 0.1)
    assert found.local == pytest.approx(0.4)
    np.testing.assert_allclose(found.heat[[0, 3, 1], [0, 3, 1]], [0.4, 0.6, 0])


def test_soft_pixels_count_to_both_sides():
    mask = np.full((2, 2), 0.25, np.float32)
    found = measure(np.ones((1, 2, 2), np.float32), mask)
    assert found.ratio == pytest.approx(1)
    assert found.local == pytest.approx(0.25)


def test_no_change_leaks_nothing_and_change_outside_alone_leaks_without_bound():
    mask = box_mask(4, 0, 0, 2, 2)
    still = measure(np.zeros((1, 4, 4), np.float32), mask)
    assert (still.ratio, still.local, still.strength) == (0, 0, 0)
    outside = measure((1 - mask)[None], mask)
    assert outside.ratio == np.inf
    assert outside.local == 0


def test_rectangular_pictures_have_rectangular_masks(tmp_path):
    box = box_mask((4, 2), 1, 0, 1, 3)
    assert box.tolist() == [[0, 1], [0, 1], [0, 1], [0, 0]]
    drawn = read_mask(
        saved(tmp_path, np.repeat(255 * box, 2, 0).repeat(2, 1).astype(np.uint8)), (4, 2)
    )
    assert drawn.tolist() == box.tolist()
    assert reduced(box, (2, 1)).tolist() == [[0.5], [0.25]]
    with pytest.raises(OptionError, match="of the shape of 2 x 4"):
        read_mask(saved(tmp_path, np.zeros((4, 4), np.uint8)), (4, 2))


def test_a_chunk_that_declares_gigabytes_takes_no_memory(tmp_path):
    """Pillow asks the file for as much as a chunk declares, and a file would make room first."""
    path = saved(tmp_path, np.full((16, 16), 255, np.uint8))
    data = bytearray(path.read_bytes())
    place = data.index(b"IDAT") - 4
    data[place : place + 4] = struct.pack(">I", 2**31 - 1)
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with contextlib.suppress(FileError):  # all that is there may be enough
            read_mask(path, 16)
        assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    finally:
        tracemalloc.stop()
