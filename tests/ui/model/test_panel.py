"""The model panel: facts, and where pictures start."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.start import Latent
from latentstudio.document.state import Picture
from latentstudio.ui.model.panel import ModelPanel
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(exposed, history, client):
    return exposed(ModelPanel(history, client), 328, 480)


@pytest.fixture
def opened(panel, client):
    client.model_opened.emit(fakes.summary())
    return panel


def test_until_a_model_is_open_it_says_what_to_do(panel, client):
    assert not panel.opened
    panel.show_waiting("Portraits 64 opens next.")
    client.model_opened.emit(fakes.summary())
    assert panel.opened


def test_the_card_names_the_model(opened):
    card = opened.card
    assert card.name.text == "Portraits 64"
    assert card.shape.text() == "StyleGAN2 · 64\u00a0×\u00a064 · W with 256 numbers"
    assert card.origin.text == "portraits · 0c3b90b1"


def test_abilities_are_said_with_their_reasons(opened, client):
    assert opened.card.lines == [
        ("Works out gradients", "reverse only"),
        ("Density", "not measured yet"),
        ("Layer ranges", "10 inputs"),
        ("Classes", "this model has none"),
    ]
    client.reference_ready.emit(fakes.curve())
    assert opened.card.lines[1] == ("Density measured in W", "distance")
    client.model_opened.emit(fakes.summary(layers=0))
    assert opened.card.lines[1:3] == [
        ("Density", "not measured yet"),
        ("Layer ranges", "one input only"),
    ]


def test_seeds_are_typed_thrown_and_taken_again(qtbot, opened, history):
    qtbot.keyClicks(opened.seed.field.edit, "x")
    opened.seed.field.edit.selectAll()
    qtbot.keyClicks(opened.seed.field.edit, "591\r")
    assert history.document.picture.seed == 591
    qtbot.mouseClick(opened.seed.dice, LEFT)
    thrown = history.document.picture.seed
    assert thrown != 591
    assert opened.seed.recent == (thrown, 591, 0)
    opened.seed.menu.aboutToShow.emit()
    opened.seed.menu.actions()[0].trigger()
    assert history.document.picture.seed == 591
    assert opened.seed.recent == (591, thrown, 0)
    history.undo()
    assert opened.seed.field.value == thrown
    assert len(history.labels()) == 2


def test_the_first_seed_is_shown(opened):
    assert opened.seed.field.edit.text() == "0"


def test_a_code_of_its_own_has_no_truncation_and_no_class(panel, client, history):
    client.model_opened.emit(fakes.summary(class_names=("a", "b", "c")))
    assert panel.truncation.isEnabled()
    history.do(commands.show_picture("take", Picture(Latent("0" * 64, Space.W, 1))))
    for part in (panel.truncation, panel.truncation_value, panel.classes):
        assert not part.isEnabled()
    assert panel.truncation.toolTip() == panel.classes.toolTip()
    assert panel.classes.toolTip().startswith("This picture starts from a code of its own.")
    history.do(commands.set_seed(4))
    assert panel.truncation.isEnabled()
    assert panel.classes.isEnabled()
    history.do(commands.show_picture("take", Picture(Latent("0" * 64, Space.Z, 1))))
    assert panel.classes.isEnabled()


@pytest.mark.parametrize("text", ["-1", "1.5", "4294967296", "many"])
def test_a_seed_that_is_none_keeps_the_old_one(qtbot, opened, history, text):
    opened.seed.field.edit.selectAll()
    qtbot.keyClicks(opened.seed.field.edit, text + "\r")
    assert opened.seed.field.wrong
    assert history.document.picture.seed == 0
    assert history.labels() == ()


def test_dragging_truncation_is_one_undo(qtbot, opened, history):
    slider = opened.truncation
    at = [QPoint(round(slider.track().x(v)), 11) for v in (1.0, 0.8, 0.5)]
    qtbot.mousePress(slider, LEFT, NONE, at[0])
    qtbot.mouseMove(slider, at[1])
    qtbot.mouseMove(slider, at[2])
    qtbot.mouseRelease(slider, LEFT, NONE, at[2])
    assert history.document.picture.truncation == pytest.approx(0.5, abs=0.02)
    assert history.labels() == ("truncation",)
    history.undo()
    assert slider.number == 1.0
    assert opened.truncation_value.value == 1.0


def test_noise_is_constant_off_or_seeded(qtbot, opened, history):
    assert not opened.noise_seed.isVisible()
    qtbot.mouseClick(opened.noise.button("none"), LEFT)
    assert history.document.picture.noise == "none"
    qtbot.mouseClick(opened.noise.button("seed"), LEFT)
    assert history.document.picture.noise == 0
    assert opened.noise_seed.isVisible()
    opened.noise_seed.edit.selectAll()
    qtbot.keyClicks(opened.noise_seed.edit, "12\r")
    assert history.document.picture.noise == 12
    history.undo()
    history.undo()
    assert opened.noise.choice == "none"


def test_what_a_model_cannot_do_is_off_and_says_why_or_is_absent(panel, client):
    client.model_opened.emit(fakes.summary(layers=0))
    assert not panel.noise.isVisible()
    assert not panel.truncation.isEnabled()
    assert panel.truncation.toolTip() == "Truncation needs a style code; this model has none."
    assert not panel.classes.isVisible()


@pytest.mark.qt_log_ignore("^This plugin does not support (raise|grabbing)", extend=True)
def test_classes_are_found_by_name(qtbot, panel, client, history):
    panel.move(panel.screen().availableGeometry().right() - 300, 400)
    client.model_opened.emit(fakes.summary(class_names=("tench", "goldfish", "", "great white")))
    assert panel.classes.isVisible()
    assert panel.classes.text() == "tench"
    qtbot.mouseClick(panel.classes, LEFT)
    popup = panel.classes.popup
    assert popup.found.rowCount() == 4
    assert popup.screen().availableGeometry().contains(popup.geometry())
    qtbot.keyClicks(popup.search, "Gr")
    assert popup.found.rowCount() == 1
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert history.document.picture.label == 3
    assert panel.classes.text() == "great white"
    history.do(commands.set_label(2))
    assert panel.classes.text() == "Class 2"


def test_it_tells_what_was_recognised_why_and_what_it_costs(opened, client):
    assert not opened.card.recognised.isVisible()
    told = replace(
        fakes.summary(),
        recognised="StyleGAN2, checkpoint by rosinality",
        seen="style.1.weight 512×512",
        bytes=12_721_084,
        milliseconds=90.4,
    )
    client.model_opened.emit(told)
    assert opened.card.recognised.text() == "StyleGAN2, checkpoint by rosinality"
    assert opened.card.recognised.toolTip().endswith("style.1.weight 512×512")
    assert opened.card.measured.text() == "About 12.7\u00a0MB of weights, 90 ms a picture"
    client.model_opened.emit(replace(told, bytes=1_340_000_000, on_gpu=True))
    assert opened.card.measured.text() == "About 1.3\u00a0GB on the graphics card, 90 ms a picture"


def test_a_device_is_chosen_only_where_there_is_a_choice(opened, client):
    client.devices_ready.emit((("cpu", "CPU, 2 threads"),))
    assert not opened.device.isVisible()
    client.device = "cpu"
    client.devices_ready.emit((("cuda:0", "A card, 24 GB"), ("cpu", "CPU, 2 threads")))
    assert opened.device.isVisible()
    assert opened.device.currentText() == "CPU, 2 threads"
    opened.device.setCurrentIndex(1)
    opened.device.activated.emit(1)
    assert client.devices == ["cuda:0"]


def test_when_the_model_is_closed_the_panel_leads_to_the_library(opened, client, qtbot):
    with qtbot.waitSignal(opened.library_asked):
        qtbot.mouseClick(opened.card.models, LEFT)
    client.model_closed.emit()
    assert not opened.opened
    (button,) = [b for b in opened.findChildren(QPushButton) if b.text() == "Models…"]
    assert button.isVisible()
    with qtbot.waitSignal(opened.library_asked):
        qtbot.mouseClick(button, LEFT)


def test_what_looks_wrong_is_said_first_and_as_plain_text(panel, client):
    client.model_opened.emit(fakes.summary())
    assert not panel.card.doubts.isVisible()
    told = fakes.summary()
    text = "The pictures are <b>probably</b> wrong. Try another activation."
    client.model_opened.emit(replace(told, info=replace(told.info, warnings=(text, "And more."))))
    doubts = panel.card.doubts
    assert doubts.isVisible()
    assert doubts.text() == f"{text}\nAnd more."
    assert doubts.textFormat() is Qt.TextFormat.PlainText
    assert doubts.property("tone") == "warn"
    assert doubts.geometry().bottom() < panel.card.name.geometry().top()
    client.model_opened.emit(told)
    assert not doubts.isVisible()


def test_a_picture_that_is_no_square_is_wide_times_high(panel, client):
    told = fakes.summary()
    client.model_opened.emit(replace(told, info=replace(told.info, sides=(32, 64))))
    assert "· 64\u00a0×\u00a032 ·" in panel.card.shape.text()
