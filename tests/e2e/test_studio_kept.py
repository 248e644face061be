"""What comes back after a restart: the work, with all that it needs, and word of it."""

import re

import numpy as np
import pytest

from latentstudio.ui.directions.rows import PINNED, Item, chips
from tests.e2e.hands import close, wait

OPTIONS = {"count": 3, "steps": 400, "batch": 2}


@pytest.fixture
def learning(studio):
    """A studio with a run that has made its first steps; the ids of its directions."""
    studio.client.runs.start_run("dp-lase", OPTIONS, 1)
    wait(lambda: studio.board.direction("dp-lase-run1-2") is not None, "the run's directions")
    return studio


def test_an_edit_of_a_run_that_was_not_resumed_is_whole_after_a_restart(learning, opened):
    used, pinned, other = (f"dp-lase-run1-{number}" for number in range(3))
    learning.drag(used, 2.0)
    learning.board.commands.toggle_pin(pinned)
    learning.drag("sefa-0", 1.0)
    names = [learning.board.name(id) for id in (used, "sefa-0")]
    assert "DP-LaSE" in names[0]
    close(learning)
    again = opened()
    again.ready()
    board, document = again.board, again.history.document
    assert [board.name(e.direction) for e in document.picture.edits] == names
    assert chips(board.directions, document)[1] == ("in-use", "In use 2")
    again.window.left.panel.chips.choose(PINNED)
    assert [row.id for row in again.view.rows.rows if isinstance(row, Item)] == [pinned]
    assert board.direction(other) is None  # the run is not resumed
    wait(lambda: board.frames(used, 3), "its thumbnail")


def test_a_run_that_is_discarded_leaves_what_is_used(learning, opened):
    used = "dp-lase-run1-1"
    learning.drag(used, 2.0)
    learning.history.undo()  # redo would need it
    gone = []
    learning.client.runs.run_gone.connect(gone.append)
    learning.client.runs.discard_run("dp-lase-run1")
    wait(lambda: gone, "the end of the run")
    left = {d.id for d in learning.board.directions if d.provenance.run == "dp-lase-run1"}
    assert left == {used}
    without = learning.settle()
    learning.history.redo()
    assert (learning.settle() != without).any()


def test_a_restart_says_that_work_came_back_and_undo_goes_on(studio, opened):
    first = studio.settle()
    assert not studio.window.toasts.toasts  # nothing was kept before
    studio.drag("sefa-0", 1.0)
    edited = studio.drag("sefa-1", -1.0)
    studio.drag("sefa-2", 1.0)
    studio.undo()
    labels = studio.history.labels()
    close(studio)
    again = opened()
    (toast,) = again.window.toasts.toasts
    assert re.fullmatch(r"Recovered your work from \d?\d:\d\d.*\.", toast.text)
    again.ready()
    assert again.history.labels() == labels
    assert np.array_equal(again.settle(), edited)
    assert np.array_equal(again.undo(2), first)
    again.redo(3)
    assert again.picture.amount("sefa-2") == pytest.approx(1.0, abs=0.05)
