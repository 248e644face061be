"""The work is kept soon, whatever happens meanwhile; what can't be kept is said once."""

import itertools
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from latentstudio.app import autosave
from latentstudio.app.autosave import Autosave
from latentstudio.app.autosave_warning import AutosaveWarning
from latentstudio.app.wiring import Wiring
from latentstudio.core.errors import ResourceError
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.store import newest
from latentstudio.store.attachments import NOTHING
from latentstudio.store.last_work import keep_last, last_document_path, load_last
from tests.ui import fakes

PIXELS = np.zeros((4, 4, 3), np.uint8)


class Disk:
    """Remembers what was written and when; may be full or slow."""

    def __init__(self):
        self.written, self.full, self.slow = [], False, None
        self.pictures = False

    def __call__(self, doc, pixels, assets, attachments):
        if self.slow is not None:
            assert self.slow.wait(10)
        if self.full:
            raise ResourceError("The disk is full.")
        self.written.append((time.monotonic(), doc.model))
        self.pictures = pixels is not None


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def kept(qapp, disk, monkeypatch):
    """An autosave with short delays, and the work that it saves."""
    for name, value in (("QUIET_MS", 200), ("LONGEST_MS", 400), ("AGAIN_MS", 100)):
        monkeypatch.setattr(autosave, name, value)
    now = SimpleNamespace(doc=Document("0"))
    now.autosave = Autosave(lambda: (now.doc, PIXELS, NOTHING), write=disk)
    now.disk = disk

    def edit():
        now.doc = Document(str(int(now.doc.model) + 1))
        now.autosave.touch()

    now.edit = edit
    yield now
    if disk.slow is not None:
        disk.slow.set()
    assert now.autosave.close()


def test_it_is_kept_under_steady_editing(kept, qtbot):
    timer = QTimer(interval=20)
    timer.timeout.connect(kept.edit)
    began = time.monotonic()
    timer.start()
    qtbot.waitUntil(lambda: len(kept.disk.written) >= 3, timeout=10_000)
    timer.stop()
    times = [began, *(when for when, _ in kept.disk.written)]
    gaps = [later - one for one, later in itertools.pairwise(times)]
    assert min(gaps) > 0.2  # not at each edit either
    assert max(gaps) < 2.0
    assert not kept.disk.pictures  # which takes longer, and can be made again
    qtbot.waitUntil(lambda: kept.disk.pictures, timeout=5_000)  # now that it is quiet


def test_one_change_is_kept_once_after_a_moment(kept, qtbot):
    kept.edit()
    qtbot.waitUntil(lambda: bool(kept.disk.written), timeout=5_000)
    qtbot.wait(700)
    assert [doc for _, doc in kept.disk.written] == ["1"]


def test_what_changes_while_it_is_written_is_written_after_it(kept, qtbot):
    kept.disk.slow = threading.Event()
    kept.autosave.keep()
    kept.edit()
    kept.autosave.keep()  # the timer came while it was busy
    kept.disk.slow.set()
    qtbot.waitUntil(lambda: len(kept.disk.written) == 2, timeout=5_000)
    assert [doc for _, doc in kept.disk.written] == ["0", "1"]


def test_the_last_word_is_the_newest_works(kept):
    kept.disk.slow = threading.Event()
    kept.autosave.keep()
    kept.edit()
    late = threading.Timer(0.2, kept.disk.slow.set)
    late.start()
    kept.autosave.keep_now()
    assert kept.disk.written[-1][1] == "1"


def test_failure_is_told_once_and_tried_again_until_it_works(kept, qtbot):
    said, mended = [], []
    kept.autosave.failed.connect(said.append)
    kept.autosave.mended.connect(lambda: mended.append(True))
    kept.disk.full = True
    kept.edit()
    qtbot.waitUntil(lambda: bool(said), timeout=5_000)
    qtbot.wait(500)
    kept.edit()
    qtbot.wait(500)
    assert said == ["The disk is full."]
    assert kept.autosave.in_trouble
    assert not mended
    kept.disk.full = False
    qtbot.waitUntil(lambda: bool(mended), timeout=5_000)
    assert kept.disk.written[-1][1] == "2"
    assert not kept.autosave.in_trouble


def test_the_window_says_so_and_offers_another_place(kept, qtbot, window):
    asked = []
    shows = AutosaveWarning(kept.autosave, window.toasts, window.status, lambda: asked.append(True))
    kept.disk.full = True
    kept.edit()
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=5_000)
    toast = window.toasts.toasts[-1]
    assert toast.text == "Your work isn't being kept: The disk is full."
    assert window.status.kept.text == "Your work isn't being kept"
    (button,) = (b for b in toast.findChildren(QPushButton) if b.text() == "Save elsewhere")
    button.click()
    assert asked == [True]
    kept.disk.full = False
    qtbot.waitUntil(lambda: not window.status.kept.text, timeout=5_000)
    assert window.toasts.toasts[-1].text == "Your work is being kept again"
    shows.deleteLater()


@pytest.fixture
def wiring(qapp):
    client, history = fakes.FakeClient(), History(Document("portraits", "p" * 64))
    made = Wiring(history, client)
    yield made
    made._stop_watching()
    made.autosave.close()


def test_every_change_is_on_the_disk_before_anything_else_happens(wiring, qtbot):
    """No timer and no thread stands between: a busy computer may hold up both for seconds."""
    for seed in range(70, 75):
        wiring._history.do(commands.set_seed(seed))
        assert load_last()[0].picture.seed == seed


def test_what_names_something_new_waits_until_that_is_kept(wiring, qtbot):
    wiring.autosave.set_pace(100)  # so that no timer helps
    wiring._history.do(commands.set_amount("sefa-1", 1.0))
    assert load_last() == (None, "")
    qtbot.waitUntil(lambda: load_last()[0] is not None, timeout=8_000)
    assert load_last()[0].picture.amount("sefa-1") == 1.0
    qtbot.waitUntil(lambda: "sefa-1" in wiring.autosave._names, timeout=8_000)
    wiring._history.do(commands.set_amount("sefa-1", 2.0))
    assert load_last()[0].picture.amount("sefa-1") == 2.0


def test_a_full_disk_leaves_nothing_older_than_what_was_kept(wiring, qtbot, monkeypatch):
    wiring._history.do(commands.set_seed(70))
    wiring.autosave.keep_document()
    monkeypatch.setattr(newest, "_encoded", lambda *_: bytes(3_000_000))
    wiring._history.do(commands.set_seed(71))
    qtbot.waitUntil(lambda: (load_last()[0] or Document()).picture.seed == 71, timeout=8_000)


def test_a_polite_end_leaves_one_document(wiring):
    wiring._history.do(commands.set_seed(70))
    wiring.autosave.keep_now()
    assert not last_document_path().with_suffix(newest.ENDING).exists()
    assert load_last()[0].picture.seed == 70


def test_it_is_kept_before_its_picture_was_made(wiring, qtbot):
    """A slow model must not keep the work from the disk."""
    wiring._history.do(commands.set_seed(77))
    qtbot.waitUntil(lambda: load_last()[0] is not None, timeout=8_000)
    assert load_last()[0].picture.seed == 77


def test_the_work_with_a_model_that_cannot_be_opened_comes_back(wiring):
    client, history = wiring._client, wiring._history
    client.opened = []
    client.open_model = client.opened.append
    work = Document("gone.pt", "g" * 64)
    history.reset(work)
    history.do(commands.set_seed(5))
    client.model_failed.emit("gone.pt", "There is no file gone.pt.")
    assert client.opened == ["portraits"]
    built_in = fakes.summary(fingerprint="b" * 64)
    client.model_opened.emit(built_in)
    assert history.document.picture.seed != 5
    keep_last(history.document, PIXELS)
    again = replace(fakes.summary(fingerprint="g" * 64), ref="gone.pt")
    client.model_opened.emit(again)
    assert history.document.picture.seed == 5
    client.model_opened.emit(built_in)
    client.model_opened.emit(again)
    assert history.document.picture.seed == 5
