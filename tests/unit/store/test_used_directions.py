"""The directions that a document uses are kept beside it, and go with it."""

from dataclasses import replace

import numpy as np

from latentstudio.core import paths
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey, Provenance
from latentstudio.document.history import History
from latentstudio.document.state import Document, Edit, Picture, Snapshot
from latentstudio.document.uses import directions_used
from latentstudio.exchange.presets import read_preset
from latentstudio.store import last_work, used_directions
from latentstudio.store.attachments import Attachments

PRINT = "p" * 64


def found(*ids, model=PRINT):
    def one(id):
        vector = np.zeros(4, np.float32)
        vector[len(id) % 4] = 1
        how = Provenance("dp-lase", run="dp-lase-run2")
        return Direction(id, id.upper(), "w", Linear(vector), provenance=how)

    return DirectionSet(ModelKey(model, "toy", 8, {"w": 4}), tuple(map(one, ids)))


def kept():
    return {one.id: one.name for each in used_directions.kept_for(PRINT) for one in each.directions}


DOC = Document(
    "a.pt",
    PRINT,
    Picture(edits=(Edit("edit", 1.0),)),
    pinned=frozenset({"pin"}),
    snapshots=(Snapshot("Kept", Picture(edits=(Edit("shot", 2.0),))),),
)


def test_edits_snapshots_and_pins_are_used():
    assert directions_used([DOC, Document()]) == {"edit", "shot", "pin"}


def test_they_are_kept_by_name_and_the_others_are_not():
    known = Attachments(found("edit", "shot", "pin", "other"))
    last_work.keep_last(DOC, None, attachments=known)
    assert kept() == {"edit": "EDIT", "shot": "SHOT", "pin": "PIN"}
    last_work.keep_last(
        replace(DOC, picture=Picture(), pinned=frozenset()), None, attachments=known
    )
    assert kept() == {"shot": "SHOT"}
    last_work.keep_last(Document("a.pt", PRINT), None, attachments=known)
    assert kept() == {}
    assert list(paths.data_dir().glob("*.lpreset")) == []


def test_one_that_is_not_known_yet_stays_as_it_was_kept():
    last_work.keep_last(DOC, None, attachments=Attachments(found("edit", "shot", "pin")))
    last_work.keep_last(DOC, None, attachments=Attachments(found("shot")))
    assert kept().keys() == {"edit", "shot", "pin"}


def test_one_that_turned_is_written_again_and_an_equal_set_is_not():
    first = found("edit", "shot", "pin")
    last_work.keep_last(DOC, None, attachments=Attachments(first))
    path = paths.data_dir() / "last.lpreset"
    path.write_bytes(b"as it stands")
    last_work.keep_last(DOC, None, attachments=Attachments(first))
    assert path.read_bytes() == b"as it stands"
    last_work.keep_last(DOC, None, attachments=Attachments(found("edit", "shot", "pin")))
    assert len(kept()) == 3


def test_work_that_is_kept_apart_takes_them_along():
    last_work.keep_apart(DOC, None, Attachments(found("edit", "shot", "pin")))
    last_work.keep_last(
        Document("b.pt", "b" * 64, Picture(edits=(Edit("edit", 1.0),))),
        None,
        attachments=Attachments(found("edit", model="b" * 64)),
    )
    assert kept().keys() == {"edit", "shot", "pin"}
    assert last_work.take_apart(PRINT).document == DOC
    assert kept().keys() == {"edit", "shot", "pin"}
    assert list((paths.data_dir() / "apart").iterdir()) == []


def test_of_other_models_only_the_manifest_is_read(monkeypatch):
    last_work.keep_apart(
        Document("b.pt", "b" * 64, Picture(edits=(Edit("edit", 1.0),))),
        None,
        Attachments(found("edit", model="b" * 64)),
    )
    last_work.keep_last(DOC, None, attachments=Attachments(found("edit", "shot", "pin")))
    opened = []

    def noted(path):
        opened.append(path.name)
        return read_preset(path)

    monkeypatch.setattr(used_directions, "read_preset", noted)
    assert kept().keys() == {"edit", "shot", "pin"}
    assert opened == ["last.lpreset"]


def test_a_damaged_file_is_moved_aside():
    path = paths.data_dir() / "last.lpreset"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no zip")
    assert kept() == {}
    assert path.with_name("last.lpreset.broken-1").is_file()


def test_the_history_tells_all_states_that_undo_and_redo_bring_back():
    from latentstudio.document import commands

    history = History(Document())
    for id in ("a", "b", "c"):
        history.do(commands.set_amount(id, 1.0))
        history.do(commands.remove_edit(id))
    for _ in range(3):
        history.undo()
    assert directions_used([history.document]) == {"b"}
    assert directions_used(history.states()) == {"a", "b", "c"}
