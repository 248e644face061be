"""Two parents, how much of each, and one undo step."""

import pytest
from PySide6.QtWidgets import QWidget

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Picture
from latentstudio.session.variation_messages import Bred
from latentstudio.ui.strip.snapshot_menu import NOW
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.strip.thumbs import Thumbs
from latentstudio.ui.variations.breed_page import BreedPage
from tests.ui.fakes import pixels, summary


@pytest.fixture
def page(history, client, exposed):
    for seed in (1, 2):
        history.do(commands.set_seed(seed))
        history.do(commands.keep_snapshot(f"S{seed}"))
    history.do(commands.set_seed(3))
    canvas = QWidget()
    small = Thumbs(lambda _: None, canvas)
    shots = SnapshotModel(history, small, canvas)
    history.changed.connect(shots.show_document)
    made = BreedPage(history, client, canvas, shots, small, lambda _: "Now")
    made.canvas = canvas
    exposed(canvas, 700, 500)
    client.model_opened.emit(summary(layers=10))
    return made


def newest(client):
    kind, first, second, shares, _ = client.variations.asked[-1]
    assert kind == "bred"
    return first.seed, second.seed, shares


def test_coarse_comes_from_the_first_and_fine_from_the_second(page, client):
    page.open(0, 1)
    assert newest(client) == (1, 2, (0.0,) * 5 + (1.0,) * 5)
    page.coarse.asked.emit(0.25, object())
    page.start_of_fine.show_value(7)
    page.start_of_fine.committed.emit(7.0)
    assert newest(client) == (1, 2, (0.25,) * 7 + (1.0,) * 3)
    page.swap()
    assert newest(client)[:2] == (2, 1)


def test_a_model_with_one_input_has_one_slider(page, client):
    client.model_opened.emit(summary(layers=0))
    page.open(0, NOW)
    assert newest(client) == (1, 3, (0.5,))
    assert not page.coarse.isVisible()
    assert not page.start_of_fine.isVisible()


def test_what_was_bred_is_taken_in_one_step(page, client, history):
    page.open(1, NOW)
    assert not page.use.isEnabled()
    child = Picture(Latent("b" * 64, Space.WPLUS))
    client.variations.bred_ready.emit(Bred(child, pixels(1)[0], "on"))
    page.use.click()
    assert not page.isVisible()
    assert history.document.picture == child
    kept = [(s.name, s.picture.seed, s.parents, s.how) for s in history.document.snapshots[2:]]
    assert kept == [("Now", 3, (), "kept"), ("S2 × Now", None, (2, 3), "bred")]
    history.undo()
    assert history.document.picture == Picture(Seed(3))
    assert len(history.document.snapshots) == 2


def test_trouble_is_said_and_nothing_can_be_taken(page, client):
    page.open(0, 1)
    client.variations.bred_ready.emit(Bred(Picture(), pixels(1)[0], "on"))
    client.variations.breeding_failed.emit("Try again in a moment.")
    assert page._state.text() == "Try again in a moment."
    assert not page.use.isEnabled()


def test_the_command_opens_it_with_the_picture_now(page, client):
    page.toggle()
    assert newest(client)[:2] == (2, 3)
    page.toggle()
    assert not page.isVisible()
