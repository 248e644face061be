import json

import pytest
from environment.stamp import Stamp


def test_what_was_written_is_read_back(tmp_path):
    stamp = Stamp(tmp_path / "s.json", hint="none", build="cpu")
    stamp.begin("packages")
    assert Stamp.read(stamp.path).unfinished == "packages"
    stamp.finish("packages", "k1")
    assert Stamp.read(stamp.path) == Stamp(stamp.path, {"packages": "k1"}, "", "none", "cpu")


def test_a_step_that_changed_nothing_leaves_the_old_truth(tmp_path):
    stamp = Stamp(tmp_path / "s.json", {"packages": "old"})
    stamp.begin("packages")
    stamp.untouched()
    assert Stamp.read(stamp.path).done == {"packages": "old"}
    assert Stamp.read(stamp.path).unfinished == ""


EMPTY = {"unfinished": "", "hint": "", "build": ""}
OTHERS = [
    {},
    {"format": 1},
    {"format": 1, "done": 3, **EMPTY},
    {"format": 99, "done": {"python": "python3.11"}, **EMPTY},
]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\xff", *map(json.dumps, OTHERS)])
def test_an_unreadable_stamp_counts_as_none(tmp_path, text):
    path = tmp_path / "s.json"
    path.write_text(text, encoding="latin-1")
    assert Stamp.read(path) == Stamp(path)


def test_writing_never_leaves_half_a_stamp(tmp_path, monkeypatch):
    stamp = Stamp(tmp_path / "s.json", {"python": "python3.11"})
    stamp.write()
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        stamp.finish("torch", "k")
    assert Stamp.read(stamp.path).done == {"python": "python3.11"}
