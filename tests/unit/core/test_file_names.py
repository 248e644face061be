"""Any name a person types becomes a file, beside those that are there."""

import os

import pytest

from latentstudio.core.errors import FileError
from latentstudio.core.file_names import LONGEST, free_paths, safe_stem
from latentstudio.core.files import new_path

ODD = {
    "Round and warm": "Round and warm",
    "a/b\\c:d": "a-b-c-d",
    "..": "Preset",
    "ends. ": "ends",
    "con": "con_",
    "LPT1.txt": "LPT1.txt_",
    "console": "console",
    "\x1b[2Jx\n": "[2Jx",
    "": "Preset",
    "Größe ☕🎨": "Größe ☕🎨",
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_names(name):
    assert safe_stem(name) == ODD[name]


@pytest.mark.parametrize("name", ["x" * 240, "🎨" * 240, "é" * 240, ". " * 120])
def test_long_names_are_shortened_between_letters(name, tmp_path):
    folder = tmp_path / "here"
    for _ in range(2):
        with new_path(free_paths(folder, name, ".lpreset"), lambda _: None) as temporary:
            temporary.write_bytes(b"x")
    stem = safe_stem(name)
    assert 0 < len(stem.encode()) <= LONGEST
    assert {path.stem for path in folder.iterdir()} == {stem, f"{stem} 2"}


def test_a_name_that_is_taken_gets_a_number(tmp_path):
    folder, became = tmp_path / "shared", []
    for data in (b"1", b"2", b"3"):
        with new_path(free_paths(folder, "Face", ".lpreset"), became.append) as temporary:
            temporary.write_bytes(data)
    assert [path.name for path in became] == ["Face.lpreset", "Face 2.lpreset", "Face 3.lpreset"]
    assert [path.read_bytes() for path in became] == [b"1", b"2", b"3"]
    assert next(free_paths(folder, "FACE", ".lpreset")).name == "FACE 4.lpreset"


def test_one_that_appears_in_the_same_moment_is_not_replaced(tmp_path, monkeypatch):
    for links in (True, False):
        if not links:
            monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(95, "no")))
        folder, became = tmp_path / f"links-{links}", []
        with new_path(free_paths(folder, "Face", ".lpreset"), became.append) as temporary:
            temporary.write_bytes(b"ours")
            (folder / "Face.lpreset").write_bytes(b"theirs")
        assert became == [folder / "Face 2.lpreset"]
        assert (folder / "Face.lpreset").read_bytes() == b"theirs"
        assert became[0].read_bytes() == b"ours"
        assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    paths = free_paths(tmp_path / "file", "Face", ".lpreset")
    with pytest.raises(FileError, match="can't be written"), new_path(paths, lambda _: None):
        pass
