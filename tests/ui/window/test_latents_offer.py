"""A file of latents, taken for directions, is offered as pictures."""

import numpy as np
import pytest

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.start import Latent
from latentstudio.session.latent_messages import LatentPictures
from latentstudio.ui.window import latents_offer


def found(count=3, total=None):
    codes = tuple(np.full(256, n, np.float32) for n in range(count))
    return LatentPictures("my latents.npz", codes, Space.W, total or count)


@pytest.fixture
def asked(monkeypatch):
    """What was asked; the answer is yes."""
    questions = []

    def ask(parent, title, text, yes, more=""):
        questions.append((title, text, yes, more))
        return True

    monkeypatch.setattr(latents_offer, "ask", ask)
    return questions


def test_the_first_becomes_the_picture_and_the_others_snapshots(window, client, history, asked):
    history.do(commands.set_amount("sefa-1", 1.0))
    before = history.document
    client.latents_found.emit(found())
    document = history.document
    start = document.picture.start
    assert isinstance(start, Latent)
    assert (start.space, document.picture.edits) == (Space.W, before.picture.edits)
    assert client.assets.get(start.codes)[0] == 0
    assert [shot.name for shot in document.snapshots] == ["my latents 2", "my latents 3"]
    codes = [client.assets.get(shot.picture.start.codes)[0] for shot in document.snapshots]
    assert codes == [1, 2]
    [(title, text, yes, more)] = asked
    assert (title, yes) == ("Open as pictures", "Open as pictures")
    assert text == "my latents.npz holds latents of pictures, not directions."
    assert "2 more go to the strip" in more
    assert history.undo_label == "open my latents"
    history.undo()
    assert history.document == before


def test_it_says_how_many_stay_in_the_file(window, client, asked):
    client.latents_found.emit(found(25, 4000))
    assert "holds 4\u00a0000." in asked[0][3]
    assert "24 more" in asked[0][3]


def test_nothing_changes_without_a_yes(window, client, history, monkeypatch):
    monkeypatch.setattr(latents_offer, "ask", lambda *_: False)
    before = history.document
    client.latents_found.emit(found())
    assert history.document is before
