"""Curved paths and groups of channels under the hand: from a file, from a run, and back again."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from latentstudio.cli.main import main as cli
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.exchange.presets import write_preset
from latentstudio.session.preset_messages import Draft
from tests.e2e.hands import wait
from tests.toys import curved

PATH, GROUPS = "from-mine-path", "from-mine-groups"


@pytest.fixture
def preset(portraits, tmp_path):
    them = (curved.in_w(portraits, "path"), curved.grouped(portraits, "groups"))
    target = tmp_path / "mine.lpreset"
    write_preset(DirectionSet(ModelKey.of(portraits.info), them, "Mine"), target)
    return target


@pytest.fixture
def given(studio, preset):
    """The studio with a preset that was dropped on it."""
    studio.client.directions.import_directions(str(preset))
    wait(lambda: studio.board.direction(GROUPS) is not None, "the preset's directions")
    return studio


def test_a_curved_slider_comes_home_to_the_same_pixels(given):
    start = given.settle()
    there = given.drag(PATH, 3.0)
    assert not np.array_equal(there, start)
    given.drag(PATH, -2.5)
    QTest.mouseDClick(given.view.editor.slider, Qt.MouseButton.LeftButton)
    assert given.picture.edit(PATH) is None
    assert np.array_equal(given.settle(), start)
    assert np.array_equal(given.undo(len(given.history.labels()) - 1), there)
    given.key("Ctrl+Shift+B")
    kept = given.settle()
    assert not np.array_equal(kept, there)
    assert given.frame.reading.coordinate == pytest.approx(given.frame.start.coordinate, rel=1e-5)
    given.undo()
    wait(lambda: PATH in given.board.bands, "its safe range")
    wait(lambda: given.board.frames(PATH, 7) is not None, "its film")


def test_groups_are_switched_undone_and_the_same_on_the_command_line(
    given, preset, tmp_path, capsys
):
    start = given.settle()
    whole = given.drag(GROUPS, 2.0)
    chips = given.view.editor.groups.chips
    for chip in (chips[0], chips[2]):
        given.press(chip)
    part = given.settle()
    assert not np.array_equal(part, whole)
    assert not np.array_equal(part, start)
    given.press(chips[1])
    assert np.array_equal(given.settle(), start)
    assert np.array_equal(given.undo(), part)
    amount, seed = given.picture.amount(GROUPS), given.picture.seed
    done = cli(["render", "portraits", "--seeds", str(seed), "--preset", str(preset), "--amounts",
                f"1={amount}", "--groups", "1=2", "--format", "npy", "--output",
                str(tmp_path)])  # fmt: skip
    assert (done, capsys.readouterr().out.strip()) == (0, str(tmp_path / "images.npy"))
    image = np.load(tmp_path / "images.npy")[0].transpose(1, 2, 0)
    wanted = np.clip(image * 127.5 + 128, 0, 255)
    assert np.abs(part.astype(float) - wanted).max() <= 1.0
    kept, saved = tmp_path / "kept.lpreset", []
    given.client.presets.saved.connect(lambda path, _: saved.append(path))
    draft = Draft("kept", tuple(edit.direction for edit in given.picture.edits))
    given.client.presets.save(given.history.document, draft, str(kept))
    wait(lambda: saved, "the preset")
    cli(["render", "portraits", "--seeds", str(seed), "--preset", str(kept), "--amounts",
         f"0={amount}", "--format", "npy", "--output", str(tmp_path / "kept")])  # fmt: skip
    again = np.load(tmp_path / "kept" / "images.npy")[0].transpose(1, 2, 0)
    np.testing.assert_array_equal(again, image)
    assert np.array_equal(given.undo(3), start)


def test_paths_that_a_run_finds_are_sliders(studio):
    studio.window.side.show_panel("discover")
    form = studio.window.discover.form
    form.methods.setCurrentIndex(form.methods.findData("warpedganspace"))
    for name, value in (("count", 2), ("steps", 3), ("batch", 4), ("dipoles", 2)):
        form.field(name).show_value(value)
    start = studio.settle()
    studio.press(form.start)
    id = "warpedganspace-run1-0"
    wait(lambda: studio.board.direction(id) is not None, "the first paths")
    wait(lambda: studio.window.discover._views["warpedganspace-run1"].state == "done", "the end")
    assert studio.board.direction(id).kind == "rbf"
    assert not np.array_equal(studio.drag(id, 3.0), start)
    assert np.array_equal(studio.undo(), start)
