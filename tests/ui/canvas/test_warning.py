"""The warning: only when the picture is too far out."""

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from latentstudio.core.reading import LooksReading, Reading
from latentstudio.core.spaces import Space
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.render.messages import Frame
from latentstudio.ui.canvas.canvas import Canvas

PIXELS = np.zeros((64, 64, 3), np.uint8)


EDITED = Picture(Seed(4), edits=(Edit("a", 3.0),))


def frame(state, one_in=None, picture=EDITED, percentile=99.96, looks=None, telling=None):
    side = "sparser" if percentile > 50 else "denser"
    reading = Reading(12.5, percentile, state, side, one_in=one_in)
    judged = None if looks is None else LooksReading(3.0, looks, 0.2, telling)
    return Frame(picture, PIXELS, reading, None, "", 1.0, looks=judged)


@pytest.fixture
def canvas(exposed):
    return exposed(Canvas(), 750, 650)


def words(canvas):
    return [label.text() for label in canvas.warning.findChildren(QLabel) if label.isVisible()]


@pytest.mark.parametrize("state", ["on", "edge"])
def test_nothing_is_said_on_the_shell_or_near_its_edge(canvas, state):
    canvas.show_frame(frame(state))
    assert not canvas.warning.isVisible()
    assert not canvas.frame.isVisible()


def test_too_far_says_what_happened_and_who_carries_it(canvas):
    zoom = None
    canvas.show_frame(frame("on"))
    zoom = canvas.view.zoom
    canvas.view.setFocus()
    canvas.show_frame(frame("off", 3000), "Low sun")
    assert "Too far out: hardly any sample lies here" in words(canvas)
    sentence = (
        "Low sun carries most of it. About 1 in 3\u00a0000 samples lies this far out. "
        "Most pictures out here look sound, but more are broken than on the shell."
    )
    assert sentence in words(canvas)
    assert canvas.frame.isVisible()
    assert canvas.view.zoom == zoom
    assert canvas.focusWidget() is canvas.view


def button(canvas, text):
    return next(b for b in canvas.warning.findChildren(QPushButton) if b.text() == text)


def test_ignoring_hides_the_bar_but_not_the_frame_until_there_is_another_start(canvas):
    canvas.show_frame(frame("off"))
    button(canvas, "Ignore for this picture").click()
    for state in ("off", "edge", "off"):
        canvas.show_frame(frame(state))
        assert not canvas.warning.isVisible()
        assert canvas.frame.isVisible() == (state == "off")
    canvas.show_frame(frame("off", picture=Picture(Seed(5), edits=EDITED.edits)))
    assert canvas.warning.isVisible()


def test_the_other_side_has_words_of_its_own(canvas):
    canvas.show_frame(frame("off", 2000, percentile=0.03))
    assert "Too far in: hardly any sample lies so close to the middle" in words(canvas)
    rare = "About 1 in 2\u00a0000 samples lies this far in."
    said = f"{rare} Most pictures in here look sound, and they are more alike than samples."
    assert said in words(canvas)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ("sound", "The picture looks sound all the same."),
        ("doubtful", "The picture looks doubtful."),
        ("broken", "The picture looks broken."),
    ],
)
def test_what_was_learned_of_the_picture_replaces_what_is_known_of_all(canvas, looks, said):
    canvas.show_frame(frame("off", looks=looks, telling=0.9))
    assert said in words(canvas)


def test_what_tells_little_of_a_model_is_not_quoted(canvas):
    canvas.show_frame(frame("off", looks="broken", telling=0.6))
    assert any("more are broken than on the shell" in text for text in words(canvas))


def test_a_photo_that_lies_outside_is_told_so_and_offered_no_way_back(canvas):
    photo = Picture(Latent("digest", Space.WPLUS))
    canvas.show_frame(frame("off", picture=photo))
    assert any(text.startswith("This start lies here by itself, without") for text in words(canvas))
    assert not button(canvas, "Snap back").isEnabled()
    canvas.show_frame(frame("off", picture=Picture(photo.start, edits=EDITED.edits)))
    assert button(canvas, "Snap back").isEnabled()


def test_an_unmeasured_picture_gives_no_warning(canvas):
    canvas.show_frame(frame("off"))
    canvas.show_frame(Frame(Picture(), PIXELS, None, None, "", 1.0))
    assert not canvas.frame.isVisible()


@pytest.mark.parametrize("width", [380, 560, 750])
def test_the_bar_stays_inside_the_canvas(canvas, width):
    canvas.resize(width, 600)
    canvas.show_frame(frame("off", 3000), "Low sun")
    assert canvas.rect().contains(canvas.warning.geometry())
    assert canvas.warning.height() >= canvas.warning.heightForWidth(canvas.warning.width())


@pytest.mark.parametrize("width", [300, 380])
def test_every_button_of_the_bar_can_be_read_in_a_narrow_canvas(canvas, width):
    canvas.resize(width, 600)
    canvas.show_frame(frame("off", 3000), "Low sun")
    canvas.warning.layout().activate()
    buttons = canvas.warning.findChildren(QPushButton)
    assert len(buttons) == 3
    assert [b.text() for b in buttons if b.width() < b.sizeHint().width()] == []
    assert all(canvas.warning.rect().contains(b.parentWidget().geometry()) for b in buttons)
