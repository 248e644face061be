"""Saved pictures hold the pixels they were given, and say they are sRGB."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from latentstudio.core.errors import FileError, OptionError, ResourceError
from latentstudio.export.images import save_pixels, srgb_profile
from latentstudio.export.sheet import sheet, strip


def noise(height=20, width=30, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height=32, width=48):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([y * 5, x * 4, 255 - x * 4], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "A.PNG"])
def test_lossless_formats_give_back_every_pixel(tmp_path, name):
    save_pixels(noise(), tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        assert picture.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(picture), noise())


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg"])
def test_jpeg_stays_within_a_few_levels(tmp_path, name):
    save_pixels(smooth(), tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        assert picture.format == "JPEG"
        assert np.abs(np.asarray(picture).astype(int) - smooth()).max() <= 6


def test_png_says_srgb(tmp_path):
    save_pixels(noise(), tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    chunk = data.index(b"sRGB")
    assert chunk < data.index(b"IDAT")
    assert data[chunk - 4 : chunk + 5] == b"\0\0\0\1sRGB\1"


@pytest.mark.parametrize("name", ["a.webp", "a.jpg"])
def test_other_formats_carry_the_srgb_profile(tmp_path, name):
    save_pixels(noise(), tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_the_profile_has_no_date_in_it():
    assert srgb_profile()[24:36] == bytes(12)


def test_enlarging_in_squares_repeats_pixels(tmp_path):
    save_pixels(noise(), tmp_path / "a.png", scale=3, smooth=False)
    with Image.open(tmp_path / "a.png") as picture:
        large = np.asarray(picture)
    np.testing.assert_array_equal(large, noise().repeat(3, axis=0).repeat(3, axis=1))


def test_enlarging_smoothly_does_not(tmp_path):
    save_pixels(noise(), tmp_path / "a.png", scale=3)
    with Image.open(tmp_path / "a.png") as picture:
        large = np.asarray(picture)
    assert large.shape == (60, 90, 3)
    assert (large != noise().repeat(3, axis=0).repeat(3, axis=1)).any()


@pytest.mark.parametrize("scale", [0, -1, 17, 16])
def test_scales_out_of_range_get_a_sentence(tmp_path, scale):
    wide = np.zeros((1, 1024 if scale == 16 else 4, 3), np.uint8)
    with pytest.raises(OptionError, match="times as large"):
        save_pixels(wide, tmp_path / "a.png", scale=scale)
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["a.gif", "a", "a.png.txt"])
def test_unknown_endings_get_a_sentence(tmp_path, name):
    with pytest.raises(OptionError, match=r"End it in \.png"):
        save_pixels(noise(), tmp_path / name)


def test_a_full_disk_leaves_the_old_picture(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    save_pixels(noise(), path)
    before = path.read_bytes()

    def full(self, data):
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ResourceError, match="disk is full"):
        save_pixels(noise(seed=1), path)
    assert path.read_bytes() == before
    assert [p for p in tmp_path.iterdir() if p.name != "home"] == [path]


def test_an_unwritable_place_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="can't be written"):
        save_pixels(noise(), tmp_path / "file" / "a.png")


def test_a_sheet_puts_every_picture_in_its_place():
    pictures = [np.full((2, 3, 3), value, np.uint8) for value in (10, 20, 30)]
    found = sheet(pictures, columns=2, gap=1, background=(1, 1, 1))
    assert found.shape == (5, 7, 3)
    want = [
        [10, 10, 10, 1, 20, 20, 20],
        [10, 10, 10, 1, 20, 20, 20],
        [1, 1, 1, 1, 1, 1, 1],
        [30, 30, 30, 1, 1, 1, 1],
        [30, 30, 30, 1, 1, 1, 1],
    ]
    np.testing.assert_array_equal(found[:, :, 0], want)


def test_a_sheet_is_no_wider_than_its_pictures():
    assert sheet([noise(), noise()], columns=5, gap=2).shape == strip([noise()] * 2, gap=2).shape


def test_a_strip_is_one_row():
    assert strip([noise(), noise(), noise()], gap=2).shape == (20, 94, 3)


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_quality_makes_files_smaller_and_its_best_is_as_good_as_it_gets(tmp_path, ending):
    sizes, errors = [], []
    for quality in (20, 80, 100):
        path = tmp_path / f"{quality}.{ending}"
        save_pixels(smooth(), path, quality=quality)
        sizes.append(path.stat().st_size)
        read = np.asarray(Image.open(path).convert("RGB"), float)
        errors.append(np.abs(read - smooth()).mean())
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == 0 if ending == "webp" else errors[-1] < 1
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("quality", [0, 101, -3])
def test_a_quality_that_is_none_is_refused(tmp_path, quality):
    with pytest.raises(OptionError, match="Choose 1 to 100"):
        save_pixels(noise(), tmp_path / "a.jpg", quality=quality)
    assert not (tmp_path / "a.jpg").exists()
