"""Files from strangers: each broken or hostile kind gets one sentence and harms nothing."""

import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from latentstudio.core.errors import PresetError
from latentstudio.exchange.presets import archive, read_preset, read_previews

SAMPLE = Path(__file__).parent / "samples" / "format-1.lpreset"


@pytest.fixture
def parts():
    """Manifest and tensors of the sample, to break and put together again."""
    with zipfile.ZipFile(SAMPLE) as sample:
        said = json.loads(sample.read("manifest.json"))
        return said, safetensors.numpy.load(sample.read("directions.safetensors"))


@pytest.fixture
def put(tmp_path):
    """Writes a preset out of a manifest, tensors and further entries; gives its path."""

    def write(said, tensors, more=()):
        path = tmp_path / "broken.lpreset"
        with zipfile.ZipFile(path, "w") as target:
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            target.writestr("manifest.json", text)
            if not isinstance(tensors, bytes):
                tensors = safetensors.numpy.save(tensors)
            target.writestr("directions.safetensors", tensors)
            for entry, data in more:
                target.writestr(entry, data)
        return path

    return write


def refused(path, words):
    """The file is refused in one sentence that names it and says `words`."""
    with pytest.raises(PresetError, match=words) as caught:
        read_preset(path)
    said = caught.value.sentence()
    assert path.name in said
    assert said.endswith(".")
    assert "\n" not in said


def test_the_parts_put_together_again_open(put, parts):
    assert len(read_preset(put(*parts))) == 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 99}, "newer LatentStudio"),
        ({"format": None}, "names no format"),
        ({"format": "1"}, "names no format"),
        ({"format": True}, "names no format"),
        ({"name": 3}, "Expected str"),
        ({"name": "\x1b[2J"}, "at name"),
        ({"model": {}}, "missing required field"),
        ({"directions": {}}, "Expected array"),
    ],
)
def test_wrong_manifests(put, parts, change, words):
    said, tensors = parts
    refused(put({**said, **change}, tensors), words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "../up"}, "at directions"),
        ({"id": "pca-2"}, "same id"),
        ({"kind": "magic"}, "Invalid enum value"),
        ({"space": "x"}, "Invalid enum value"),
        ({"unit": 0}, "above 0"),
        ({"unit": -1.0}, "above 0"),
        ({"range": [3, -3]}, "from low to high"),
        ({"range": [0]}, "length 2"),
        ({"layers": [5, 2]}, "first to last"),
        ({"layers": [-1, 2]}, "at directions"),
        ({"seed": "one"}, "Expected int"),
    ],
)
def test_wrong_directions(put, parts, change, words):
    said, tensors = parts
    said["directions"][0] |= change
    refused(put(said, tensors), words)


def test_a_missing_key_is_named(put, parts):
    said, tensors = parts
    del said["directions"][0]["unit"]
    refused(put(said, tensors), "unit")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": NaN}'])
def test_manifests_that_are_no_json_object(put, parts, text):
    refused(put(text, parts[1]), "manifest")


def test_deep_nesting_does_not_exhaust_the_stack(put, parts):
    refused(put(b"[" * 100_000, parts[1]), "nested too deeply")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("linear/w", None, "missing"),
        ("linear/w", np.ones((3, 4), np.float32), "names 2 directions"),
        ("linear/w", np.ones(4, np.float32), "names 2 directions"),
        ("linear/w", np.ones((2, 5), np.float32), "has 4 numbers"),
        ("linear/w+", np.ones((1, 4), np.float32), "names 1 directions"),
        ("linear/w", np.full((2, 4), np.nan, np.float32), "NaN"),
        ("linear/w", np.full((2, 4), 1e300), "NaN or infinity"),
        ("linear/w", np.ones((2, 4), np.int64), "no decimal numbers"),
        ("linear/z", np.zeros((1, 6), np.float32), "all zeros"),
        ("path-1", None, "missing"),
        ("path-1/support", np.full(3, np.inf, np.float32), "NaN"),
    ],
)
def test_wrong_tensors(put, parts, name, value, words):
    said, tensors = parts
    tensors = {**tensors, name: value} if value is not None else tensors
    if value is None:
        del tensors[name]
    refused(put(said, tensors), words)


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, b"\x02" + b"\0" * 7 + b"{}x", b"\x80\x04}."])
def test_tensors_that_are_no_safetensors(put, parts, data):
    refused(put(parts[0], data), "damaged")


@pytest.mark.parametrize(
    "entry", ["../evil.png", "/etc/passwd", "previews/../../x.png", "C:\\x.png", "a\\..\\b.png"]
)
def test_names_that_lead_outside(put, parts, entry, tmp_path):
    refused(put(*parts, [(zipfile.ZipInfo(entry), b"x")]), "leads outside")
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["broken.lpreset"]


def test_links_are_refused(put, parts):
    link = zipfile.ZipInfo("previews/link.png")
    link.external_attr = 0o120777 << 16
    refused(put(*parts, [(link, b"/etc/passwd")]), "a link or a device")


def test_an_entry_twice_is_refused(put, parts):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = put(*parts, [("manifest.json", b"{}")])
    refused(path, "twice")


def test_too_many_entries_are_refused(put, parts, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    refused(put(*parts, [(f"previews/{i}.png", b"") for i in range(4)]), "6 entries")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.lpreset"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("manifest.json", b" " * (archive.MAX_ENTRY[".json"] + 1))
    refused(path, "larger than any preset's")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for number in range(5):
            with target.open(f"{number}.bin", "w") as entry:
                for _ in range(60):
                    entry.write(bytes(2**20))
    refused(path, "unpack to more than 256 MB")


def test_a_size_that_lies_is_caught(put, parts):
    path = put(*parts)
    data = bytearray(path.read_bytes())
    central = data.rindex(b"manifest.json") - 46
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    refused(path, "damaged|a zip file|manifest")


def test_encrypted_entries_are_refused(put, parts):
    path = put(*parts)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"manifest.json") - 46 + 8] |= 1
    data[6] |= 1
    path.write_bytes(data)
    refused(path, "damaged")


def test_a_huge_file_is_refused_by_its_size(tmp_path):
    path = tmp_path / "huge.lpreset"
    with path.open("wb") as file:
        file.truncate(archive.MAX_FILE + 1)
    refused(path, "larger than 256 MB")


@pytest.mark.parametrize("data", [b"", b"hello", b"version https://git-lfs.github.com/spec/v1\n"])
def test_files_that_are_no_zip(tmp_path, data):
    path = tmp_path / "a.lpreset"
    path.write_bytes(data)
    refused(path, "a zip file")


def test_a_zip_without_the_right_entries(tmp_path):
    path = tmp_path / "a.lpreset"
    zipfile.ZipFile(path, "w").close()
    refused(path, "holds no manifest.json")


def test_missing_files_and_folders(tmp_path):
    refused(tmp_path / "none.lpreset", "There is no preset")
    (tmp_path / "folder.lpreset").mkdir()
    refused(tmp_path / "folder.lpreset", "is a folder")


def test_previews_must_be_png(put, parts):
    path = put(*parts, [("previews/a.png", b"<svg onload=alert(1)>")])
    with pytest.raises(PresetError, match="a PNG"):
        read_previews(path)


def test_truncated_and_damaged_bytes_never_escape_as_other_errors(tmp_path):
    """Every prefix, then 400 random flips: a set, or a sentence."""
    whole, dice = SAMPLE.read_bytes(), random.Random(0)
    path = tmp_path / "a.lpreset"
    refusals = 0
    cuts = [whole[:end] for end in range(0, len(whole), 37)]
    for attempt in [*cuts, *(_flipped(whole, dice) for _ in range(400))]:
        path.write_bytes(attempt)
        try:
            read_preset(path)
        except PresetError:
            refusals += 1
    assert refusals > len(cuts)


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (json.loads("[" * 30 + "]" * 30), "nested too deeply"),
        ({"a": 10**25}, "too large|out of range"),
        ({"a": "x" * 200_000}, "a text is too long"),
    ],
)
def test_options_that_no_method_has_are_refused(put, parts, options, words):
    said, tensors = parts
    said["directions"][0]["options"] = {"x": options}
    refused(put(said, tensors), words)


def test_an_entry_that_is_packed_too_tightly_is_refused(put, parts, tmp_path):
    said, tensors = parts
    path = put({**said, "options": "x" * 3_000_000}, tensors)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(name, data)
    refused(path, "packed tighter")
