"""The recipe in a picture: carried by PNG and WebP, bounded, and silent about this computer."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import ProjectError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.digest import digest_of
from latentstudio.document.history import Steps
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.document.state import Document, Picture
from latentstudio.exchange.projects import recipe
from latentstudio.exchange.projects.project import gathered, pixels_digest
from latentstudio.exchange.projects.recipe import (
    as_recipe,
    from_text,
    holds_pixels,
    read_recipe,
    recipe_text,
)
from latentstudio.export import metadata
from latentstudio.export.images import save_pixels
from latentstudio.export.metadata import MADE, NOTHING, PictureMetadata
from tests.toys.projects import MODEL, project

PIXELS = np.random.RandomState(0).randint(0, 256, (24, 16, 3)).astype(np.uint8)


@pytest.fixture(params=["png", "webp"])
def picture(request, tmp_path):
    """A picture with its recipe."""
    path = tmp_path / f"a.{request.param}"
    save_pixels(PIXELS, path, metadata=PictureMetadata(MADE, recipe_text(project())))
    return path


def test_a_picture_carries_its_recipe(picture):
    found, was = read_recipe(picture), project()
    assert found.document.picture == was.document.picture
    assert found.document.names == ()
    ids = {edit.direction for edit in was.document.picture.edits}
    assert {d.id for d in found.directions.directions} == ids == {"pca-1", "local-1"}
    known = {d.id: digest_of(d) for d in was.directions.directions}
    assert all(digest_of(d) == known[d.id] for d in found.directions.directions)
    assert found.pixels == was.pixels
    assert all(np.array_equal(found.arrays[key], was.arrays[key]) for key in found.arrays)
    with Image.open(picture) as opened:
        assert np.array_equal(np.asarray(opened), PIXELS)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_file_that_lost_something_is_told_from_one_that_did_not(channels, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16, channels), np.uint8)
    pixels[..., 3:] = 255  # WebP leaves alpha out where nothing shines through
    wanted, path = pixels_digest(pixels), tmp_path / "a.webp"
    for name in ("a.png", "a.webp"):
        save_pixels(pixels, tmp_path / name)
        assert holds_pixels(tmp_path / name, wanted)
    save_pixels(pixels, path, quality=80)
    assert not holds_pixels(path, wanted)
    save_pixels(pixels, path, scale=2)
    assert not holds_pixels(path, wanted)
    path.write_bytes(b"RIFF")
    assert not holds_pixels(path, wanted)


def test_it_says_that_a_model_made_it(picture):
    assert MADE.encode() in picture.read_bytes()
    assert MADE.startswith("made with a generative model, LatentStudio 0.")


def test_nothing_is_said_where_nobody_wants_it(tmp_path):
    for ending in ("png", "webp", "jpg"):
        path = tmp_path / f"a.{ending}"
        save_pixels(PIXELS, path, metadata=NOTHING)
        assert b"atentstudio" not in path.read_bytes().lower()
        assert read_recipe(path) is None


def test_jpeg_has_the_line_alone(tmp_path):
    save_pixels(PIXELS, tmp_path / "a.jpg", metadata=PictureMetadata(MADE, "{}"))
    with Image.open(tmp_path / "a.jpg") as opened:
        assert opened.info["comment"] == MADE.encode()
    assert read_recipe(tmp_path / "a.jpg") is None


@pytest.mark.parametrize("path", ["/media/ada/secret/faces.pt", "C:\\Ada\\faces.pt", "faces.pt"])
def test_folders_of_this_computer_stay_here(path):
    was = project()
    doc = replace(was.document, model=path)
    was = replace(was, steps=replace(was.steps, document=doc), model=replace(was.model, path=path))
    found = as_recipe(was)
    assert (found.model.path, found.document.model) == ("faces.pt", "faces.pt")
    assert "Ada" not in recipe_text(was)
    assert "secret" not in recipe_text(was)
    assert found.steps.done == ()


def test_numbers_that_need_too_much_room_are_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(recipe, "MOST_TEXT", 2000)
    text = recipe_text(project())
    assert len(text) < 2000
    found = recipe.from_text(text, "it")
    assert found.document.picture == project().document.picture
    assert found.directions.directions == ()


def test_a_picture_of_others_has_none(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    Image.fromarray(PIXELS).save(tmp_path / "a.webp", xmp=b"<x:xmpmeta/>")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "c.png").write_text("no picture")
    for name in ("a.png", "a.webp", "b.png", "c.png", "missing.png"):
        assert read_recipe(tmp_path / name) is None


def with_text(tmp_path, text):
    path = tmp_path / "made.png"
    save_pixels(PIXELS, path, metadata=PictureMetadata("", text))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format":1}',
        '{"format":1,"project.json":7}',
        '{"format":1,"project.json":{},"numbers":{"a":"***"}}',
        '{"format":1,"project.json":{},"numbers":[1]}',
        '{"format":1,"x":' + "[" * 50_000 + "]" * 50_000 + "}",
    ],
)
def test_recipes_that_are_none(text, tmp_path):
    with pytest.raises(ProjectError) as caught:
        read_recipe(with_text(tmp_path, text))
    assert caught.value.sentence().endswith(".")
    assert len(caught.value.sentence()) < 300


def test_numbers_that_swell_are_not_unpacked(tmp_path):
    said = json.loads(recipe_text(project()))
    bomb = zlib.compress(bytes(recipe._MOST_NUMBERS + 1), 9)
    said["numbers"]["directions.safetensors"] = base64.b64encode(bomb).decode()
    with pytest.raises(ProjectError, match="is damaged"):
        read_recipe(with_text(tmp_path, json.dumps(said)))


def test_long_texts_are_not_read(tmp_path, monkeypatch):
    path = with_text(tmp_path, recipe_text(project()))
    monkeypatch.setattr(recipe, "MOST_TEXT", 1000)
    assert read_recipe(path) is None
    monkeypatch.setattr(metadata, "MOST_TEXT", 400)
    assert metadata.xmp_recipe(metadata.xmp(PictureMetadata("", recipe_text(project())))) is None


def test_a_newer_recipe_says_which_version(tmp_path):
    said = {**json.loads(recipe_text(project())), "format": 9, "program": "2.1"}
    with pytest.raises(ProjectError, match=r"Update to 2\.1 or later"):
        read_recipe(with_text(tmp_path, json.dumps(said)))


def with_start(**values):
    """A project whose picture starts from a latent with a fit or a photo, and their arrays."""
    assets = MemoryAssets()
    rng = np.random.default_rng(0)
    kept = assets.put(rng.integers(0, 255, 90_000, dtype=np.uint8))
    named = {key: make(kept) for key, make in values.items()}
    start = Latent(assets.put(np.ones(4, np.float32)), Space.W, **named)
    doc = Document("/models/faces.pt", MODEL.key.fingerprint, Picture(start))
    made = gathered(Steps(doc), MODEL, (), assets)
    return replace(made, pixels="a" * 64), kept


def test_the_photo_stays_out_of_the_recipe():
    photo = lambda kept: PhotoUse("me.png", "c" * 64, kept, (9.0, 9.0, 9.0, 0.0))  # noqa: E731
    made, kept = with_start(photo=photo)
    assert kept in made.arrays
    found = from_text(recipe_text(made), "It")
    assert found.document.picture.start == replace(made.document.picture.start, photo=None)
    assert kept not in found.arrays
    assert found.pixels == made.pixels


def test_a_fit_that_is_too_large_stays_out_and_the_code_stays_in(monkeypatch):
    made, kept = with_start(tuning=lambda kept: kept)
    assert kept in from_text(recipe_text(made), "It").arrays
    monkeypatch.setattr(recipe, "MOST_TEXT", 50_000)
    found = from_text(recipe_text(made), "It")
    start = found.document.picture.start
    assert start == replace(made.document.picture.start, tuning="")
    assert list(found.arrays) == [start.codes]
    assert found.pixels == ""
