"""What is saved, as what, under which name, and what is remembered of it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QMessageBox, QPushButton

from latentstudio.core.settings import Settings, load
from latentstudio.ui.window.export_dialog import ExportDialog
from latentstudio.ui.window.export_names import free, picture_name
from latentstudio.ui.window.export_size import Choice, try_out
from tests.ui.fakes import pixels


@pytest.fixture
def opened(window, tmp_path):
    made = []

    def make(**last):
        settings = Settings(save_folder=str(tmp_path), **last)
        dialog = ExportDialog(pixels(1)[0], "portraits-0", settings, window)
        made.append(dialog)
        return dialog

    yield make
    for dialog in made:
        dialog.done(0)
        dialog.deleteLater()


def test_the_ending_follows_the_format(opened, tmp_path):
    dialog = opened()
    assert dialog.path == tmp_path / "portraits-0.png"
    dialog.format.setCurrentIndex(2)
    assert dialog.path == tmp_path / "portraits-0.jpg"
    dialog.path_field.setText("/x/v1.2 final")
    dialog.format.setCurrentIndex(1)
    assert dialog.path == Path("/x/v1.2 final.webp")


def test_smooth_is_only_for_enlarged_pictures_and_quality_for_what_has_one(opened):
    dialog = opened()
    assert not dialog.smooth.isEnabled()
    assert not dialog.quality.isEnabled()
    assert dialog.choice == Choice("png", 1, False, None)
    dialog.scale.setCurrentIndex(3)
    dialog.format.setCurrentIndex(2)
    assert dialog.smooth.isEnabled()
    assert dialog.scale.currentText() == "512 × 512 pixels, 8 times"
    assert dialog.choice == Choice("jpg", 8, True, 92)


def test_a_nameless_file_is_not_accepted(opened):
    dialog = opened()
    dialog.path_field.setText("  ")
    dialog.accept()
    assert not dialog.result()


def test_it_begins_with_what_was_chosen_last(opened):
    dialog = opened(save_format="webp", save_scale=4, save_quality=71)
    assert dialog.choice == Choice("webp", 4, True, 71)


def test_the_size_is_told_in_bytes_as_the_file_will_have_them(opened, qtbot):
    dialog = opened(save_format="jpg", save_quality=50)
    exact = len(try_out(pixels(1)[0], Choice("jpg", 1, False, 50)).data)
    words = f"{exact / 1000:.1f} kB, 8 bit sRGB"
    qtbot.waitUntil(lambda: dialog.facts.text() == words, timeout=10_000)
    dialog.quality.setValue(5)
    qtbot.waitUntil(lambda: "kB" in dialog.facts.text() and dialog.facts.text() != words)
    assert not dialog.preview.pixmap().isNull()


def test_a_large_file_is_tried_out_smaller():
    shown = np.random.default_rng(0).integers(0, 255, (600, 600, 3), np.uint8)
    made = try_out(shown, Choice("jpg", 8, False, 40))
    assert not made.exact
    assert Image.open(io.BytesIO(made.data)).size == (1200, 1200)
    assert made.bytes == 16 * len(made.data)


def test_export_runs_through_the_client_and_is_remembered(
    window, client, history, monkeypatch, tmp_path
):
    def fill(dialog):
        dialog.scale.setCurrentIndex(2)
        dialog.format.setCurrentIndex(1)
        dialog.quality.setValue(80)
        dialog.path_field.setText(str(tmp_path / "a.webp"))
        dialog.done(1)
        return 1

    monkeypatch.setattr(ExportDialog, "exec", fill)
    window.actions_["export"].trigger()
    path = str(tmp_path / "a.webp")
    assert client.saves == [(history.document.picture, path, 4, True, 80)]
    now = load()[0]
    assert (now.save_folder, now.save_format, now.save_scale, now.save_quality) == (
        str(tmp_path),
        "webp",
        4,
        80,
    )
    client.saved.emit(path)
    assert window.toasts.toasts[-1].text == "Saved a.webp"


def test_replacing_is_never_the_default(opened, monkeypatch, tmp_path):
    dialog = opened()
    (tmp_path / "there.png").write_bytes(b"mine")
    dialog.path_field.setText(str(tmp_path / "there.png"))
    seen = []

    def look(box):
        seen.append((box.defaultButton().text(), [b.text() for b in box.findChildren(QPushButton)]))
        assert not box.iconPixmap().isNull()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", look)
    dialog.accept()
    ((default, buttons),) = seen
    assert "Replace" in buttons
    assert default == "Cancel"
    assert not dialog.result()


def test_a_name_says_what_is_in_the_picture_and_is_free(tmp_path):
    edits = [("Smile", -0.5), ("Glasses", 1.42), ("SeFa 7", 0.1), ("a/b: c", 3.0)]
    name = picture_name("Portraits", "591", edits)
    assert name == "portraits-591_a-b-c+3.0_glasses+1.4_smile-0.5"
    assert len(picture_name("m" * 60, "591", [("n" * 60, 1.0)])) <= 80
    assert free(tmp_path / "a.png") == tmp_path / "a.png"
    for taken in ("a.png", "a-2.png"):
        (tmp_path / taken).write_bytes(b"")
    assert free(tmp_path / "a.png") == tmp_path / "a-3.png"
