"""What is asked of the engine while somebody paints, and what becomes of the answers."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from latentstudio.document import commands
from latentstudio.document.direction import Local
from latentstudio.document.state import MaskUse
from latentstudio.session.region_messages import LeakNews, LocalNews, PathNews
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
    board.commands.amount("local-a-1", 1.5)
    edit = history.document.picture.edit("local-a-1")
    assert edit.mask == history.document.chosen_region.mask
    assert ("keep", ("local-a-1",), "") in client.asked
    window.region.set_protect(False)
    assert history.document.picture.edit("local-a-1").mask.protect is False
    window.region.set_protect(True)
    window.side.show_panel("region")
    panel = window.parts.region_panel
    assert panel.protected.text() == "Keeps the pixels outside the mask"
    window.region.set_blend("auto")
    assert panel.protected.text() == "A rim around the mask may change, too"
    assert history.document.picture.edit("local-a-1").mask.features == "auto"
    history.undo()
    assert history.document.chosen_region.mask.features == ""
    assert not window.region.other_picture
    count = len(asked(client))
    window.region.refresh()
    assert len(asked(client)) == count  # its own edits don't make a picture another one


def test_moves_of_other_sliders_tell_nothing_of_regions(window, history, painted):
    painted()
    history.do(commands.set_amount("sefa-0", 0.5))
    told = []
    window.region.changed.connect(lambda: told.append(True))
    history.do(commands.set_amount("sefa-0", 1.0))
    history.do(commands.pin_direction("sefa-1", True))
    assert told == []
    painted(40.0)
    assert told


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


def path_questions(client):
    return [given[1] for given in client.asked if given[0] == "path"]


@pytest.fixture
def bending(window, client, painted, qtbot):
    """The first local slider's path has been asked for."""
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    say(client, answer(asked(client)[-1]))
    qtbot.waitUntil(lambda: len(path_questions(client)) == 1)
    return path_questions(client)[0]


def bent(window, request):
    """That slider with points."""
    known = window.left.board.direction(request.direction)
    points = np.zeros((2, *known.vector.shape), np.float32)
    payload = replace(known.payload, points=points, amounts=np.array([0, 1], np.float32))
    return PathNews(request, replace(known, payload=payload))


def test_sliders_are_bent_one_after_the_other_and_put_in_place(window, client, bending, qtbot):
    assert bending.direction == "local-a-1"
    assert bending.used == ()
    assert window.region_panel.status.text() == "Bending slider 1 of 2, so that less leaks"
    news = bent(window, bending)
    client.path_ready.emit(news)
    qtbot.waitUntil(lambda: ("adopt", news) in client.asked)
    qtbot.waitUntil(lambda: len(path_questions(client)) == 2)
    client.path_failed.emit(path_questions(client)[1], "Nothing changes this region from here.")
    qtbot.waitUntil(lambda: window.region.paths.progress is None)


def test_a_slider_that_was_moved_meanwhile_is_bent_anew_from_there(
    window, client, history, bending, qtbot
):
    window.left.board.commands.amount("local-a-1", 1.5)
    window.left.board.commands.amount("local-a-1", 0.5)
    client.path_ready.emit(bent(window, bending))
    qtbot.waitUntil(lambda: len(path_questions(client)) == 2)
    again = path_questions(client)[1]
    assert (again.direction, again.used) == ("local-a-1", (0.5, 1.5))
    assert not any(given[0] == "adopt" for given in client.asked)
    news = bent(window, again)
    client.path_ready.emit(news)
    qtbot.waitUntil(lambda: ("adopt", news) in client.asked)


def test_one_that_was_taken_from_an_earlier_answer_is_bent_first(window, client, painted, qtbot):
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    request = asked(client)[-1]
    early = answer(request, known=0.1)
    say(client, early)
    window.left.board.commands.amount("local-a-2", 1.0)
    last = answer(request)
    say(client, replace(last, ids=("local-a-1",)))  # the newest answer has no likes of it
    qtbot.waitUntil(lambda: len(path_questions(client)) == 1)
    assert path_questions(client)[0].direction == "local-a-2"
    client.path_ready.emit(None)
    qtbot.waitUntil(lambda: len(path_questions(client)) == 2)
    assert path_questions(client)[1].direction == "local-a-1"


def test_another_question_ends_the_bending(window, client, bending, painted, qtbot):
    before = len(asked(client))
    painted(40.0)
    qtbot.waitUntil(lambda: len(asked(client)) > before)
    assert ("drop path",) in client.asked
    client.path_ready.emit(bent(window, bending))
    qtbot.wait(500)
    assert not any(given[0] == "adopt" for given in client.asked)


def test_straight_sliders_are_not_bent(window, client, painted, qtbot):
    window.region.set_bends(False)
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    assert asked(client)[-1].path == "straight"
    say(client, answer(asked(client)[-1]))
    qtbot.wait(500)
    assert not path_questions(client)


def test_layers_and_pictures_are_asked_for(window, client, painted, qtbot):
    painted()
    qtbot.waitUntil(lambda: has_mask(client))
    window.region.set_layer_range((2, 5))
    qtbot.waitUntil(lambda: dict(asked(client)[-1].options)["layers"] == "2-5")
    finding = window.region_panel.finding
    assert finding.layers.text() == "2–5"
    finding.make_pictures().actions()[1].trigger()
    qtbot.waitUntil(lambda: asked(client)[-1].pictures == 4)
    assert finding.pictures.text() == "4 pictures"


def test_any_direction_can_be_held_to_what_is_painted(window, client, painted, history):
    board, notices = window.left.board, []
    client.notice.connect(lambda kind, text: notices.append((kind, text)))
    id = board.directions[0].id
    assert not board.can_hold(id)
    window.region.hold(id)
    assert notices == [("error", "Paint a part of the picture first; the direction is held to it.")]
    painted()
    window.left.panel.hold_asked.emit(id)
    request = client.asked[-1][1]
    assert client.asked[-1][0] == "hold"
    assert (request.direction, request.use) == (id, history.document.chosen_region.mask)
