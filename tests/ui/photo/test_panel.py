"""The panel of own pictures, on a client that answers only when told to."""

import numpy as np
import pytest

from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.session.photo_messages import KeptSearch, PhotoNews
from latentstudio.ui.photo.panel import PhotoPanel
from latentstudio.ui.photo.used_photos import UsedPhotos
from tests.ui.fakes import FakeClient

GREY = np.full((64, 64, 3), 90, np.uint8)


def panel_of(client):
    history = History(Document())
    return PhotoPanel(history, client, UsedPhotos(history, client))


@pytest.fixture
def client(qapp):
    return FakeClient()


@pytest.fixture
def panel(client, qtbot):
    made = panel_of(client)
    qtbot.addWidget(made)
    client.photos.opened.emit(Photo(GREY, "house.png"))
    made.search.click()
    return made


def news(stranger):
    return PhotoNews("start", 0, 1, GREY, 12.0, 0.4, stranger)


def test_a_picture_far_outside_says_how_far_and_waits_for_a_word(panel, client):
    client.photos.stepped.emit(news(3.24))
    assert client.photos.asked[-1] == ("pause", True)
    assert "3.2 times as far from what the model draws" in panel.far.text()
    assert not panel.far.isHidden()
    assert panel.pause.isHidden()
    panel.go_on.click()
    assert client.photos.asked[-1] == ("pause", False)
    assert panel.far.isHidden()
    assert not panel.pause.isHidden()
    client.photos.stepped.emit(news(3.24))  # asked once
    assert client.photos.asked[-1] == ("pause", False)


def test_a_usual_picture_is_not_asked_about(panel, client):
    client.photos.stepped.emit(news(0.0))
    assert client.photos.asked[-1][0] == "find"
    assert panel.far.isHidden()


def test_giving_up_ends_the_search(panel, client):
    client.photos.stepped.emit(news(3.24))
    panel.give_up.click()
    assert client.photos.asked[-1] == ("stop",)
    client.photos.stopped.emit()
    assert panel.far.isHidden()
    assert panel.search.isEnabled()


def test_a_search_that_was_under_way_is_offered_again(client, qtbot):
    panel = panel_of(client)
    qtbot.addWidget(panel)
    crop = Crop(30, 34, 40, 5, mirror=True)
    photo = Photo(GREY, "me.png")
    client.photos.kept.emit(KeptSearch(photo, crop, 40, 7, "code"))
    assert panel.earlier.text() == "The search for me.png was under way when the studio closed."
    panel.resume.click()
    assert client.photos.asked[-1] == ("find", photo, crop, 40, True)
    assert panel.view.crop == crop
    assert panel.mirror.isChecked()
    assert panel.earlier.isHidden()


def test_that_offer_can_be_declined(client, qtbot):
    panel = panel_of(client)
    qtbot.addWidget(panel)
    client.photos.kept.emit(KeptSearch(Photo(GREY, "me.png"), Crop(30, 34, 40), 40, 7, "code"))
    panel.forget.click()
    assert client.photos.asked[-1] == ("forget_kept",)
    assert panel.earlier.isHidden()
