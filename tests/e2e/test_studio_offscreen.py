"""The tour by hand on the built-in model: the window of the program, moved by its widgets."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from latentstudio.cli import progress
from latentstudio.cli.main import main as cli
from tests.e2e.hands import close, pixels_of, wait


@pytest.fixture
def command_line(capsys, monkeypatch):
    """Runs a command that has to succeed quietly; the lines it prints."""
    monkeypatch.setattr(progress, "EVERY", math.inf)

    def run(*argv):
        assert cli([str(argument) for argument in argv]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out.splitlines()

    return run


def near_end(studio, id):
    """An amount almost at the upper end of a slider."""
    return round(studio.board.direction(id).high * 0.9, 1)


def test_everything_done_is_undone_and_redone(studio):
    start, document = studio.settle(), studio.history.document
    studio.drag("sefa-0", 1.0)
    studio.drag("sefa-1", -1.2)
    studio.drag("ganspace-2", 0.7)
    editor = studio.view.editor
    heard = studio.pixels
    studio.press(editor.mute)
    muted = studio.settle()
    studio.press(editor.solo)
    studio.press(editor.mute)
    soloed = studio.settle()
    studio.press(editor.solo)
    assert np.array_equal(studio.settle(), heard)
    QTest.mouseDClick(editor.slider, Qt.MouseButton.LeftButton)
    studio.settle()
    studio.key("Ctrl+Shift+B", "R", "Ctrl+D")
    end, last = studio.settle(), studio.history.document
    assert len({p.tobytes() for p in (start, heard, muted, soloed, end)}) == 5
    steps = len(studio.history.labels())
    assert steps == 11  # a drag, a press and a key are one step each
    assert np.array_equal(studio.undo(steps), start)
    assert studio.history.document is document
    assert studio.history.undo_label is None
    assert np.array_equal(studio.redo(steps), end)
    assert studio.history.document is last


def test_a_muted_slider_counts_as_zero_and_a_soloed_one_alone(studio):
    start = studio.settle()
    alone = studio.drag("sefa-2", 1.5)
    both = studio.drag("sefa-3", 1.5)
    assert not np.array_equal(alone, both)
    editor = studio.view.editor
    studio.press(editor.mute)
    assert np.array_equal(studio.settle(), alone)
    studio.press(editor.mute)
    studio.slider("sefa-2")
    studio.press(editor.solo)
    assert np.array_equal(studio.settle(), alone)
    studio.key("Ctrl+Z", "Ctrl+Z", "Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    assert np.array_equal(studio.settle(), start)


def test_five_new_seeds_and_back_to_the_second(studio):
    seen = [studio.settle()]
    seeds = [studio.picture.seed]
    for _ in range(5):
        studio.key("R")
        seen.append(studio.settle())
        seeds.append(studio.picture.seed)
    assert len(set(seeds)) == 6
    assert len({p.tobytes() for p in seen}) == 6
    assert np.array_equal(studio.undo(3), seen[2])
    assert studio.picture.seed == seeds[2]
    assert studio.window.toolbar.seed.value() == seeds[2]


def too_far(studio):
    """Push sliders to their ends until the picture is too far; which it took."""
    canvas = studio.window.canvas
    for id in ("sefa-0", "ganspace-0", "sefa-1", "ganspace-1"):
        studio.drag(id, near_end(studio, id))
        if canvas.warning.isVisible():
            return
    pytest.fail("four sliders at their ends did not leave the shell")


def test_too_far_says_so_and_snaps_back(studio):
    canvas = studio.window.canvas
    assert not canvas.warning.isVisible()
    too_far(studio)
    assert studio.frame.reading.state == "off"
    assert canvas.frame.isVisible()
    words = canvas.warning._sentence.text()
    assert studio.board.name(studio.frame.carrier) in words
    far = studio.picture
    studio.press(button(canvas.warning, "Snap back"))
    wait(lambda: studio.picture != far, "the way back")
    studio.settle()
    assert studio.frame.reading.state == "on"
    assert not canvas.warning.isVisible()
    assert not canvas.frame.isVisible()
    assert {e.direction for e in studio.picture.edits} == {e.direction for e in far.edits}
    assert all(abs(studio.picture.amount(e.direction)) < abs(e.amount) for e in far.edits)
    studio.undo()
    assert studio.picture == far
    assert canvas.warning.isVisible()


def test_staying_on_the_shell_instead(studio):
    too_far(studio)
    far = studio.pixels
    studio.press(button(studio.window.canvas.warning, "Stay on shell"))
    near = studio.settle()
    assert studio.picture.on_shell
    assert studio.frame.reading.state == "on"
    assert not studio.window.canvas.warning.isVisible()
    assert not np.array_equal(near, far)
    assert np.array_equal(studio.undo(), far)


def button(parent, text):
    """A button by its words."""
    from PySide6.QtWidgets import QAbstractButton

    return next(b for b in parent.findChildren(QAbstractButton) if b.text().strip() == text)


def test_bands_follow_the_other_sliders(studio):
    """Three are moved; the band of a fourth is another one afterwards."""
    ids = ("sefa-1", "sefa-2", "sefa-3")
    studio.slider("sefa-0")
    slider = studio.view.editor.slider
    wait(lambda: slider.look.band is not None, "the first band")
    before = slider.look.band
    assert before.shell[0] < 0 < before.shell[1]
    for id in ids:
        studio.drag(id, 0.3)
    studio.slider("sefa-0")
    wait(lambda: slider.look.band not in (None, before), "the other band")


def test_films_come_for_the_rows_in_view_and_show_the_picture_in_the_middle(studio):
    visible = studio.view.visible_ids()
    assert 3 <= len(visible) < 40
    wait(lambda: all(studio.board.frames(i, n) for i, n in visible.items()), "films")
    [large] = [i for i, n in visible.items() if n == 7]
    middle = pixels_of(studio.board.frames(large, 7)[3])
    assert np.array_equal(middle, studio.pixels)
    hidden = [d.id for d in studio.board.directions if d.id not in visible]
    assert not any(studio.board.frames(i, 3) for i in hidden)


def test_the_original_as_long_as_the_key_is_held(studio):
    start = studio.settle()
    edited = studio.drag("sefa-0", 1.0)
    canvas = studio.window.canvas
    QTest.keyPress(canvas.view, Qt.Key.Key_Backslash)
    wait(lambda: canvas.stage.shows_before, "the original")
    assert np.array_equal(studio.pixels, start)
    assert canvas.before_tag.isVisible()
    QTest.keyRelease(canvas.view, Qt.Key.Key_Backslash)
    assert np.array_equal(studio.pixels, edited)
    assert len(studio.history.labels()) == 1


def test_comparing_by_a_split(studio):
    start = studio.settle()
    edited = studio.drag("sefa-0", 1.0)
    canvas = studio.window.canvas
    studio.key("C")
    wait(lambda: canvas.split.isVisible(), "the split")
    assert np.array_equal(pixels_of(canvas.stage.before.pixmap), start)
    assert np.array_equal(pixels_of(canvas.stage.after.pixmap), edited)
    studio.key("C")
    assert not canvas.split.isVisible()


def test_a_snapshot_is_recalled_by_its_number(studio):
    edited = studio.drag("sefa-0", 1.0)
    studio.key("Ctrl+D")
    studio.key("R")
    other = studio.settle()
    assert not np.array_equal(other, edited)
    studio.key("1")
    assert np.array_equal(studio.settle(), edited)
    assert np.array_equal(studio.undo(), other)


def test_zoom_and_fit_by_keys(studio):
    view = studio.window.canvas.view
    fitted = view.zoom
    studio.key("Ctrl+1")
    assert view.zoom == 1.0
    studio.key("Ctrl+0")
    assert view.zoom == fitted


def test_the_clipboard_gets_the_picture(studio):
    edited = studio.drag("sefa-0", 1.0)
    studio.key("Ctrl+C")
    assert np.array_equal(pixels_of(QGuiApplication.clipboard().image()), edited)


@pytest.mark.parametrize("stay", [False, True], ids=["straight", "on the shell"])
def test_the_same_edit_from_the_command_line_gives_the_same_pixels(
    studio, command_line, tmp_path, stay
):
    studio.key("R")
    if stay:
        studio.key("Ctrl+Shift+B")
    studio.drag("sefa-1", 1.4)
    shown = studio.drag("sefa-4", -2.0)
    [saved] = studio.export(tmp_path / "mine.png")
    assert np.array_equal(np.asarray(Image.open(saved)), shown)
    amounts = ",".join(f"{e.direction[5:]}={e.amount}" for e in studio.picture.edits)
    preset = tmp_path / "sefa.lpreset"
    command_line("discover", "portraits", "--method", "sefa", "--output", preset)
    render = ("render", "portraits", "--seeds", studio.picture.seed, "--preset", preset,
              "--amounts", amounts, "--walk", "preserve" if stay else "straight")  # fmt: skip
    [png] = command_line(*render, "--output", tmp_path / "out")
    assert np.array_equal(np.asarray(Image.open(png)), shown)


def test_a_walk_from_the_command_line_is_the_slider(studio, command_line, tmp_path):
    preset = tmp_path / "sefa.lpreset"
    command_line("discover", "portraits", "--method", "sefa", "--output", preset)
    walk = ("walk", "portraits", "--preset", preset, "--direction", 0, "--seeds", 0,
            "--from", 0, "--to", 2, "--steps", 3, "--output", tmp_path / "walk")  # fmt: skip
    pictures = [
        np.asarray(Image.open(path)) for path in command_line(*walk) if path.endswith(".png")
    ]
    for amount, made in enumerate(pictures):
        studio.slider("sefa-0")
        field = studio.view.editor.field.edit
        field.selectAll()
        QTest.keyClicks(field, str(amount))
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert studio.picture.amount("sefa-0") == amount
        # Three at once round otherwise than one alone, here and there by one level of 255.
        gap = np.abs(studio.settle().astype(int) - made)
        assert gap.max() <= 1
        assert gap.mean() < 0.001


def test_closed_and_started_again_it_shows_the_last_picture(opened, warm_home):
    first = opened()
    first.ready()
    first.key("R")
    left = first.drag("sefa-0", 1.0)
    document = first.history.document
    close(first)
    second = opened()
    assert np.array_equal(second.pixels, left)  # before there is an engine
    assert second.frame is None
    assert second.history.document == document
    assert np.array_equal(second.ready(), left)
    ((kind, text),) = second.notices
    assert (kind, text[:25]) == ("info", "Recovered your work from ")


def test_a_first_start_finds_everything_by_itself_while_it_is_used(tmp_path):
    argv = [sys.executable, "-m", "tests.e2e.program", "cold_start", str(tmp_path)]
    done = subprocess.run(
        argv, env=os.environ, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert "failed" not in report, report["failed"]
    assert not report["torch_when_shown"]
    assert report["picture_when_painted"]
    # Eleven named ones and SeFa's, before GANSpace has ended.
    assert report["early"]["directions"] == 31
    assert report["early"]["searching"] in ("waiting", "running")
    assert report["directions"] == 51
    assert set(report["jobs"].values()) == {"done"}
    assert report["notices"] == []
    pixels = np.load(tmp_path / "pixels.npz")
    assert report["amount"] == pytest.approx(1.0, abs=0.05)
    assert np.array_equal(pixels["edited"], pixels["shown"])
    assert not np.array_equal(pixels["edited"], pixels["start"])
