"""What a file leaves open, in the model panel."""

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from latentstudio.app.wiring import Wiring
from latentstudio.core.options import describe, option
from latentstudio.document import commands
from latentstudio.document.state import Document
from latentstudio.session.messages import FileAssumptions
from latentstudio.ui.model.panel import ModelPanel
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Choices:
    """As a plugin declares them; the defaults here are the guesses."""

    activation: str = option("relu", "Activation", "Between layers", choices=("relu", "silu"))
    output: str = option("tanh", "Output", "At the end", choices=("tanh", "none"))
    classes: int = option(0, "Classes", "How many", low=0, high=50)
    bare: str = option("", "Bare", "Layers", advanced=True)


FIELDS = tuple(describe(Choices))
GUESSED = {"activation": "relu", "output": "tanh", "classes": 0, "bare": ""}
WHY = {"activation": "relu (batch norms differ by 12 %)"}


def summary(again=False, fingerprint="a" * 64, classes=0, **values):
    made = fakes.summary(fingerprint=fingerprint)
    made = replace(made, info=replace(made.info, classes=classes), again=again)
    return replace(made, assumptions=FileAssumptions(FIELDS, GUESSED | values, WHY))


@pytest.fixture
def panel(exposed, history, client):
    return exposed(ModelPanel(history, client), 328, 700)


def choose(panel, name, value):
    box = panel.assumptions.fields[name].box
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_it_is_there_only_where_something_was_guessed(panel, client):
    client.model_opened.emit(fakes.summary())
    assert not panel.assumptions.isVisible()
    client.model_opened.emit(summary())
    assert panel.assumptions.isVisible()
    assert list(panel.assumptions.fields) == ["activation", "output", "classes", "bare"]
    assert panel.assumptions.fields["activation"].box.currentText() == "ReLU"
    assert not panel.assumptions.fields["bare"].isVisible()
    said = [part.text() for part in panel.assumptions.findChildren(QLabel)]
    assert "guessed: ReLU, batch norms differ by 12 %" in said
    client.model_opened.emit(fakes.summary())
    assert not panel.assumptions.isVisible()


def test_what_differs_from_the_guess_is_asked_for(panel, client, qtbot):
    client.model_opened.emit(summary())
    assert not panel.assumptions.back.isEnabled()
    choose(panel, "activation", "relu")
    assert client.asked == []
    choose(panel, "activation", "silu")
    assert client.asked == [("reread", {"activation": "silu"})]
    client.model_opened.emit(summary(again=True, activation="silu"))
    assert panel.assumptions.back.isEnabled()
    panel.assumptions.fields["classes"].field.edit.selectAll()
    qtbot.keyClicks(panel.assumptions.fields["classes"].field.edit, "10\r")
    assert client.asked[1:] == [("reread", {"activation": "silu", "classes": 10})]
    client.model_opened.emit(summary(again=True, activation="silu", classes=10))
    qtbot.mouseClick(panel.assumptions.back, LEFT)
    assert client.asked[2:] == [("reread", {})]


def test_text_counts_when_it_is_done(panel, client, qtbot):
    client.model_opened.emit(summary())
    edit = panel.assumptions.fields["bare"].edit
    qtbot.keyClicks(edit, "0,2")
    assert client.asked == []
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert client.asked == [("reread", {"bare": "0,2"})]


def test_what_does_not_fit_is_taken_back(panel, client):
    client.model_opened.emit(summary())
    choose(panel, "output", "none")
    client.model_failed.emit("stack.pt", "That does not fit.")
    assert panel.assumptions.fields["output"].value == "tanh"


def test_the_precision_is_chosen_only_where_there_is_a_choice(panel, client):
    client.model_opened.emit(fakes.summary())
    assert not panel.precision.isVisible()
    both = ("float32", "bfloat16")
    client.model_opened.emit(replace(fakes.summary(), precisions=both, precision="bfloat16"))
    assert panel.precision.isVisible()
    assert panel.precision.currentText() == "Half, 16 bits (bfloat16)"
    panel.precision.setCurrentIndex(0)
    panel.precision.activated.emit(0)
    assert client.asked == [("precision", "float32")]


@pytest.fixture
def wiring(history, client):
    history.reset(Document("stack.pt"))
    made = Wiring(history, client)
    client.model_opened.emit(replace(summary(), ref="stack.pt"))
    history.do(commands.set_seed(7))
    yield made
    made._stop_watching()
    made.autosave.close()


def test_undo_reads_the_model_as_it_was_and_keeps_the_work(wiring, history, client):
    client.model_opened.emit(summary(True, "b" * 64, activation="silu"))
    assert history.labels() == ("seed 7", "how the model is read")
    assert history.document.fingerprint == "b" * 64
    assert history.document.picture.seed == 7
    history.undo()
    assert client.asked == [("reread", {})]
    client.model_opened.emit(summary(True))
    assert history.document.picture.seed == 7
    assert history.redo_label == "how the model is read"
    history.redo()
    assert client.asked[1:] == [("reread", {"activation": "silu"})]


def test_a_class_comes_and_goes_with_the_reading(wiring, history, client):
    client.model_opened.emit(summary(True, "b" * 64, classes=10))
    assert history.document.picture.label == 0
    history.do(commands.set_label(9))
    client.model_opened.emit(summary(True, "c" * 64, classes=4))
    assert history.document.picture.label == 3
    client.model_opened.emit(summary(True))
    assert history.document.picture.label is None


def test_another_model_forgets_how_this_one_was_read(wiring, history, client):
    client.model_opened.emit(summary(True, "b" * 64, activation="silu"))
    client.model_opened.emit(replace(summary(fingerprint="d" * 64), ref="other.pt"))
    assert history.document.model == "other.pt"
    assert history.labels() == ()
    history.do(commands.set_seed(3))
    assert client.asked == []
