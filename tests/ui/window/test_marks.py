"""What was rejected in one model is rejected when it is opened again."""

from dataclasses import replace

import pytest

from latentstudio.app.wiring import Wiring
from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from tests.ui import fakes


class Client(fakes.FakeClient):
    def show(self, picture):
        self.asked.append(("show", picture))


@pytest.fixture
def opened(qapp):
    client, history = Client(), History(Document("one"))
    wiring = Wiring(history, client)

    def open_one(ref, fingerprint):
        opened = fakes.summary(fingerprint=fingerprint)
        client.model_opened.emit(replace(opened, ref=ref))
        return history

    yield open_one
    wiring._stop_watching()
    wiring.autosave.close()


def test_another_model_and_back(opened):
    history = opened("one", "a" * 64)
    history.do(commands.reject_direction("sefa-2", True))
    history.do(commands.rename_direction("sefa-1", "Smile"))
    opened("two", "b" * 64)
    assert history.document.rejected == frozenset()
    history.do(commands.pin_direction("pca-1", True))
    opened("one", "a" * 64)
    assert history.document.rejected == {"sefa-2"}
    assert history.document.name_of("sefa-1") == "Smile"
    assert history.document.pinned == frozenset()
    opened("two", "b" * 64)
    assert history.document.pinned == {"pca-1"}


def test_the_work_with_a_model_waits_until_it_is_opened_again(opened):
    history = opened("one", "a" * 64)
    history.do(commands.set_amount("sefa-1", 2.5))
    history.do(commands.keep_snapshot("Best"))
    history.do(commands.set_seed(7))
    left = history.document
    opened("two", "b" * 64)
    assert (history.document.picture.edits, history.undo_label) == ((), None)
    opened("one", "a" * 64)
    assert history.document == left
    history.undo()
    history.undo()
    assert history.document.snapshots == ()
    assert history.document.picture.amount("sefa-1") == 2.5
    history.redo()
    assert history.document.snapshots[0].name == "Best"


def test_it_waits_on_the_disk_too(opened, qapp):
    history = opened("one", "a" * 64)
    history.do(commands.set_amount("sefa-1", 2.5))
    opened("two", "b" * 64)
    client, fresh = Client(), History(Document("two", "b" * 64))
    wiring = Wiring(fresh, client)
    said = []
    client.notice.connect(lambda kind, text: said.append(text))
    summary = replace(fakes.summary(fingerprint="a" * 64), ref="one")
    client.model_opened.emit(summary)
    assert fresh.document.picture.amount("sefa-1") == 2.5
    assert said == ["Your work with this model is back."]
    wiring._stop_watching()
    wiring.autosave.close()
