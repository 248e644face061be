"""The grid in the window: what it asks for, what a click takes, what keys do."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Document, Picture
from latentstudio.document.variations import cells
from latentstudio.session.variation_messages import Planned, Tile
from latentstudio.ui.variations.page import VariationsPage
from latentstudio.ui.variations.work import VariationWork
from tests.ui.fakes import direction_set, pixels, summary


@pytest.fixture
def work(history, client, qtbot):
    from PySide6.QtWidgets import QWidget

    from latentstudio.ui.directions.board import Board

    owner = QWidget()
    qtbot.addWidget(owner)
    board = Board(history, client, owner)
    client.model_opened.emit(summary())
    client.directions_ready.emit(direction_set())
    made = VariationWork(history, client, board, lambda _: "Before", owner)
    made.choose(columns=3, rows=3)
    made.canvas = owner
    return made


@pytest.fixture
def page(work, exposed):
    made = VariationsPage(work, work.canvas)
    exposed(work.canvas, 500, 420)
    return made


def answer(work, client, states=("on",) * 9, only=None):
    """What the engine says to the newest question."""
    asked = client.variations.asked[-1][1]
    plan = Planned(asked, tuple(cell.picture for cell in cells(asked)))
    client.variations.planned.emit(plan)
    for cell in range(len(asked)) if only is None else only:
        client.variations.tile_ready.emit(Tile(asked, cell, pixels(9)[cell], states[cell]))
    client.variations.finished.emit()
    return plan


def test_nothing_is_asked_before_it_is_open(work, client, history):
    history.do(commands.set_seed(5))
    work.choose(columns=5)
    assert client.variations.asked == []


def test_it_opens_on_the_directions_in_use_around_where_they_stand(work, client, history):
    history.do(commands.set_amount("sefa-2", 1.0))
    work.open()
    _, asked, _, known = client.variations.asked[-1]
    assert [(axis.direction, axis.amounts) for axis in asked.axes] == [
        ("sefa-2", (-2.0, 1.0, 4.0)),
        ("ganspace-0", (-3.0, 0.0, 3.0)),
    ]
    assert (asked.picture, known) == (history.document.picture, frozenset())


def test_a_click_takes_the_picture_in_one_step_and_the_grid_stays(work, client, history, page):
    work.open()
    plan = answer(work, client)
    assert work.now == 4
    asked = len(client.variations.asked)
    QTest.mouseClick(page.grid, Qt.MouseButton.LeftButton, pos=page.grid.tiles.box(2).center())
    assert history.document.picture == plan.pictures[2]
    assert history.labels() == ("take Direction 0 (PCA) +3.0, Direction 1 (PCA) +3.0",)
    assert [s.how for s in history.document.snapshots] == ["kept", "variation"]
    assert work.now == 2
    QTest.qWait(200)
    assert len(client.variations.asked) == asked
    history.undo()
    assert (work.now, history.document) == (4, Document())


def test_another_picture_makes_another_grid_when_the_hand_rests(work, client, history, qtbot):
    work.open()
    answer(work, client)
    for seed in (1, 2, 3):
        history.do(commands.set_seed(seed))
    assert len(client.variations.asked) == 1  # not while it moves
    assert client.variations.dropped == 3  # and what was being drawn gives way
    qtbot.waitUntil(lambda: len(client.variations.asked) == 2)
    assert client.variations.asked[-1][1].picture == Picture(Seed(3))
    assert work.pictures == ()


def test_after_an_interruption_only_the_rest_is_asked_for(work, client, history, qtbot):
    work.open()
    plan = answer(work, client, only=(4, 1, 3))
    work.take(1)
    qtbot.waitUntil(lambda: len(client.variations.asked) == 2)
    assert client.variations.asked[-1][1] is plan.asked
    assert client.variations.asked[-1][3] == {1, 3, 4}


def test_answers_to_an_older_question_are_not_shown(work, client):
    work.open()
    old = client.variations.asked[-1][1]
    work.choose(kind="random")
    client.variations.tile_ready.emit(Tile(old, 0, pixels(1)[0], "on"))
    client.variations.planned.emit(Planned(old, (Picture(),) * 9))
    assert (work.tiles, work.pictures) == ({}, ())


def test_keys_walk_and_take(work, client, history, page, qtbot):
    work.open()
    plan = answer(work, client, states=("off",) * 9)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(page.grid, key)
    assert page.grid.focused == 0
    assert (
        page.grid.accessibleDescription()
        == "Direction 0 (PCA) minus 3.0, Direction 1 (PCA) plus 3.0, too far"
    )
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert history.document.picture == plan.pictures[0]
    assert page.grid.accessibleDescription().endswith("the picture now, too far")
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert not work.is_open


def test_the_pointer_that_rests_sees_it_large(work, client, page, qtbot):
    work.open()
    plan = answer(work, client)
    box = page.grid.tiles.box(8)
    QTest.mouseMove(page.grid, box.center())
    qtbot.waitUntil(lambda: page.large.isVisible())
    kind, picture, side = client.variations.asked[-1]
    assert (kind, picture) == ("large", plan.pictures[8])
    assert side >= page.large.height() > box.height()
    seen = page.large.geometry()
    assert not seen.intersects(box.translated(page.grid.pos()))
    QTest.mouseMove(page.grid, QPoint(1, 1))
    assert not page.large.isVisible()


def test_again_draws_anew_and_trouble_is_said_in_its_place(work, client, page):
    work.choose(kind="random", seed=4)
    work.open()
    work.again()
    assert [entry[1].seed for entry in client.variations.asked] == [4, 5]
    client.variations.failed.emit("Not yet. Try again in a moment.")
    assert page._trouble.text() == "Not yet. Try again in a moment."
    assert not page.grid.isVisible()
    work.again()
    assert page.grid.isVisible()


def test_latents_of_draws_long_gone_are_let_go_but_not_what_was_taken(work, client, history):
    assets = client.assets
    work.choose(kind="random")
    work.open()
    draws = []
    for draw in range(7):
        asked = client.variations.asked[-1][1]
        codes = [assets.put(np.full(4, draw + cell / 10, np.float32)) for cell in range(9)]
        pictures = [Picture(Latent(one, Space.W)) for one in codes]
        pictures[4] = asked.picture
        client.variations.planned.emit(Planned(asked, tuple(pictures)))
        draws.append(codes)
        if not draw:
            work.take(0)
            history.undo()
        work.again()
    known = assets._memory.all()
    assert [codes[1] in known for codes in draws] == [False] * 3 + [True] * 4
    assert draws[0][0] in known  # redo would show it


def test_counts_say_how_many_lie_where(work, client, page):
    work.open()
    answer(work, client, states=("on",) * 5 + ("edge",) * 3 + ("off",))
    assert page._counts.text() == "5 on the shell, 3 near its edge, 1 too far"
