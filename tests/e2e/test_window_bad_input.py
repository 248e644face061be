"""Whatever is wrong: one sentence in the window, the work and the old files untouched."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentstudio.core import paths
from latentstudio.core.settings import settings_path
from latentstudio.store.last_work import last_document_path, last_picture_path
from latentstudio.ui.toasts.toasts import Toast
from tests.e2e.hands import close, rest, wait

BUILT_IN = Path(__file__).parents[2] / "resources/generators/portraits.safetensors"


def huge():
    """The head of a safetensors file with a tensor of 2 TB, as large as it says but empty."""
    size = 2 * 10**12
    entry = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    header = json.dumps({"mapping.fc0.weight": entry}).encode()
    return struct.pack("<Q", len(header)) + header, size


def write_huge(path):
    head, size = huge()
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)  # sparse: nothing is on the disk


MODELS = {
    "missing.pkl": (lambda p: None, "does not exist"),
    "folder.pkl": (Path.mkdir, "is a folder"),
    "empty.safetensors": (lambda p: p.write_bytes(b""), "empty"),
    "text.pt": (lambda p: p.write_bytes(b"hello"), "text.pt"),
    "picture.pkl": (lambda p: Image.new("RGB", (8, 8)).save(p, "PNG"), "picture.pkl"),
    "cut.safetensors": (lambda p: p.write_bytes(BUILT_IN.read_bytes()[:100_000]), "middle"),
    "huge.safetensors": (write_huge, "memory"),
    "pointer.pkl": (
        lambda p: p.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
        "pointer",
    ),
    "hostile.pkl": (
        lambda p: p.write_bytes(b"cos\nsystem\n(S'touch executed.txt'\ntR."),
        "holds a program",
    ),
}


def errors(studio):
    """Error messages that are on the screen."""
    return [t.text for t in studio.window.findChildren(Toast) if t.kind == "error"]


def test_a_model_that_is_none_is_a_sentence_and_the_work_goes_on(studio, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio.drag("sefa-0", 1.0)
    document = studio.history.document
    failed = []
    studio.client.models.model_failed.connect(lambda ref, sentence: failed.append(sentence))
    for name, (make, words) in MODELS.items():
        make(tmp_path / name)
        studio.window.opening.open(str(tmp_path / name))
        count = len(failed)
        wait(lambda count=count: len(failed) > count, name)
        assert words in failed[-1], name
        assert failed[-1].count("\n") == 0
        assert "Traceback" not in failed[-1]
        assert any(failed[-1] in text for text in errors(studio))  # with the file's name before it
    assert not (tmp_path / "executed.txt").exists()
    assert studio.history.document is document
    assert len(studio.board.directions) == 47
    before = studio.settle()
    assert not np.array_equal(studio.drag("sefa-1", 1.0), before)


def test_a_picture_that_cannot_be_written(studio, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert studio.export(tmp_path / "file" / "below.png") == []
    [(kind, text)] = studio.notices
    assert kind == "error"
    assert "Choose another folder" in text
    assert errors(studio) == [text]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_leaves_the_old_picture(studio, small_disk, monkeypatch):
    target = small_disk.folder / "mine.png"
    [saved] = studio.export(target)
    assert saved == str(target)
    old = target.read_bytes()
    small_disk.fill()
    monkeypatch.setattr("latentstudio.ui.window.save_place.ask", lambda *_: True)
    studio.drag("sefa-0", 1.0)
    assert studio.export(target) == []
    kind, text = studio.notices[-1]
    assert kind == "error"
    assert "The disk is full" in text
    assert target.read_bytes() == old
    assert [p.name for p in small_disk.folder.iterdir() if p.name != "filler"] == ["mine.png"]


def test_a_home_that_cannot_be_written_stops_nothing(opened, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "file"))
    studio = opened()
    wait(lambda: studio.frame is not None, "the picture")
    studio.key("R")
    studio.settle()
    close(studio)
    assert (tmp_path / "file").read_text() == ""


@pytest.fixture
def damaged_home(warm_home, opened):
    """Everything that a start reads is damaged."""
    [density] = paths.cache_dir().rglob("density*.safetensors")
    [sefa] = paths.cache_dir().rglob("sefa*.lpreset")
    broken = [settings_path(), last_document_path(), density, sefa]
    for path in broken:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x89 not what it was \xff")
    last_picture_path().write_bytes(b"no picture")
    return broken


def test_damaged_settings_and_caches_are_moved_aside_and_said_once(damaged_home, opened):
    first = opened()
    said = [toast.text for toast in first.window.findChildren(Toast)]
    first.ready()
    said += [text for _, text in first.notices]
    for path in damaged_home:
        aside = path.with_name(path.name + ".broken-1")
        assert aside.read_bytes() == b"\x89 not what it was \xff"
        assert any(aside.name in text for text in said), aside.name
    assert len(set(said)) == len(damaged_home)
    close(first)
    second = opened()
    second.ready()
    rest(100)
    assert [text for _, text in second.notices] == []
    assert errors(second) == []
