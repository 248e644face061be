"""Every snapshot knows what it was made from, whatever is taken out in between."""

import pytest

from latentstudio.core.spaces import Space
from latentstudio.document import commands as do
from latentstudio.document.history import History
from latentstudio.document.lineage import shares, tree
from latentstudio.document.lineage_commands import (
    adopt_bred,
    adopt_variation,
    bring_back_snapshot,
    recall_snapshot,
)
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Document, Edit, Picture, Snapshot
from latentstudio.exchange import documents


@pytest.fixture
def history():
    return History(Document())


def picture(amount):
    return Picture(Seed(3), edits=(Edit("a", amount),))


def lineage(history):
    return [(s.name, s.parents, s.how) for s in history.document.snapshots]


def test_snapshots_follow_what_they_grew_from(history):
    history.do(do.keep_snapshot("start"))
    history.do(do.set_amount("a", 1.0))
    history.do(do.keep_snapshot("one"))
    history.do(recall_snapshot(0, "recall start"))
    assert history.document.picture == history.document.snapshots[0].picture
    history.do(do.set_amount("a", -1.0))
    history.do(do.keep_snapshot("other"))
    assert lineage(history) == [
        ("start", (), "kept"),
        ("one", (1,), "kept"),
        ("other", (1,), "kept"),
    ]
    history.do(do.set_seed(9))
    history.do(do.keep_snapshot("apart"))
    assert history.document.snapshots[-1].parents == ()


def test_a_variation_is_taken_with_what_it_was_made_from_in_one_step(history):
    centre, chosen = picture(1.0), picture(2.0)
    history.do(do.show_picture("begin", centre))
    history.do(adopt_variation(chosen, centre, "A +2.0", "A"))
    assert history.document.picture == chosen
    assert lineage(history) == [("A", (), "kept"), ("A +2.0", (1,), "variation")]
    history.do(adopt_variation(picture(3.0), centre, "A +3.0", "A"))
    assert lineage(history)[2] == ("A +3.0", (1,), "variation")  # of the same, which is kept once
    history.do(adopt_variation(chosen, centre, "A +2.0", "A"))
    assert len(history.document.snapshots) == 3
    assert history.document.origin == 2
    for _ in range(3):
        history.undo()
    assert history.document.picture == centre
    assert history.document.snapshots == ()
    assert history.undo_label == "begin"


def test_of_two_that_are_alike_the_one_now_is_the_parent(history):
    for name in ("first", "again"):
        history.do(do.keep_snapshot(name))
    history.do(adopt_variation(picture(2.0), history.document.picture, "A", "now"))
    assert lineage(history)[-1] == ("A", (2,), "variation")


def test_a_bred_picture_has_two_parents_that_are_kept(history):
    for amount in (1.0, 2.0):
        history.do(do.show_picture("go", picture(amount)))
        history.do(do.keep_snapshot(str(amount)))
    one, two = history.document.snapshots
    child = Picture(Latent("b" * 64, Space.WPLUS))
    history.do(adopt_bred(child, (two, one), "child"))
    assert lineage(history)[-1] == ("child", (2, 1), "bred")
    now = Snapshot("now", picture(9.0))
    history.do(adopt_bred(Picture(Latent("c" * 64, Space.W)), (one, now), "second"))
    assert lineage(history)[-2:] == [("now", (3,), "kept"), ("second", (1, 4), "bred")]
    history.undo()
    assert lineage(history)[-1] == ("child", (2, 1), "bred")


def test_coarse_layers_and_fine_layers_have_shares_of_their_own():
    assert shares(5, 0.0, 0.75, 2) == (0.0, 0.0, 0.75, 0.75, 0.75)
    assert shares(1, 0.5, 1.0, 1) == (0.5,)


def test_children_of_what_is_taken_out_go_to_its_parents_and_come_back(history):
    for amount in (1.0, 2.0, 3.0):
        history.do(do.show_picture("go", picture(amount)))
        history.do(do.keep_snapshot(str(amount)))
    before = history.document
    assert [s.parents for s in before.snapshots] == [(), (1,), (2,)]
    history.do(do.drop_snapshot(1))
    assert [(s.id, s.parents) for s in history.document.snapshots] == [(1, ()), (3, (1,))]
    history.do(do.drop_snapshot(1))
    assert history.document.origin == 1
    history.do(do.drop_snapshot(0))
    assert history.document.origin == 0
    for _ in range(3):
        history.undo()
    assert history.document is before


def test_a_snapshot_comes_back_without_taking_later_work_away(history):
    for amount in (1.0, 2.0, 3.0):
        history.do(do.show_picture("go", picture(amount)))
        history.do(do.keep_snapshot(str(amount)))
    before = history.document
    history.do(do.drop_snapshot(1))
    history.do(do.show_picture("go", picture(9.0)))
    history.do(bring_back_snapshot(before, 1))
    assert history.document.snapshots == before.snapshots
    assert history.document.picture == picture(9.0)
    before = history.document
    history.do(do.drop_snapshot(2))
    history.do(do.keep_snapshot("newer"))  # has the number of the one that was taken out
    history.do(bring_back_snapshot(before, 2))
    found = [(s.name, s.id, s.parents) for s in history.document.snapshots]
    assert found[2:] == [("newer", 3, (2,)), ("3.0", 4, (2,))]


def test_the_tree_has_a_row_for_every_branch():
    shots = [
        Snapshot(str(id), picture(id), id=id, parents=parents)
        for id, parents in (
            (1, ()),
            (2, (1,)),
            (3, (2,)),
            (4, (1,)),
            (5, ()),
            (6, (5, 3)),
            (7, (2,)),
        )
    ]
    places = {shots[n.index].name: (n.column, n.row, n.parent, n.other) for n in tree(shots)}
    assert places == {
        "1": (0, 0, -1, -1),
        "2": (1, 0, 0, -1),
        "3": (2, 0, 1, -1),
        "7": (2, 1, 1, -1),
        "4": (1, 2, 0, -1),
        "5": (0, 3, -1, -1),
        "6": (1, 3, 4, 2),
    }


@pytest.mark.parametrize(
    "shots",
    [
        ((1, ()), (1, ())),
        ((1, (2,)), (2, ())),
        ((2, (1,)),),
        ((1, (1,)),),
        ((-1, ()),),
        ((1, ()), (2, (1, 1, 1))),
    ],
)
def test_a_lineage_that_no_command_could_have_made_is_refused(shots):
    made = tuple(Snapshot("s", picture(id), id=id, parents=of) for id, of in shots)
    with pytest.raises(ValueError, match="out of range"):
        documents.from_bytes(documents.to_bytes(Document(snapshots=made)), "It")
    with pytest.raises(ValueError, match="out of range"):
        documents.from_bytes(documents.to_bytes(Document(origin=3)), "It")
