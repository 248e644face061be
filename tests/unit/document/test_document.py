"""Commands change what they say and nothing else; undo gives back the very same state."""

import numpy as np
import pytest

from latentstudio.document import commands as do
from latentstudio.document.history import History
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Edit, Picture, Snapshot
from latentstudio.store import last_work


@pytest.fixture
def history():
    return History(Document("m"))


def test_a_drag_is_one_step(history):
    start = history.document
    for value in (0.1, 0.2, 0.3):
        history.do(do.set_amount("age", value, "Age", gesture=7))
    assert history.undo_label == "change Age"
    history.undo()
    assert history.document is start
    history.redo()
    assert history.document.picture.edits == (Edit("age", 0.3),)


def test_two_drags_are_two_steps(history):
    history.do(do.set_amount("age", 0.1, gesture=7))
    history.do(do.set_amount("age", 0.2, gesture=8))
    history.undo()
    assert history.document.picture.amount("age") == 0.1


def test_an_edit_after_undo_drops_the_undone(history):
    history.do(do.set_amount("age", 1.0))
    history.undo()
    history.do(do.set_amount("smile", 1.0))
    history.redo()
    assert [e.direction for e in history.document.picture.edits] == ["smile"]


def test_a_command_that_changes_nothing_leaves_no_step(history):
    history.do(do.set_seed(0))
    history.do(do.set_amount("age", 0.0))
    assert history.undo_label is None


def test_an_edit_put_back_to_zero_goes_unless_it_carries_more(history):
    history.do(do.set_amount("age", 1.0))
    history.do(do.set_amount("age", 0.0))
    assert history.document.picture.edits == ()
    history.do(do.set_layers("age", (0, 3)))
    history.do(do.set_amount("age", 1.0))
    history.do(do.set_amount("age", 0.0))
    assert history.document.picture.edits == (Edit("age", 0.0, layers=(0, 3)),)


def test_what_counts_of_the_edits():
    edits = (Edit("a", 1.0), Edit("b", 2.0, on=False), Edit("c", 0.0), Edit("d", 3.0))
    picture = Picture(edits=edits)
    assert [e.direction for e in picture.active()] == ["a", "d"]
    assert [e.direction for e in Picture(edits=edits, solo="d").active()] == ["d"]
    assert picture.original() == Picture()


def test_every_command_can_be_undone_and_redone_to_the_same_document(history):
    line = [
        do.set_amount("a", 1.0),
        do.set_amount("b", 2.0),
        do.move_edit("b", 0),
        do.set_muted("a", True),
        do.set_solo("b"),
        do.set_layers("a", (1, 2)),
        do.set_groups_off("a", frozenset({0, 2})),
        do.set_seed(9),
        do.set_truncation(0.7),
        do.set_noise("none"),
        do.set_label(3),
        do.set_stay_on_shell(True),
        do.rename_direction("a", "Glasses"),
        do.pin_direction("a", True),
        do.keep_snapshot("One"),
        do.change_snapshot(0, name="First", starred=True),
        do.remove_edit("b"),
        do.reset_edits(),
        do.show_picture("recall", Picture(Seed(4))),
        do.drop_snapshot(0),
        do.pin_direction("a", False),
        do.rename_direction("a", ""),
    ]
    states = [history.document]
    for command in line:
        history.do(command)
        assert history.document != states[-1], command.label
        states.append(history.document)
    middle = states[16]
    changed = Edit("a", 1.0, False, (1, 2), frozenset({0, 2}))
    assert middle.picture == Picture(
        Seed(9, 3, 0.7), "none", (Edit("b", 2.0), changed), "b", "preserve"
    )
    assert middle.name_of("a") == "Glasses"
    assert middle.snapshots == (Snapshot("First", middle.picture, True, 1),)
    for state in reversed(states[:-1]):
        history.undo()
        assert history.document is state
    for state in states[1:]:
        history.redo()
        assert history.document == state
    assert len(history.labels()) == len(line)


def test_listeners_hear_every_change_and_can_leave(history):
    heard = []
    leave = history.changed.connect(heard.append)
    history.do(do.set_seed(1))
    history.undo()
    leave()
    history.redo()
    assert [doc.picture.seed for doc in heard] == [1, 0]


def test_a_listener_may_ask_to_be_called_before_those_that_are_there(history):
    called = []
    history.changed.connect(lambda doc: called.append("writes"))
    history.changed.connect(lambda doc: called.append("draws"), first=True)
    history.changed.connect(lambda doc: called.append("shows"))
    history.do(do.set_seed(1))
    assert called == ["draws", "writes", "shows"]


def test_the_last_document_is_found_again(tmp_path):
    doc = Document(
        "m", "f" * 64, Picture(Seed(7), noise=3, edits=(Edit("a", 1.5, layers=(0, 4)),
                                              Edit("b", 0.0, off=frozenset({1, 3})))),
        (("a", "Glasses"),), frozenset({"a"}), (Snapshot("S", Picture(Seed(1))),),
    )  # fmt: skip
    last_work.keep_last(doc, np.zeros((4, 4, 3), np.uint8))
    assert last_work.load_last() == (doc, "")
    assert last_work.last_picture_path().is_file()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}}", b'{"picture": {"seed": -1}}', b'{"picture": {"truncation": 1e9}}', b"\xff"],
)
def test_a_damaged_last_document_is_moved_aside(content):
    path = last_work.last_document_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found, said = last_work.load_last()
    assert found is None
    assert "moved to last.json.broken-1" in said
    assert last_work.load_last() == (None, "")


def test_rejecting_takes_the_edit_and_the_pin_and_undo_brings_them_back():
    history = History(Document())
    history.do(do.set_amount("a", 1.0))
    history.do(do.pin_direction("a", True))
    history.do(do.set_solo("a"))
    before = history.document
    history.do(do.reject_direction("a", True, "Grin"))
    now = history.document
    assert now.rejected == {"a"}
    assert now.pinned == frozenset()
    assert now.picture.edits == ()
    assert now.picture.solo is None
    history.undo()
    assert history.document is before
    history.redo()
    history.do(do.reject_direction("a", False))
    assert history.document.rejected == frozenset()
