"""Pictures of any usual kind open upright, in sRGB; others are refused in one sentence."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from latentstudio.core.errors import FileError, ResourceError
from latentstudio.inversion import pictures
from latentstudio.inversion.pictures import decode_photo, read_photo

RED, BLUE = (220, 30, 20), (10, 40, 200)


def two_colours(width=6, height=4):
    """Red above blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2], pixels[height // 2 :] = RED, BLUE
    return Image.fromarray(pixels)


def encoded(picture, kind="PNG", **how):
    data = io.BytesIO()
    picture.save(data, kind, **how)
    return data.getvalue()


@pytest.mark.parametrize(("kind", "exact"), [("PNG", True), ("TIFF", True), ("JPEG", False)])
def test_usual_files_keep_their_colours(tmp_path, kind, exact):
    path = tmp_path / f"a.{kind.lower()}"
    two_colours(32, 32).save(path, kind)
    photo = read_photo(path)
    assert (photo.width, photo.height, photo.name) == (32, 32, path.name)
    away = np.abs(photo.pixels[[2, -3], 5].astype(int) - [RED, BLUE])
    assert away.max() <= (0 if exact else 8)
    assert photo.notes == ()


def test_webp_opens():
    photo = decode_photo(encoded(two_colours(), "WEBP", lossless=True), "a.webp")
    assert tuple(photo.pixels[0, 0]) == RED


def test_the_camera_s_rotation_is_undone():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees
    photo = decode_photo(encoded(two_colours(), "TIFF", exif=exif), "a.tif")
    assert (photo.width, photo.height) == (4, 6)
    assert tuple(photo.pixels[0, 0]) == BLUE  # the left column was the lower row
    assert tuple(photo.pixels[0, -1]) == RED


def test_a_colour_profile_is_followed():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 5000))
    srgb = ImageCms.createProfile("sRGB")
    made = ImageCms.profileToProfile(two_colours(), srgb, lab, outputMode="LAB")
    photo = decode_photo(encoded(made, "TIFF", icc_profile=lab.tobytes()), "a.tif")
    # 8 bits of Lab hold the red in this blue only roughly; Lab taken for RGB is far off.
    assert np.abs(photo.pixels[[0, -1], 0].astype(int) - [RED, BLUE]).max() <= 16


def test_a_broken_profile_is_said():
    photo = decode_photo(encoded(two_colours(), icc_profile=b"no profile"), "a.png")
    assert tuple(photo.pixels[0, 0]) == RED
    assert "profile" in photo.notes[0]


def test_what_is_transparent_lies_on_a_colour():
    picture = two_colours().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 128))
    pixel = decode_photo(encoded(picture), "a.png", (0, 255, 0)).pixels[0, 0].astype(int)
    assert np.abs(pixel - [110, 142, 10]).max() <= 2
    palette = Image.new("P", (2, 1))
    palette.putpalette([*RED, *BLUE])
    photo = decode_photo(encoded(palette, transparency=0), "a.png", (1, 2, 3))
    assert tuple(photo.pixels[0, 0]) == (1, 2, 3)


def test_sixteen_bits_are_scaled_and_not_cut_off():
    grey = Image.fromarray(np.array([[0, 32768, 65535]], np.uint16))
    found = decode_photo(encoded(grey), "a.png").pixels[0]
    assert found[:, 0].tolist() == [0, 128, 255]
    assert (found == found[:, :1]).all()


def test_decimals_that_are_no_numbers_become_black():
    values = np.array([[0.0, 0.5, np.nan, 1.0]], np.float32)
    found = decode_photo(encoded(Image.fromarray(values), "TIFF"), "a.tif").pixels[0, :, 0]
    assert found.tolist() == [0, 128, 0, 255]


def test_print_colours_are_converted_and_said():
    photo = decode_photo(encoded(two_colours().convert("CMYK"), "TIFF"), "a.tif")
    assert np.abs(photo.pixels[0, 0].astype(int) - RED).max() <= 4
    assert "CMYK" in photo.notes[0]


def test_of_an_animation_the_first_frame_is_taken_and_said():
    frames = [Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), BLUE)]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    photo = decode_photo(data, "moving.webp")
    assert tuple(photo.pixels[0, 0]) == RED
    assert photo.notes == ("moving.webp holds several frames; the first one was taken.",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "isn't a picture"),
        (b"\x89PNG\r\n\x1a\n broken", "isn't a picture"),
        (b"%PDF-1.7", "isn't a picture"),
        (encoded(Image.new("1", (30_000, 1))), "30,000 x 1"),
        (encoded(two_colours(64, 64))[:120], "isn't a picture"),
    ],
)
def test_what_can_t_be_used_is_one_sentence(data, said):
    with pytest.raises(FileError, match=said):
        decode_photo(data, "a.png")


def test_size_is_looked_at_before_decoding(monkeypatch):
    monkeypatch.setattr(pictures, "_pixels", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(FileError, match="too large"):
        decode_photo(encoded(Image.new("1", (11_000, 10_000))), "a.png")


def test_missing_files_and_folders_are_said(tmp_path):
    with pytest.raises(FileError, match="no file"):
        read_photo(tmp_path / "none.png")
    with pytest.raises(FileError, match="folder"):
        read_photo(tmp_path)


def test_a_picture_that_needs_more_memory_than_there_is_says_so(monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr(pictures, "_pixels", full)
    with pytest.raises(ResourceError, match="more memory than is free"):
        decode_photo(encoded(two_colours()), "a.png")


def test_a_picture_of_no_width_is_none():
    data = bytearray(encoded(two_colours()))
    data[16:20] = bytes(4)  # the width in a PNG's header
    with pytest.raises(FileError, match=r"isn't a picture|has no pixels"):
        decode_photo(bytes(data), "a.png")
