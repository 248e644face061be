"""Somebody opens a photo, edits it as any picture, and gets the photo back with the edit in it."""

import os
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from latentstudio.document import commands
from latentstudio.document.start import Latent, tuning_of
from latentstudio.engine.images import to_pixels
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.pool import draw_pool
from latentstudio.session import inverting, own_pictures
from tests.e2e.hands import wait

STEPS = int(os.environ.get("LATENTSTUDIO_FIT_STEPS", "6"))


@pytest.fixture
def photo(tmp_path, portraits):
    """A portrait in the middle of a larger photo."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(90, 160, (600, 800, 3)).astype(np.uint8)
    code = portraits.broadcast(portraits.map(portraits.sample_z([4021])))
    face = Image.fromarray(to_pixels(portraits.synthesize(code))[0]).resize((512, 512))
    pixels[44:556, 144:656] = np.asarray(face)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


def shot(hands, name):
    if os.environ.get("LATENTSTUDIO_SHOTS"):
        hands.window.grab().save(f"{os.environ['LATENTSTUDIO_SHOTS']}/{name}.png")


def test_a_photo_is_found_edited_and_put_back(studio, photo, tmp_path, monkeypatch):
    monkeypatch.setattr(inverting, "draw_pool", partial(draw_pool, count=64))
    monkeypatch.setattr(own_pictures, "TuningOptions", partial(TuningOptions, steps=STEPS))
    window = studio.window
    panel, history = window.photo, window.history
    panel.open(str(photo))
    wait(panel.view.isVisible, "the photo")
    assert (panel.view.crop.x, panel.view.crop.y, panel.view.crop.side) == (400, 300, 600)
    panel.view._take(replace(panel.view.crop, side=512.0))
    shot(studio, "photo-1-open")
    panel.search.click()
    wait(lambda: panel.made.isVisible() and not panel.made.pixmap().isNull(), "a picture")
    shot(studio, "photo-2-running")
    wait(panel.use.isVisible, "the code")
    assert panel.dial.place.psnr > 25
    panel.use.click()
    start = history.document.picture.start
    assert isinstance(start, Latent)
    assert np.abs(studio.settle().astype(int) - panel.dial.place.pixels).max() <= 1
    panel.dial.slider.setValue(0)  # more faithful: the picture follows
    assert history.document.picture.start != start
    studio.settle()
    shot(studio, "photo-3-found")
    blended = tmp_path / "edited.png"
    direction = next(d.id for d in studio.board.directions if d.name == "Glasses")
    history.do(commands.set_amount(direction, 3.0))
    studio.settle()
    shot(studio, "photo-4-edited")
    panel.dial.slider.setValue(panel.dial.slider.maximum())  # editable: there is much to fit
    plain = studio.settle()
    assert {row.state for row in panel.stages.rows.values()} == {"done", "waits"}
    panel.fit.fit.click()
    wait(lambda: panel.stages.rows["tune"].state == "running", "the fit")
    shot(studio, "photo-5-fitting")
    wait(lambda: tuning_of(history.document.picture.start), "the fitted model")
    fitted = studio.settle()
    shot(studio, "photo-6-fitted")
    assert 0 < np.abs(fitted.astype(int) - plain).mean() < 10
    history.undo()
    assert np.array_equal(studio.settle(), plain)
    history.redo()
    assert np.array_equal(studio.settle(), fitted)
    history.undo()
    history.undo()
    saved = []
    window.client.photos.saved.connect(saved.append)
    window.client.photos.save(panel._photo, panel._sought, history.document.picture, str(blended))
    wait(lambda: saved, "the file")
    before = np.asarray(Image.open(photo).convert("RGB")).astype(int)
    after = np.asarray(Image.open(blended).convert("RGB")).astype(int)
    changed = (before != after).any(2)
    assert before.shape == after.shape
    assert changed[44:556, 144:656].mean() > 0.05
    assert not changed[:40].any()
    assert not changed[:, :140].any()
    history.undo()
    history.undo()
    history.undo()
    assert not isinstance(history.document.picture.start, Latent)
    history.redo()
    assert history.document.picture.start == start


def test_a_copied_file_can_be_pasted(studio, photo):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    QGuiApplication.clipboard().setMimeData(data)
    studio.window.actions_["paste"].trigger()
    wait(studio.window.photo.view.isVisible, "the photo")
    QGuiApplication.clipboard().clear()


def test_a_file_that_is_no_picture_is_one_sentence(studio, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    said = []
    studio.window.client.notice.connect(lambda kind, text: said.append((kind, text)))
    studio.window.photo.open(str(path))
    wait(lambda: said, "a sentence")
    assert said == [
        (
            "error",
            "broken.png isn't a picture that can be read. Give a PNG, JPEG, WebP or TIFF file.",
        )
    ]
