"""Snap back and compare: the ways from the window to the engine and back."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.direction import Provenance
from latentstudio.document.start import Latent, PhotoUse, Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.render.messages import Frame
from latentstudio.session.methods import forms
from latentstudio.session.photo_messages import UsedPhoto
from latentstudio.ui.canvas.stage import Mode
from latentstudio.workers.job_list import JobInfo
from tests.e2e.hands import pixels_of
from tests.ui.fakes import direction, frame, pixels, reading, summary


def far(client, picture):
    client.frame_ready.emit(
        frame(picture, reading(12.5, 99.97, "off", one_in=3000), None, "sefa-1")
    )


# Snap back


def test_too_far_asks_for_the_way_back_and_names_the_carrier(window, client, history):
    history.do(commands.set_amount("sefa-1", 5.0))
    picture = history.document.picture
    far(client, picture)
    assert picture in client.snaps
    assert "Direction 1 (SeFa) carries most of it." in window.canvas.warning._sentence.text()


def test_snap_back_is_one_step(window, client, history):
    history.do(commands.set_amount("sefa-1", 5.0))
    picture = history.document.picture
    far(client, picture)
    target = Picture(edits=(Edit("sefa-1", 3.2),))
    client.snap_ready.emit(target, pixels(1)[0])
    window.canvas.warning.snap_back.emit()
    assert history.document.picture == target
    assert history.undo_label == "snap back"
    history.undo()
    assert history.document.picture == picture


def test_the_warning_switches_the_shell_on_and_never_off(window, client, history):
    history.do(commands.set_amount("sefa-1", 5.0))
    far(client, history.document.picture)
    window.canvas.warning.stay_on_shell.emit()
    assert history.document.picture.walk == "preserve"
    history.do(commands.set_walk("geodesic"))
    window.canvas.warning.stay_on_shell.emit()
    assert history.document.picture.walk == "geodesic"
    history.do(commands.set_seed(9))
    assert history.document.picture.walk == "geodesic"  # from now on


def test_snap_back_waits_for_an_answer_that_is_late(window, client, history):
    history.do(commands.set_amount("sefa-1", 5.0))
    far(client, history.document.picture)
    window.actions_["snap-back"].trigger()
    assert history.undo_label == "change sefa-1"
    target = Picture(edits=(Edit("sefa-1", 3.2),))
    client.snap_ready.emit(target, pixels(1)[0])
    assert history.document.picture == target


def test_an_answer_about_another_picture_changes_nothing(window, client, history):
    history.do(commands.set_amount("sefa-1", 5.0))
    far(client, history.document.picture)
    window.actions_["snap-back"].trigger()
    client.snap_ready.emit(Picture(Seed(9), edits=(Edit("sefa-1", 1.0),)), pixels(1)[0])
    assert history.undo_label == "change sefa-1"


# Compare


def original(client, picture, value):
    shown = np.full((64, 64, 3), value, np.uint8)
    client.original_ready.emit(Frame(picture, shown, None, None, "", 1.0))


def test_compare_asks_for_the_start_and_shows_it(window, client, history):
    history.do(commands.set_amount("sefa-1", 1.0))
    window.actions_["compare"].trigger()
    start = history.document.picture.original()
    assert client.originals == [start]
    assert window.canvas.stage.mode is Mode.SPLIT
    original(client, start, 7)
    assert window.canvas.stage.before.isVisible()
    assert window.canvas.before_tag.text() == "Before: seed 0"
    assert window.canvas.after_tag.text() == "After: 1 edit"
    assert window.options.mode.isVisible()
    window.actions_["compare"].trigger()
    assert window.canvas.stage.mode is Mode.OFF
    assert not window.options.mode.isVisible()


def test_a_new_seed_brings_a_new_start(window, client, history):
    window.actions_["compare"].trigger()
    history.do(commands.set_seed(4))
    assert client.originals[-1] == Picture(Seed(4))
    original(client, Picture(), 1)
    assert window.canvas.stage.before.pixmap.isNull()
    original(client, Picture(Seed(4)), 1)
    assert not window.canvas.stage.before.pixmap.isNull()


def test_a_snapshot_can_stand_before(window, client, history):
    history.do(commands.set_amount("sefa-1", 1.0))
    window.edits.take_snapshot()
    history.do(commands.set_amount("sefa-1", 2.0))
    window.actions_["compare"].trigger()
    window.options.before_asked.emit(1)
    assert client.originals[-1].amount("sefa-1") == 1.0
    assert window.options.before.currentText() == "1 Direction 1 (SeFa)"
    history.do(commands.drop_snapshot(0))
    assert window.compare.source == 0


def test_the_other_walk_of_the_same_amounts_can_stand_before(window, client, history):
    history.do(commands.set_amount("sefa-1", 3.0))
    window.actions_["compare"].trigger()
    names = [window.options.before.itemText(i) for i in range(window.options.before.count())]
    assert names == ["Start", "Walk on the shell"]
    window.options.before_asked.emit(1)
    wanted = replace(history.document.picture, walk="preserve")
    assert client.originals[-1] == wanted
    original(client, wanted, 1)
    assert window.canvas.before_tag.text() == "Walk on the shell"
    assert window.canvas.after_tag.text() == "Straight walk"
    history.do(commands.set_amount("sefa-1", 4.0))  # it follows
    assert client.originals[-1] == replace(history.document.picture, walk="preserve")
    late = replace(wanted, edits=(Edit("sefa-1", 3.5),))
    original(client, late, 2)
    assert (pixels_of(window.canvas.stage.before.pixmap) == 2).all()
    history.do(commands.set_walk("preserve"))
    assert client.originals[-1].walk == "straight"
    assert window.options.before.currentText() == "Straight walk"


def test_a_snapshot_that_is_removed_can_be_had_again(window, history):
    window.edits.take_snapshot()
    kept = history.document.snapshots
    window.strip.snapshots.setCurrentIndex(window.strip.model.index(0))
    QTest.keyClick(window.strip.snapshots, Qt.Key.Key_Delete)
    assert history.document.snapshots == ()
    history.do(commands.set_amount("sefa-1", 2.0))
    toast = next(one for one in window.toasts.toasts if one.text == "Snapshot Start removed")
    next(b for b in toast.findChildren(QPushButton) if b.text() == "Undo").click()
    assert history.document.snapshots == kept
    assert history.document.picture.amount("sefa-1") == 2.0


def own_photo(window, history, value):
    """A start that was found for a photo, which is one grey."""
    square = np.full((64, 64, 3), value, np.uint8)
    photo = UsedPhoto(Photo(square, "photo.png"), Crop(32, 32, 64), square)
    use = PhotoUse("photo.png", "cd" * 32, "ef" * 32, (32.0, 32.0, 64.0, 0.0))
    window.photo._photos.add(use, photo)
    history.do(commands.set_start(Latent("ab" * 32, Space.W, photo=use), "own picture"))
    return square


def test_a_photo_itself_can_stand_before_and_is_what_the_key_shows(window, client, history):
    square = own_photo(window, history, 77)
    history.do(commands.set_amount("sefa-1", 1.0))
    window.hold.begin()
    assert window.canvas.stage.shows_before
    assert np.array_equal(pixels_of(window.canvas.stage.before.pixmap), square)
    assert window.canvas.before_tag.text() == "Before: photo"
    window.hold.end()
    window.actions_["compare"].trigger()
    assert window.canvas.before_tag.text() != "Before: photo"
    names = [window.options.before.itemText(i) for i in range(window.options.before.count())]
    assert names == ["Start", "Photo", "Walk on the shell"]
    window.options.before_asked.emit(1)
    assert window.options.before.currentText() == "Photo"
    assert window.canvas.before_tag.text() == "Before: photo"
    history.do(commands.set_seed(4))  # that is no photo's
    assert window.compare.source == 0
    assert window.options.before.count() == 2
    history.undo()
    assert window.options.before.count() == 3


def test_the_backslash_shows_the_original_as_long_as_it_is_down(window, client, history, qtbot):
    window.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is not None)
    history.do(commands.set_amount("sefa-1", 1.0))
    window.canvas.view.setFocus()
    QTest.keyPress(window.canvas.view, Qt.Key.Key_Backslash)
    assert client.originals == [Picture()]
    original(client, Picture(), 9)
    assert window.canvas.stage.shows_before
    QTest.keyRelease(window.canvas.view, Qt.Key.Key_Backslash)
    assert not window.canvas.stage.shows_before
    assert not window.compare.on


def test_letting_go_before_the_original_came_shows_nothing(window, client, history):
    window.hold.begin()
    window.hold.end()
    original(client, Picture(), 9)
    assert not window.canvas.stage.shows_before


def test_space_pans_while_the_pointer_is_over_the_canvas(window, qtbot):
    view = window.canvas.view
    window.activateWindow()
    view.setFocus()
    view.set_tool("zoom")
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    elsewhere = window.strip.steps
    for over in (False, True):
        kind = QEvent.Type.Enter if over else QEvent.Type.Leave
        QApplication.sendEvent(window.canvas, QEvent(kind))
        QTest.keyPress(elsewhere, Qt.Key.Key_Space)
        assert view._space == over
        QTest.keyRelease(elsewhere, Qt.Key.Key_Space)
        assert not view._space
    window.left.focus_search()
    QTest.keyClick(window.left.panel.search, Qt.Key.Key_Space)
    assert window.left.panel.search.text() == " "
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))


# Status, jobs, messages


def test_the_status_bar_follows_a_job_and_cancels_it(window, client):
    line = window.status.job
    assert line.text == "No jobs running"
    client.job_changed.emit(JobInfo(7, "Finding directions", 0.4, "GANSpace", "running"))
    client.job_changed.emit(JobInfo(8, "Saving a.png"))
    assert line.text == "Finding directions: GANSpace, 1 more"
    line._cancel.click()
    assert client.cancelled == [7]
    client.job_changed.emit(JobInfo(7, "Finding directions", 1.0, "", "cancelled"))
    assert line.text == "Saving a.png"
    client.job_changed.emit(JobInfo(8, "Saving a.png", 1.0, "", "done"))
    assert line.text == "No jobs running"


def test_at_most_three_messages_and_errors_go_last(window, client):
    client.notice.emit("error", "The disk is full.")
    for number in range(4):
        client.notice.emit("info", f"note {number}")
    assert [t.text for t in window.toasts.toasts] == ["The disk is full.", "note 2", "note 3"]


def test_recent_models_are_offered(window, client):
    window.preferences.change(recent_models=("/m/faces.pkl", "portraits", "portraits-128"))
    menu = QMenu(window)
    window.opening.fill_recent(menu)
    texts = [a.text() for a in menu.actions() if a.text()]
    assert texts == ["faces", "Portraits, built in", "Portraits at 128 pixels, built in"]
    menu.actions()[0].trigger()
    assert client.opened == ["/m/faces.pkl"]


def test_discover_takes_the_column_and_gives_way_to_a_lower_panel(window):
    upper, lower = window.side.stacks()
    window.left.panel.discover_asked.emit()
    assert upper.panel.id == "discover"
    assert lower.folded
    assert lower.height() == lower.maximumHeight() == 36
    window.side.show_panel("jobs")
    assert (upper.panel.id, lower.panel.id) == ("density", "jobs")
    assert not lower.folded


def test_run_again_opens_discover_with_the_settings_of_the_run(window, client):
    opened = summary()
    client.model_opened.emit(replace(opened, methods=forms(opened.info, "cpu")))
    one = replace(
        direction("sefa-1"), provenance=Provenance("voynov-babenko", {"count": 5}, seed=8)
    )
    window.left.panel.again_asked.emit(one)
    form = window.discover.form
    assert form.method.id == "voynov-babenko"
    assert (form.field("count").value, form.field("seed").value) == (5, 8)
    assert window.side.stacks()[0].panel.id == "discover"


def test_a_run_can_be_paused_from_the_status_bar(window, client):
    job = JobInfo(4, "DP-LaSE", 0.4, "Step 4 of 10", "running", pausable=True)
    client.job_changed.emit(job)
    line = window.status.job
    assert not line._pause.isHidden()
    line._pause.click()
    client.job_changed.emit(replace(job, state="paused"))
    assert line.text == "DP-LaSE, paused: step 4 of 10"
    line._pause.click()
    assert client.asked == [("pause", 4), ("resume", 4)]
    client.job_changed.emit(replace(job, pausable=False))
    assert line._pause.isHidden()


def test_the_grid_and_a_comparison_take_turns(window, client):
    client.model_opened.emit(summary())
    grid, compare = window.actions_["variations"], window.actions_["compare"]
    grid.trigger()
    assert window.variations.is_open
    compare.trigger()
    assert (window.compare.on, window.variations.is_open, grid.isChecked()) == (True, False, False)
    grid.trigger()
    assert (window.compare.on, compare.isChecked()) == (False, False)
    assert window.variations.is_open
