"""The density panel: what it shows, asks for and announces."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from latentstudio.core.reading import LooksReading
from latentstudio.document import commands
from latentstudio.document.state import Edit, Picture
from latentstudio.ui.density import panel as module
from latentstudio.ui.density.panel import DensityPanel
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(exposed, history, client):
    return exposed(DensityPanel(history, client), 328, 640)


@pytest.fixture
def measured(panel, client, history, qtbot):
    client.model_opened.emit(fakes.summary())
    client.reference_ready.emit(fakes.curve())
    qtbot.waitUntil(lambda: panel.plot is not None, timeout=60_000)
    show(client, history, fakes.reading())
    return panel


def show(client, history, now):
    start = fakes.reading(10.39, 70.0, side="typical")
    client.frame_ready.emit(fakes.frame(history.document.picture, now, start))


def far(**more):
    return fakes.reading(12.61, 99.96, "off", one_in=900, **more)


def test_nothing_is_claimed_before_the_density_is_measured(panel, client, history):
    assert not panel.measured
    client.model_opened.emit(fakes.summary())
    show(client, history, None)
    client.reference_ready.emit(fakes.curve())
    assert not panel.measured
    show(client, history, fakes.reading())
    assert panel.measured
    client.model_opened.emit(fakes.summary())
    assert not panel.measured


def test_verdict_and_sentence(measured, client, history):
    assert measured.meter.word.text() == "On the shell"
    assert "86 of 100" in measured.meter.sentence.text()
    show(client, history, far())
    assert measured.meter.word.text() == "Too far"
    assert measured.meter.sentence.text() == "About 1 in 900 samples lies this far out."


def color_at(measured, coordinate, height):
    """The colour of the plot at a coordinate and a share of the highest bar."""
    plot = measured.plot
    top = fakes.curve().counts.max()
    view = plot.getPlotItem().getViewBox()
    scene = view.mapViewToScene(QPointF(coordinate, height * top))
    point = plot.mapTo(measured, plot.mapFromScene(scene))
    return measured.grab().toImage().pixelColor(point).name()


def test_bars_stand_at_their_places_and_the_marker_at_now(measured, client, history, look):
    tokens = look.current()
    curve = fakes.curve()
    middle = float((curve.edges[26] + curve.edges[27]) / 2)
    inside = color_at(measured, middle, 0.4)
    outside = color_at(measured, 12.9, 0.4)
    red, green, _, _ = QColor(inside).getRgb()
    assert green > red + 60
    assert outside == tokens.panel
    tail = float((curve.edges[43] + curve.edges[44]) / 2)
    assert tail > curve.shell[1]
    red, green, blue, _ = QColor(color_at(measured, tail, 0.02)).getRgb()
    assert red == green == blue != QColor(tokens.panel).red()
    low, high = measured.plot.getPlotItem().viewRange()[0]
    assert low == pytest.approx(curve.edges[0] - 0.22, abs=0.01)
    assert high == pytest.approx(curve.edges[-1] + 0.22, abs=0.01)
    assert color_at(measured, 10.74, 0.9) == tokens.tx
    show(client, history, far())
    assert color_at(measured, 12.61, 0.5) == tokens.warn
    assert color_at(measured, 10.74, 0.9) != tokens.tx


def test_a_far_picture_stays_in_the_plot(measured, client, history):
    show(client, history, fakes.reading(90.0, 100.0, "off", one_in=20_000))
    low, high = measured.plot.getPlotItem().viewRange()[0]
    assert low < 8.6
    assert 12.5 < high < 30
    assert "Now 90.0." in measured.plot.accessibleName()


def test_stay_on_shell_is_a_command_and_follows_undo(qtbot, measured, history):
    qtbot.mouseClick(measured.walk.stay, LEFT)
    assert history.document.picture.on_shell
    history.undo()
    assert not measured.walk.stay.isChecked()
    assert len(history.labels()) == 0


def test_snap_back_moves_only_when_asked_here_and_for_this_picture(
    qtbot, measured, client, history
):
    assert not measured.snap.isEnabled()
    history.do(commands.set_amount("a", 5.0))
    show(client, history, far())
    assert measured.snap_line.text == "Back to 11.3, same walk"
    target = Picture(edits=(Edit("a", 3.2),))
    client.snap_ready.emit(target, None)  # the canvas asked, for its preview
    assert history.document.picture.amount("a") == 5.0
    qtbot.mouseClick(measured.snap, LEFT)
    assert client.snaps == [history.document.picture]
    client.snap_ready.emit(target, None)
    assert history.document.picture == target
    assert history.undo_label == "snap back"
    qtbot.mouseClick(measured.snap, LEFT)
    history.do(commands.set_amount("a", 4.0))
    client.snap_ready.emit(target, None)
    assert history.document.picture.amount("a") == 4.0


def test_flat_models_are_always_on_the_shell_and_it_says_why(measured, client, history):
    client.reference_ready.emit(fakes.curve(flat=True))
    assert measured.meter.word.text() == "Always on the shell"
    assert "ignores how far out" in measured.meter.sentence.text()
    assert not measured.plot.isVisible()
    assert not measured.snap.isEnabled()


def test_layers_are_shown_where_codes_differ(measured, client, history):
    assert not measured.strip.isVisible()
    show(client, history, far(layers=(9.0, 12.61, 10.0)))
    assert measured.strip.isVisible()
    assert measured.strip.accessibleName() == "Layers: beyond the shell: layers 1"


def test_a_verdict_is_announced_once_when_it_lasts(qtbot, measured, client, history, monkeypatch):
    said = []
    monkeypatch.setattr(module, "announce", lambda _, text: said.append(text))
    qtbot.wait(600)
    assert said == []  # the first verdict is no change
    show(client, history, far())
    show(client, history, fakes.reading())
    qtbot.wait(600)
    assert said == []  # it went back at once
    show(client, history, far())
    show(client, history, far())
    qtbot.wait(600)
    show(client, history, far())
    qtbot.wait(600)
    assert said == ["Too far. About 1 in 900 samples lies this far out."]


def test_the_panel_forgets_the_history_when_it_dies(qtbot, look, history, client):
    made = DensityPanel(history, client)
    gone = []
    made.destroyed.connect(lambda: gone.append(True))
    made.deleteLater()
    qtbot.waitUntil(lambda: gone == [True])
    history.do(commands.set_seed(3))
    client.reference_ready.emit(fakes.curve())


def test_without_a_model_no_skeleton_waits(panel, client):
    closed = panel._stack.widget(2)
    client.model_failed.emit("gone.pt", "There is no file gone.pt.")
    assert panel._stack.currentWidget() is closed
    client.model_opened.emit(fakes.summary())
    assert panel._stack.currentIndex() == 0
    client.model_failed.emit("other.pt", "There is no file other.pt.")
    assert panel._stack.currentIndex() == 0  # the one before is still open
    client.model_closed.emit()
    assert panel._stack.currentWidget() is closed


@pytest.mark.parametrize("coordinate", [8.4, 11.5, 11.9, 12.4, 13.4])
def test_the_markers_words_keep_clear_of_the_shells_caption(
    measured, client, history, qtbot, coordinate
):
    state = "edge" if 8.5 < coordinate < 12 else "off"
    show(client, history, fakes.reading(coordinate, 99.0, state, one_in=900))
    qtbot.wait(50)  # the plot lays its texts out when it is painted
    words, caption = measured.plot._now._words, measured.plot._caption
    assert not words.sceneBoundingRect().intersects(caption.sceneBoundingRect())


def test_the_second_needle_is_offered_learned_and_read(measured, client, history):
    row = measured.looks
    assert row.learn.isVisible()
    row.learn.click()
    assert client.asked[-1] == ("teach judge", None)
    assert not row.learn.isEnabled()
    client.judge_missing.emit()
    assert row.learn.isEnabled()
    now = fakes.frame(history.document.picture, fakes.reading(), None)
    assert row.question.text() == "Does the picture look sound?"
    client.frame_ready.emit(replace(now, milliseconds=2000.0))
    assert row.question.text().endswith("Learning takes about 20 minutes.")
    client.frame_ready.emit(replace(now, looks=LooksReading(0.4, "broken", 0.31, 0.9)))
    assert not row.learn.isVisible()
    assert row.meter.word.text() == "Picture looks broken"
    assert row.meter.sentence.text() == (
        "Of 100 samples 0 look less like the rest. Broken of 100 walked pictures that look so: 31."
    )
    assert row.meter.state == "off"
    client.frame_ready.emit(replace(now, looks=LooksReading(62.0, "sound")))
    assert row.meter.word.text() == "Picture looks sound"
    assert row.meter.sentence.text() == "Of 100 samples 62 look less like the rest."
    client.frame_ready.emit(replace(now, looks=LooksReading(62.0, "sound", 0.004, 0.9)))
    assert row.meter.sentence.text().endswith("that look so: less than 1.")
    client.frame_ready.emit(replace(now, looks=LooksReading(0.4, "broken", 0.31, 0.55)))
    assert not row.meter.isVisible()
    assert not row.learn.isVisible()
    assert row.question.text() == "Broken pictures of this model are hard to tell from sound ones."
    client.model_opened.emit(fakes.summary())
    assert not row.meter.isVisible()


@pytest.mark.parametrize("coordinate", [8.5, 11.45])
def test_they_do_so_where_a_far_walk_has_made_the_shell_narrow(measured, qtbot, coordinate):
    plot = measured.plot
    plot.show_reading(fakes.reading(coordinate, 98.0, "edge"), (9.98, 17.5, 3.0, coordinate))
    qtbot.wait(50)
    words, caption = plot._now._words, plot._caption
    assert not words.sceneBoundingRect().intersects(caption.sceneBoundingRect())
    assert caption.sceneBoundingRect().left() >= 0
    assert caption.sceneBoundingRect().right() <= plot.width()
