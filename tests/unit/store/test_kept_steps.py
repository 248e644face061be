"""The tail of the undo history comes back with the document."""

from dataclasses import replace

import msgspec
import pytest

from latentstudio.core import paths
from latentstudio.document import commands
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.direction import ModelKey
from latentstudio.document.history import History
from latentstudio.document.lineage_commands import adopt_variation, recall_snapshot
from latentstudio.document.start import Latent
from latentstudio.document.state import Document
from latentstudio.exchange.projects import ModelRef, read_project, write_project
from latentstudio.exchange.projects.project import gathered
from latentstudio.store import kept_steps, last_work
from latentstudio.store.assets import DiskAssets
from latentstudio.store.attachments import Attachments

FIRST = Document("a.pt", "p" * 64)


def worked(times=4):
    """A document with steps done, two of them undone."""
    history = History(FIRST)
    for number in range(1, times):
        history.do(commands.set_amount(f"sefa-{number}", float(number), gesture=object()))
    history.do(commands.keep_snapshot("Mine"))
    history.undo()
    history.undo()
    return history


def keep(history):
    last_work.keep_last(history.document, None, attachments=Attachments(steps=history.steps()))


def branched():
    """A document with snapshots that were recalled, branched from, varied and removed."""
    history = History(FIRST)
    for name, amount in (("Smile", 1.0), ("Hair", 2.0)):
        history.do(commands.set_amount(name, amount))
        history.do(commands.keep_snapshot(name))
    history.do(recall_snapshot(0, "recall Smile"))
    history.do(commands.set_amount("Glasses", 1.2))
    picture = history.document.picture
    history.do(adopt_variation(picture.moved_to("Smile", 0.5), picture, "new", "before"))
    history.do(commands.drop_snapshot(1))
    history.do(recall_snapshot(0, "recall Smile"))
    return history


def taken_up():
    doc, said = last_work.load_last()
    assert said == ""
    history = History(doc)
    history.resume(last_work.load_steps(doc))
    return history


def everything(history):
    """Documents and labels from the first to the last."""
    while history.undo_label is not None:
        history.undo()
    found = [(history.document, history.redo_label)]
    while history.redo_label is not None:
        history.redo()
        found.append((history.document, history.redo_label))
    return found


def test_undo_and_redo_go_on_where_they_were():
    history = worked()
    keep(history)
    again = taken_up()
    assert (again.labels(), again.undone_labels()) == (history.labels(), history.undone_labels())
    assert again.document == history.document
    assert everything(again) == everything(history)
    again.do(commands.set_amount("sefa-1", 9.0))
    assert again.redo_label is None


def test_only_the_tail_is_kept():
    history = worked(200)
    keep(history)
    assert taken_up().labels() == history.labels()[-kept_steps.TAIL :]


@pytest.mark.parametrize("move", ["undo", "redo", "nothing"])
def test_a_kill_between_the_two_files_costs_no_step(move):
    """The steps are written first; the document on the disk is then of a moment before."""
    history = worked()
    keep(history)
    getattr(history, move, lambda: None)()
    kept_steps.keep(last_work.last_document_path(), history.steps())
    assert everything(taken_up()) == everything(history)


def test_steps_of_another_document_and_damaged_ones_are_left_out():
    keep(worked())
    other = replace(FIRST, picture=replace(FIRST.picture, noise=7))
    assert last_work.load_steps(other).done == ()
    path = paths.data_dir() / "last.steps"
    for broken in (b"", b"[]", b"{", b'{"format":1}', b'{"format":9,"first":{}}'):
        path.write_bytes(broken)
        assert taken_up().labels() == ()
    path.write_bytes(msgspec.json.encode({"format": 1, "labels": [1], "at": 0, "changes": [{}]}))
    assert taken_up().labels() == ()


def test_masks_and_latents_of_earlier_states_stay_on_the_disk():
    import numpy as np

    assets, history = DiskAssets(), History(FIRST)
    digest = assets.put(np.ones((1, 8), np.float32))
    history.do(commands.set_start(Latent(digest, "w"), "own picture"))
    history.do(commands.set_seed(4))
    last_work.keep_last(history.document, None, assets, Attachments(steps=history.steps()))
    assert digest in {d for doc in last_work.kept_documents() for d in _digests(doc)}
    assert DiskAssets().get(digest).shape == (1, 8)


def _digests(doc):
    from latentstudio.document.assets import used_by

    return used_by(doc)


def test_the_steps_end_where_the_model_was_read_in_another_way():
    history = History(FIRST)
    history.do(commands.set_seed(1))
    history.do(commands.read_as("q" * 64, None))
    history.do(commands.set_seed(2))
    keep(history)
    assert taken_up().labels() == ("seed 2",)


def test_work_kept_apart_keeps_its_steps():
    history = worked()
    last_work.keep_apart(history.document, None, Attachments(steps=history.steps()))
    steps = last_work.take_apart(FIRST.fingerprint)
    again = History(FIRST)
    again.resume(steps)
    assert again.labels() == history.labels()
    assert taken_up().labels() == history.labels()  # they stand beside the last document now
    assert list((paths.data_dir() / "apart").iterdir()) == []


def test_steps_along_the_lineage_come_back(tmp_path):
    history = branched()
    labels = history.labels()
    keep(history)
    again = taken_up()
    assert again.labels() == labels
    assert everything(again) == everything(history)
    model = ModelRef("a.pt", "a", ModelKey("p" * 64, "", 0, {}))
    project = gathered(history.steps(), model, (), MemoryAssets())
    write_project(project, tmp_path / "a.lstudio")
    assert read_project(tmp_path / "a.lstudio").steps.document == history.document
