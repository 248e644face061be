"""The document of this moment is in its file after each change, whole, and never an older one."""

from dataclasses import replace

import pytest

from latentstudio.core import paths
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.store import last_work, newest
from latentstudio.store.attachments import Attachments
from latentstudio.store.newest import Newest

DOC = Document("a.pt", "p" * 64)


@pytest.fixture
def path():
    return last_work.last_document_path()


@pytest.fixture
def opened():
    """Makes writers, as many as a test wants."""
    made = []

    def make(path):
        made.append(Newest(path))
        return made[-1]

    yield make
    for one in made:
        one.close()


def seeds(number):
    return replace(DOC, picture=replace(DOC.picture, noise=number))


def test_each_write_takes_the_place_of_the_last(path, opened):
    file = opened(path)
    for number in range(1, 6):
        assert file.write(seeds(number), f"noise {number}")
        found = newest.read(path)
        assert (found.document, found.label) == (seeds(number), f"noise {number}")
    assert last_work.load_last() == (seeds(5), "")


def test_all_of_a_document_comes_back(path, opened):
    history = History(DOC)
    history.do(commands.set_amount("sefa-1", 1.25))
    history.do(commands.keep_snapshot("Mine \u200b"))
    history.do(commands.pin_direction("sefa-1", True))
    assert opened(path).write(history.document)
    assert newest.read(path).document == history.document


def test_the_numbers_go_on_after_a_kill(path, opened):
    killed = opened(path)
    for number in range(1, 4):
        killed.write(seeds(number))
    again = opened(path)
    for number in range(4, 7):
        again.write(seeds(number))
        assert newest.read(path).document == seeds(number)


@pytest.mark.parametrize("cut", [1, 10, 30, 100])
def test_a_write_that_was_cut_off_leaves_the_one_before(path, cut, opened):
    file = opened(path)
    file.write(seeds(1))
    file.write(seeds(2))
    place = path.with_suffix(newest.ENDING)
    data = bytearray(place.read_bytes())
    data[cut] ^= 0xFF  # the second stands in the first place
    place.write_bytes(data)
    assert newest.read(path).document == seeds(1)


def test_what_is_damaged_gives_way_to_what_was_kept(path):
    last_work.keep_last(seeds(1), None)
    place = path.with_suffix(newest.ENDING)
    for broken in (b"", b"LSN1", b"x" * 5000, b"\x00" * (3 << 20)):
        place.write_bytes(broken)
        assert last_work.load_last() == (seeds(1), "")


def test_what_cannot_be_written_leaves_nothing_older(path, monkeypatch, opened):
    file = opened(path)
    assert file.write(seeds(1))
    last_work.keep_last(seeds(2), None)
    monkeypatch.setattr(newest, "_ROOM", 100)  # too large now, as a full disk would say
    assert not file.write(seeds(3))
    assert last_work.load_last() == (seeds(2), "")


def test_a_folder_that_cannot_be_made_is_no_error(path, opened):
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_bytes(b"a file")
    assert not opened(path).write(seeds(1))


def test_undo_goes_from_the_newest_back_to_what_was_kept(path, opened):
    history = History(DOC)
    history.do(commands.set_amount("sefa-1", 1.0))
    last_work.keep_last(history.document, None, attachments=Attachments(steps=history.steps()))
    kept = history.document
    history.do(commands.set_amount("sefa-2", 2.0))
    opened(path).write(history.document, history.undo_label)
    again = History(last_work.load_last()[0])
    again.resume(last_work.load_steps(again.document))
    assert again.labels() == history.labels()
    again.undo()
    assert again.document == kept
    again.undo()
    assert again.document == DOC


def test_an_undo_that_was_the_last_thing_is_still_one(path, opened):
    history = History(DOC)
    history.do(commands.set_amount("sefa-1", 1.0))
    history.do(commands.set_amount("sefa-2", 1.0))
    last_work.keep_last(history.document, None, attachments=Attachments(steps=history.steps()))
    history.undo()
    opened(path).write(history.document, history.undo_label)
    found = last_work.load_steps(last_work.load_last()[0])
    assert (len(found.done), len(found.undone)) == (1, 1)


def test_work_put_apart_is_the_newest_with_its_steps(path, opened):
    history = History(DOC)
    history.do(commands.set_amount("sefa-1", 1.0))
    last_work.keep_last(history.document, None, attachments=Attachments(steps=history.steps()))
    history.do(commands.set_amount("sefa-2", 2.0))
    opened(path).write(history.document, history.undo_label)
    last_work.put_apart(last_work.load_last()[0])
    other = Document("b.pt", "q" * 64)
    last_work.keep_last(other, None)
    opened(path).write(other)
    steps = last_work.take_apart(DOC.fingerprint)
    assert steps.document == history.document
    assert [entry.label for entry in steps.done] == list(history.labels())
    assert last_work.load_last()[0] == history.document  # not the newest of the other model


def test_a_window_that_was_killed_before_its_first_save_is_gone_on_with(opened):
    home = paths.data_dir()
    home.mkdir(parents=True)
    opened(home / "last-2.json").write(seeds(4))
    last_work.take_place()
    try:
        assert last_work.last_document_path().name == "last-2.json"
        assert last_work.load_last()[0] == seeds(4)
        assert last_work.kept_at() is not None
    finally:
        last_work.leave_place()
