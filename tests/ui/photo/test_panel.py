"""The panel of own pictures, on a client that answers only when told to."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from latentstudio.core.reading import Reading
from latentstudio.core.spaces import Ability, Space
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.start import Latent, PhotoUse
from latentstudio.document.state import Document
from latentstudio.inversion.align import frame_of_face
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_messages import (
    DialPlace,
    FaceNews,
    KeptFit,
    KeptSearch,
    PhotoCopy,
    PhotoFound,
    PhotoNews,
    PhotoStage,
    PhotoTuned,
    UsedPhoto,
)
from latentstudio.ui.photo import back_card
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.photo.used_photos import UsedPhotos
from tests.ui.fakes import FakeClient

GREY = np.full((64, 64, 3), 90, np.uint8)


PHOTO = Photo(GREY, "house.png")
READING = Reading(10.0, 60.0, "on", "typical")
CODES = np.ones(4, np.float32)


def found(**values):
    """What a search found: two places of the dial."""
    dial = tuple(
        DialPlace(honesty, 0.1 + honesty / 10, 25.0, READING, GREY, CODES + honesty, Space.W)
        for honesty in (0.0, 1.0)
    )
    stages = tuple(PhotoStage(stage, GREY, 0.2, 3.4) for stage in ("start", "code", "refine"))
    copy = PhotoCopy("house.png", "c" * 64, np.arange(50, dtype=np.uint8))
    whole = {"fingerprint": "f" * 64, "square": GREY, "stages": stages, "copy": copy, **values}
    return PhotoFound(dial, None, (), **whole)


def opened(client, fingerprint="f" * 64, resolution=64, abilities=frozenset()):
    info = SimpleNamespace(fingerprint=fingerprint, resolution=resolution, abilities=abilities)
    client.model_opened.emit(SimpleNamespace(info=info))


def tuned_for(start):
    before, after = PhotoStage("tune", GREY, 0.2, 0.0), PhotoStage("tune", GREY, 0.04, 9.0)
    packed = np.arange(70, dtype=np.uint8)
    return PhotoTuned(start, packed, before, after, (), "f" * 64)


@pytest.fixture
def client(qapp):
    return FakeClient()


@pytest.fixture
def history():
    return History(Document())


@pytest.fixture
def fresh(client, history, qtbot):
    """The panel with nothing in it."""
    made = PhotoPanel(history, client, UsedPhotos(history, client))
    qtbot.addWidget(made)
    return made


@pytest.fixture
def panel(fresh, client):
    """With a photo whose code is being sought."""
    client.photos.opened.emit(PHOTO)
    fresh.search.click()
    return fresh


@pytest.fixture
def used(client, fresh, request):
    """With a photo whose code was found and is what the picture starts from."""
    opened(client)
    panel = request.getfixturevalue("panel")
    client.photos.found.emit(found())
    assert panel.fit.isHidden()
    assert panel.dial.faithful.text() == "Error 0.100\nOn the shell"
    assert panel.dial.editable.text() == "Error 0.200\nOn the shell"
    panel.use.click()
    return panel


USE = PhotoUse("me.png", "c" * 64, "", (32.0, 32.0, 64.0, 0.0))


@pytest.fixture
def reopened(fresh, client, history):
    """With the work of another day: a picture whose photo is not there yet."""
    start = Latent("a" * 64, Space.W, photo=USE)
    history.do(commands.set_start(start, "own picture"))
    opened(client)
    assert ("load", USE) in client.photos.asked
    return fresh


def news(stranger):
    return PhotoNews("start", 0, 1, GREY, 12.0, 0.4, stranger)


def test_a_picture_far_outside_says_how_far_and_waits_for_a_word(panel, client):
    client.photos.stepped.emit(news(3.24))
    assert client.photos.asked[-1] == ("pause", True)
    assert "3.2 times as far from what the model draws" in panel.under_way.far.text()
    assert not panel.under_way.far.isHidden()
    assert panel.under_way.pause.isHidden()
    panel.under_way.go_on.click()
    assert client.photos.asked[-1] == ("pause", False)
    assert panel.under_way.far.isHidden()
    assert not panel.under_way.pause.isHidden()
    client.photos.stepped.emit(news(3.24))  # asked once
    assert client.photos.asked[-1] == ("pause", False)


def test_a_usual_picture_is_not_asked_about(panel, client):
    client.photos.stepped.emit(news(0.0))
    assert client.photos.asked[-1][0] == "find"
    assert panel.under_way.far.isHidden()


def test_giving_up_ends_the_search(panel, client):
    client.photos.stepped.emit(news(3.24))
    panel.under_way.give_up.click()
    assert client.photos.asked[-1] == ("stop",)
    client.photos.stopped.emit()
    assert panel.under_way.far.isHidden()
    assert panel.search.isEnabled()


def test_a_search_that_was_under_way_is_offered_again(fresh, client):
    panel = fresh
    crop = Crop(30, 34, 40, 5, mirror=True)
    photo = Photo(GREY, "me.png")
    client.photos.kept.emit(KeptSearch(photo, crop, 40, 7, "code"))
    assert (
        panel.earlier.words.text() == "The search for me.png was under way when the studio closed."
    )
    panel.earlier.resume.click()
    assert client.photos.asked[-1] == ("find", photo, crop, 40, True)
    assert panel.view.crop == crop
    assert panel.mirror.isChecked()
    assert panel.earlier.isHidden()


def test_that_offer_can_be_declined(fresh, client):
    panel = fresh
    client.photos.kept.emit(KeptSearch(Photo(GREY, "me.png"), Crop(30, 34, 40), 40, 7, "code"))
    panel.earlier.forget.click()
    assert client.photos.asked[-1] == ("forget_kept",)
    assert panel.earlier.isHidden()


def test_a_kept_search_of_another_model_leaves_the_screen(fresh, client):
    panel = fresh
    client.photos.kept.emit(KeptSearch(PHOTO, Crop(30, 34, 40), 40, 7, "code"))
    opened(client)
    assert panel.earlier.isHidden()
    assert client.photos.asked[-1] == ("want_kept",)


def test_another_model_ends_the_search_with_a_sentence_and_drops_what_was_found(panel, client):
    said = []
    client.notice.connect(lambda kind, text: said.append(text))
    client.photos.found.emit(found())
    panel.search.click()
    opened(client, "e" * 64)
    assert ("stop", True) in client.photos.asked  # it can go on with its own model
    assert said == ["The search for your picture’s code was stopped: another model is open now."]
    assert panel.use.isHidden()


def test_stages_show_how_far_they_are_and_what_they_led_to(panel, client):
    rows = panel.stages.rows
    client.photos.stepped.emit(news(0.0))
    client.photos.stepped.emit(PhotoNews("code", 10, 40, GREY, 20.0, 0.3))
    assert rows["start"].words.text.startswith("Error 0.400, ")
    assert rows["code"].words.text == "Running, 25 %"
    assert rows["refine"].words.text == "Waits"
    client.photos.found.emit(found())
    assert rows["code"].words.text == "Error 0.200, 3.4 s"
    assert rows["tune"].words.text == "Optional"


def test_a_picture_of_the_progress_can_be_seen_again(panel, client):
    for step in range(9):
        pixels = np.full((64, 64, 3), 20 * step, np.uint8)
        client.photos.stepped.emit(PhotoNews("code", step, 40, pixels, 20.0, 0.3))
    strip = panel.result.strip
    assert [button.text() for button in strip.buttons] == ["0", "2", "3", "5", "6", "8"]
    strip.buttons[1].click()
    assert panel.made.pixmap().toImage().pixelColor(5, 5).red() == 40


def test_a_fit_is_one_undo_step_and_can_be_removed(used, client, history):
    panel = used
    start = history.document.picture.start
    assert start.photo.digest == "c" * 64
    assert client.assets.get(start.photo.kept).tolist() == list(range(50))
    panel.fit.fit.click()
    name, photo, *asked = client.photos.asked[-1]
    assert (name, photo.photo, *asked) == ("tune", PHOTO, start, False, False)
    assert not panel.fit.fit.isEnabled()
    client.photos.tuned.emit(tuned_for(start))
    fitted = history.document.picture.start
    assert client.assets.get(fitted.tuning).tolist() == list(range(70))
    assert panel.fit.state.text() == "Error 0.040 instead of 0.200."
    history.undo()
    assert history.document.picture.start == start
    assert panel.fit.remove.isHidden()
    history.redo()
    panel.fit.remove.click()
    assert history.document.picture.start == start


def test_a_fit_that_helps_nothing_changes_nothing(used, client, history):
    panel = used
    assert panel.search.isHidden()  # until the frame moves
    start = history.document.picture.start
    made = tuned_for(start)
    client.photos.tuned.emit(replace(made, after=made.before))
    assert history.document.picture.start == start
    assert panel.fit.state.text() == "The model draws this photo as well without a fit."
    panel.view.set_crop(Crop(30, 30, 40))
    assert not panel.search.isHidden()


def test_the_photo_of_a_document_is_opened_again_or_asked_for(reopened, client, monkeypatch):
    panel = reopened
    client.photos.lost.emit(USE, "Gone. Show where it is.")
    assert panel.back.lost.text() == "Gone. Show where it is."
    assert panel.back.save.isHidden()
    monkeypatch.setattr(back_card, "ask_for_picture", lambda *_: "/photos/me.png")
    panel.back.locate.click()
    assert client.photos.asked[-1] == ("load", USE, "/photos/me.png")
    client.photos.loaded.emit(USE, UsedPhoto(PHOTO, Crop(32, 32, 64), GREY))
    assert not panel.back.save.isHidden()
    assert panel.back.lost.isHidden()
    panel.fit.fit.click()  # long after its code was found
    rows = panel.stages.rows
    assert [name for name, row in rows.items() if not row.isHidden()] == ["tune"]


def test_another_photo_ends_the_search_for_the_one_before(panel, client):
    client.photos.opened.emit(Photo(GREY, "other.png"))
    assert client.photos.asked[-1] == ("stop",)


def test_noise_inputs_are_offered_where_there_are_any(panel, client):
    opened(client)
    assert panel.fit.noise_row.isHidden()
    opened(client, abilities=frozenset({Ability.NOISE}))
    assert not panel.fit.noise_row.isHidden()


def test_a_fit_that_was_under_way_is_offered_with_its_picture(reopened, client, history):
    panel, start = reopened, history.document.picture.start
    wanted = []
    panel.wanted.connect(lambda: wanted.append(1))
    client.photos.kept_fit.emit(KeptFit(start, True, 7))
    assert panel.fit.earlier.isHidden()  # the photo is not open yet
    client.photos.loaded.emit(USE, UsedPhoto(PHOTO, Crop(32, 32, 64), GREY))
    words = "The fit to me.png was under way when the studio closed."
    assert panel.fit.earlier.words.text() == words
    assert wanted
    history.do(commands.set_start(Latent("b" * 64, Space.W), "another"))
    assert panel.fit.earlier.isHidden()
    history.undo()
    panel.fit.earlier.resume.click()
    name, used, *asked = client.photos.asked[-1]
    assert (name, used.photo, *asked) == ("tune", PHOTO, start, True, True)
    assert panel.fit.earlier.isHidden()
    client.photos.kept_fit.emit(KeptFit(start, False, 7))
    client.photos.stopped.emit()
    panel.fit.earlier.forget.click()
    assert client.photos.asked[-1] == ("forget_fit",)
    assert panel.fit.earlier.isHidden()


def test_eyes_and_mouth_that_are_found_set_the_frame(panel, client):
    said = []
    client.notice.connect(lambda kind, text: said.append((kind, text)))
    panel.frame.face.click()
    assert client.photos.asked[-1] == ("find_face", PHOTO)
    client.photos.face.emit(PHOTO, FaceNews(((24.0, 30.0), (40.0, 34.0), (31.0, 44.0)), True))
    assert panel.view.points[2].tolist() == [31.0, 44.0]
    assert panel.view.crop == frame_of_face((24.0, 30.0), (40.0, 34.0), (31.0, 44.0))
    client.photos.face.emit(PHOTO, FaceNews(None, False))  # nobody looked: points stay
    assert not said
    client.photos.face.emit(PHOTO, FaceNews(None, True))
    assert said == [("info", "No face found. Drag the points onto eyes and mouth.")]
