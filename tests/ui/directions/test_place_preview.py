"""While the mouse rests over a track, what lies there is shown: the newest place only."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from latentstudio.document import commands
from latentstudio.render.messages import SliderPlace
from tests.ui import fakes

LEFT, NOTHING = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def move(slider, x):
    """A mouse that moves over the track without a button."""
    at = QPointF(x, slider.height() / 2)
    kind, none = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    place = QPointF(slider.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(slider, QMouseEvent(kind, at, place, NOTHING, NOTHING, none))
    slider._rest.timeout.emit()  # it has rested


def wanted(client):
    return [asked[1:] for asked in client.asked if asked[0] == "want_place"]


@pytest.fixture
def slider(found):
    return found.panel.view.editor.slider


def found_at(client, amount=None):
    picture, id, asked = wanted(client)[-1]
    amount = asked if amount is None else amount
    pixels = np.full((8, 8, 3), 200, np.uint8)
    return SliderPlace(picture, id, amount, pixels, fakes.reading(12.6, 99.96, "off", one_in=900))


def test_a_resting_mouse_asks_for_the_place_below_it(found, slider, client, history):
    move(slider, slider.track().x(2.0))
    picture, id, amount = wanted(client)[-1]
    assert (picture, id) == (history.document.picture, slider.id)
    assert amount == pytest.approx(2.0, abs=0.05)
    client.place_ready.emit(found_at(client))
    card = found.panel.place.card
    assert card.amount.text() == "+2.0"
    assert "1 in 900" in card.words.text()
    assert not card.picture.pixmap().isNull()
    assert history.document.picture == picture  # nothing was moved


def test_the_card_stays_inside_the_window(found, slider, client):
    for x in (slider.track().x(-6.0), slider.track().x(6.0)):
        move(slider, x)
        client.place_ready.emit(found_at(client))
        card = found.panel.place.card
        assert slider.window().rect().contains(card.geometry())


def test_an_answer_to_an_old_place_is_not_shown(found, slider, client):
    move(slider, slider.track().x(2.0))
    old = found_at(client)
    move(slider, slider.track().x(-2.0))
    client.place_ready.emit(old)
    assert found.panel.place.card is None
    client.place_ready.emit(None)  # its direction has gone
    assert found.panel.place.card is None


@pytest.mark.parametrize("end", ["leave", "press", "change"])
def test_it_goes_when_the_hand_goes_on(end, found, slider, client, history, qtbot):
    move(slider, slider.track().x(2.0))
    client.place_ready.emit(found_at(client))
    assert found.panel.place.card is not None
    if end == "leave":
        QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    elif end == "press":
        qtbot.mousePress(slider, LEFT, pos=QPoint(round(slider.track().x(1.0)), 8))
        qtbot.mouseRelease(slider, LEFT, pos=QPoint(round(slider.track().x(1.0)), 8))
    else:
        history.do(commands.set_seed(9))
    assert found.panel.place.card is None


def test_nothing_covers_the_row_while_the_mouse_rests_on_the_handle(found, slider, client):
    before = len(wanted(client))
    move(slider, slider.track().x(slider.amount) + 4)
    assert len(wanted(client)) == before
