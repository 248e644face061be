"""Sorting the list by what directions do to pictures."""

from dataclasses import replace

import pytest

from latentstudio.document import commands
from latentstudio.document.direction import Linear
from latentstudio.evaluate.messages import Measure, Measures
from latentstudio.ui.directions.rows import Item
from tests.ui import fakes


def ids(column):
    return [row.id for row in column.panel.view.rows.rows if isinstance(row, Item)]


def choose(column, words):
    """Choose an order from the button's menu."""
    menu = column.panel.sorting.menu()
    next(a for a in menu.actions() if a.text() == words).trigger()


def measured(strength, locality):
    return Measures(
        {
            f"ganspace-{k}": Measure(s, where)
            for k, (s, where) in enumerate(zip(strength, locality, strict=True))
        }
    )


@pytest.fixture
def few(column, client):
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set(sefa=1, ganspace=3))
    return column


def test_nothing_is_measured_until_somebody_sorts_by_it(qtbot, few, client):
    qtbot.wait(350)
    choose(few, "Most agreed on first")
    qtbot.wait(50)
    assert client.asked == []
    choose(few, "Strongest first")
    qtbot.waitUntil(lambda: bool(client.asked))
    assert client.asked == [("measure", ("ganspace-0", "ganspace-1", "ganspace-2", "sefa-0"))]


def test_rows_follow_the_measures_and_tell_them(qtbot, few, client):
    choose(few, "Strongest first")
    assert ids(few) == ["ganspace-0", "ganspace-1", "ganspace-2", "sefa-0"]
    client.measures_ready.emit(measured((0.01, 0.123, 0.05), (0.1, 0.2, 0.76)))
    assert ids(few) == ["ganspace-1", "ganspace-2", "ganspace-0", "sefa-0"]
    assert few.board.words.short_words("ganspace-1") == "12\u00a0% a unit"
    assert "unit" not in few.board.words.short_words("sefa-0")
    choose(few, "Most local first")
    assert ids(few)[:3] == ["ganspace-2", "ganspace-1", "ganspace-0"]
    assert few.board.words.short_words("ganspace-2") == "in 24\u00a0%"
    assert "5.0\u00a0% on average, mostly in 24\u00a0%" in few.board.words.tip("ganspace-2")
    choose(few, "As found")
    assert ids(few)[0] == "ganspace-0"
    assert "%" not in few.board.words.short_words("ganspace-2")


def test_those_that_turned_or_came_are_asked_for_again(qtbot, few, client, history):
    choose(few, "Strongest first")
    qtbot.waitUntil(lambda: len(client.asked) == 1)
    everything = fakes.direction_set(sefa=1, ganspace=3)
    client.directions_ready.emit(everything)
    known = {d.id: Measure(0.1, 0.1) for d in everything.directions}
    client.measures_ready.emit(Measures(known))
    history.do(commands.reject_direction("sefa-0", True))
    turned = replace(everything.directions[1], payload=Linear(-everything.directions[1].vector))
    others = [d for d in everything.directions if d.id != turned.id]
    client.directions_ready.emit(replace(everything, directions=(*others, turned)))
    qtbot.waitUntil(lambda: len(client.asked) == 2)
    assert client.asked[1] == ("measure", (turned.id,))


def test_both_buttons_check_the_order_chosen(few):
    choose(few, "Most local first")
    menu = few.panel.sorting.menu()
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["Most local first"]
