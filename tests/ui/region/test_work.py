"""What is asked of the engine while somebody paints, and what becomes of the answers."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from latentstudio.document import commands
from latentstudio.document.direction import Local
from latentstudio.document.state import MaskUse
from latentstudio.session.region_messages import LeakNews, LocalNews
from tests.ui.fakes import direction_set


@pytest.fixture
def painted(window):
    """Paints a box and gives the questions about sliders so far."""

    def paint(x=10.0):
        strokes = window.region.strokes
        window.set_tool("box")
        strokes.press(QPointF(x, 40))
        strokes.move(QPointF(x + 20, 50))
        strokes.finish()

    return paint


def asked(client):
    return [given[1] for given in client.asked if given[0] == "sliders"]


def has_mask(client):
    return bool(asked(client)) and asked(client)[-1].use is not None


def answer(request, known=1.0):
    """Two local directions before the others."""
    found = direction_set()
    digest = request.use.digest

    def local(number):
        old = found.directions[number]
        measured = {"strength": 0.1 / number, "locality": 0.7}
        payload = Local(old.vector, digest)
        return replace(old, id=f"local-a-{number}", payload=payload, measured=measured)

    rows = (local(1), local(2))
    found = replace(found, directions=(*rows, *found.directions))
    ids = tuple(one.id for one in rows)
    return LocalNews(request, found, ids, (5.0, 2.0), "Mouth", known, 0.5, 0.01, known == 1)


def say(client, news):
    client.directions_ready.emit(news.found)
    client.sliders_ready.emit(news)


def test_taking_a_tool_looks_at_the_picture_and_a_stroke_asks_for_its_mask(
    window, client, history, painted, qtbot
):
    window.set_tool("brush")
    qtbot.waitUntil(lambda: len(asked(client)) == 1)
    assert asked(client)[0].use is None
    painted()
    qtbot.waitUntil(lambda: len(asked(client)) == 2)
    assert asked(client)[1].use == history.document.chosen_region.mask
    painted(40.0)
    qtbot.waitUntil(lambda: len(asked(client)) == 3)


def test_a_local_slider_is_an_ordinary_edit_with_its_mask(window, client, history, painted, qtbot):
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    request = asked(client)[-1]
    say(client, answer(request))
    board = window.left.board
    assert board.local_measures("local-a-2") == (0.5, 0.7)
    board.asks.amount("local-a-1", 1.5)
    edit = history.document.picture.edit("local-a-1")
    assert edit.mask == history.document.chosen_region.mask
    assert ("keep", ("local-a-1",), "") in client.asked
    window.region.set_protect(False)
    assert history.document.picture.edit("local-a-1").mask.protect is False
    assert not window.region.other_picture
    count = len(asked(client))
    window.region.refresh()
    assert len(asked(client)) == count  # its own edits don't make a picture another one


def test_another_seed_marks_the_directions_and_asks_again_when_the_hand_rests(
    window, client, history, painted, qtbot
):
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    request = asked(client)[-1]
    say(client, answer(request))
    history.do(commands.set_seed(5))
    assert window.region.other_picture
    assert window.region_panel.status.text() == "From an earlier picture"
    assert window.region_panel.refresh.isVisible()
    qtbot.waitUntil(lambda: asked(client)[-1].picture.seed == 5, timeout=3000)
    say(client, answer(request))
    assert window.region.other_picture  # an answer for the picture before is dropped
    say(client, answer(asked(client)[-1]))
    assert not window.region.other_picture


def test_leak_is_told_in_words_and_shown_on_the_canvas(window, client, history, painted):
    painted()
    heat = np.zeros((64, 64), np.float32)
    heat[20, 20] = 1
    use = MaskUse(history.document.chosen_region.mask.digest)
    picture = history.document.picture
    news = LeakNews(picture, use, 0.29, 0.1, 0.2, heat, "chin")
    client.leak_ready.emit(replace(news, picture=replace(picture, walk="preserve")))
    assert window.region.leak is None
    client.leak_ready.emit(news)
    panel = window.region_panel
    assert panel.leak.text() == "29 %"
    assert panel.leak_words.text() == "of the change lands outside the mask, mostly the chin."
    window.region.show_heat(True)
    assert window.region.heat.isVisible()


def test_nothing_is_asked_of_an_empty_mask_and_a_refusal_is_shown(window, client, painted, qtbot):
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    client.sliders_failed.emit(asked(client)[-1], "Nothing changes this region alone.")
    assert window.region_panel.status.text() == "Nothing changes this region alone."
    window.region.apply("clear")
    qtbot.waitUntil(lambda: asked(client)[-1].use is None)
    assert not window.region_panel.spectrum.isVisible()
