"""The walk is chosen in the density panel, and its picture shows what was drawn."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from latentstudio.document import commands
from latentstudio.document.state import Edit, Picture
from latentstudio.render.messages import WalkCurve, WalkPicture
from latentstudio.ui.density.walk_choice import WalkChoice
from latentstudio.ui.density.walk_window import WalkWindow
from latentstudio.ui.directions.board import Board
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def choice(exposed, history):
    return exposed(WalkChoice(history), 320, 120)


def test_switching_keeps_the_amounts_and_is_one_step(choice, history, qtbot):
    history.do(commands.set_amount("a", 2.5))
    for walk in ("geodesic", "preserve", "straight"):
        qtbot.mouseClick(choice.walks.button(walk), LEFT)
        assert history.document.picture.walk == walk
        assert choice.stay.isChecked() == (walk != "straight")
        assert history.document.picture.amount("a") == 2.5
    history.undo()
    assert choice.walks.choice == "preserve"


def test_stay_on_shell_chooses_the_walk_along_it(choice, history, qtbot):
    qtbot.mouseClick(choice.stay, LEFT)
    assert (choice.walks.choice, history.document.picture.walk) == ("preserve", "preserve")


def found_for(picture, direction):
    frame = np.full((8, 8, 3), 90, np.uint8)
    curves = tuple(
        WalkCurve(walk, values, (frame,) * 5)
        for walk, values in (
            ("straight", (11.0, 16.0)),
            ("preserve", (11.0, 11.0)),
            ("geodesic", (11.0, 11.0)),
        )
    )
    ticks = ((10.0, 2.5), (11.0, 50.0), (12.0, 97.5))
    shown = (-4.0, -2.0, 0.0, 2.0, 4.0)
    return WalkPicture(picture, direction, (-4.0, 4.0), shown, curves, (10, 12), (9, 14), ticks)


@pytest.fixture
def window(exposed, history, client, qtbot):
    parent = exposed(WalkChoice(history), 300, 100)
    made = WalkWindow(history, client, Board(history, client, parent), parent)
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set())
    return made


def test_it_opens_with_the_strongest_edit_and_follows_the_picture(window, history, client):
    ids = [direction.id for direction in fakes.direction_set().directions]
    history.do(commands.show_picture("", Picture(edits=(Edit(ids[1], 1.0), Edit(ids[2], -3.0)))))
    window.open_for("")
    assert window.direction == ids[2]
    asked = [one for one in client.asked if one[0] == "want_walk"]
    assert asked[-1] == ("want_walk", history.document.picture, ids[2])
    history.do(commands.set_amount(ids[1], 2.0))
    asked = [one for one in client.asked if one[0] == "want_walk"]
    assert asked[-1][1] == history.document.picture
    window.close()
    history.do(commands.set_amount(ids[1], 0.5))
    assert [one for one in client.asked if one[0] == "want_walk"] == asked


def test_it_shows_only_what_was_asked_for_last(window, history, client):
    window.open_for("")
    picture = history.document.picture
    client.walk_ready.emit(found_for(picture, "another"))
    assert window.frames["straight"][0].pixmap().isNull()
    client.walk_ready.emit(found_for(picture, window.direction))
    assert not window.frames["straight"][4].pixmap().isNull()
    assert [mark.text() for mark in window.marks] == ["−4.0", "−2.0", "0.0", "+2.0", "+4.0"]
    assert "Straight: 50 of 100" in window.plot.accessibleName()
    assert "Great circle: 100 of 100" in window.plot.accessibleName()
    window.close()
