"""The warning: only when the picture is too far out."""

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from latentstudio.core.reading import Reading
from latentstudio.document.state import Picture
from latentstudio.render.messages import Frame
from latentstudio.ui.canvas.canvas import Canvas

PIXELS = np.zeros((64, 64, 3), np.uint8)


def frame(state, one_in=None):
    reading = Reading(12.5, 99.96, state, "sparser", one_in=one_in)
    return Frame(Picture(), PIXELS, reading, None, "", 1.0)


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
    assert "Too far: this walk has left the region the model was trained on" in words(canvas)
    sentence = "Low sun carries most of it. About 1 in 3\u00a0000 samples lies this far out."
    assert sentence in words(canvas)
    assert canvas.frame.isVisible()
    assert canvas.view.zoom == zoom
    assert canvas.focusWidget() is canvas.view


def test_keep_it_hides_the_bar_but_not_the_frame_until_inside_again(canvas):
    canvas.show_frame(frame("off"))
    keep = next(b for b in canvas.warning.findChildren(QPushButton) if b.text() == "Keep it")
    keep.click()
    canvas.show_frame(frame("off"))
    assert not canvas.warning.isVisible()
    assert canvas.frame.isVisible()
    canvas.show_frame(frame("edge"))
    assert not canvas.frame.isVisible()
    canvas.show_frame(frame("off"))
    assert canvas.warning.isVisible()


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
