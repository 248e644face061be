"""Names from strangers where they are printed, and shapes from strangers before they are built."""

import io
import re
import struct
from pathlib import Path

import numpy as np
import pytest

import latentstudio.cli
from latentstudio.cli import plugins, presets, printing
from latentstudio.cli.main import main
from latentstudio.core import npy_files, sizes
from latentstudio.core.errors import FileError, LatentStudioError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.core.texts import about, first_free, one_line, printable
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey
from latentstudio.evaluate.tables import harmless_cell
from latentstudio.exchange import vector_files
from latentstudio.exchange.presets import manifest
from latentstudio.generators.registry import open_generator
from latentstudio.plugin_host.host import PluginStatus

CODES = "\x1b]0;title\x07\x9b31m\u202egnp\u2066\ufeff\x00\x85"
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def test_codes_become_question_marks_and_words_stay():
    assert printable(f"a{CODES}b\n\tc") == "a?]0;title??31m?gnp????b\n\tc"
    assert one_line(f"a\r\nfake row{CODES}") == "a fake row?]0;title??31m?gnp???"
    for text in ("Ägypten, 笑顔", "👩\u200d👧", "می\u200cخواهم"):
        assert printable(text) == one_line(text) == text


def test_whatever_is_printed_passes_through(capsys):
    printing.say(f"x{CODES}")
    printing.tell(f"x{CODES}")
    out, err = capsys.readouterr()
    assert not BAD.search(out + err)


def test_a_plugins_manifest_is_one_line():
    status = PluginStatus(
        f"id\n{CODES}", "n", f"1{CODES}", f"d\nmine  9 yours on\n{CODES}", ("generators",), "/f",
        False, "ask", f"p{CODES}\nq",
    )  # fmt: skip
    text = plugins.words([status])
    assert len(text.splitlines()) == 2
    assert not BAD.search(text)


def test_a_presets_names_are_lines_of_their_own():
    one = Direction("d", f"n\n{CODES}", Space.W, Linear(np.ones(4, np.float32)))
    found = DirectionSet(ModelKey("f", f"toy{CODES}", 8, {"w": 4}), (one,), f"set\n{CODES}")
    text = presets.words(found, [f"p{CODES}\nx"])
    assert len(text.splitlines()) == 7
    assert not BAD.search(text)


def test_sentences_about_hostile_file_names(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "a\x1b[2Jb\u202e.pt")]) == 2
    err = capsys.readouterr().err
    assert not BAD.search(err)
    assert "a?[2Jb?.pt" in err


def test_no_command_prints_by_itself():
    root = Path(latentstudio.cli.__file__).parent
    others = [path for path in root.rglob("*.py") if path.name != "printing.py"]
    prints = re.compile(r"(?<![\w.])print\(")
    found = [path.name for path in others if prints.search(path.read_text("utf-8"))]
    assert found == []


def test_identifiers_end_where_their_pattern_does():
    import msgspec

    for kind, text in ((manifest._Id, "id\n"), (manifest._Text, "ok\x1b")):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, kind)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])
def test_formulas_are_texts_for_spreadsheets(text):
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["smile", "a=b", "1.5", ""])
def test_other_cells_stay(text):
    assert harmless_cell(text) == text


HUGE = ["[Infinity]", "[4611686018427387904, 4611686018427387904, 0]", "[18446744073709551616, 0]",
        "[1e400]", "[" + "0, " * 70 + "0]", "[true]", "[-1, 0]", '["4"]', "[1.5, 0]"]  # fmt: skip


@pytest.mark.parametrize("shape", HUGE)
def test_hostile_shapes_of_safetensors_are_a_sentence(shape, tmp_path):
    header = f'{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}}}'.encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    for read in (open_generator, vector_files.read_vectors):
        with pytest.raises(LatentStudioError):
            run(read(path))


@pytest.mark.parametrize("offsets", ["[0.0, 0]", "[0, Infinity]", "[[], 0]", '["0", 0]'])
def test_hostile_offsets_too(offsets, tmp_path):
    header = f'{{"a":{{"dtype":"F32","shape":[0],"data_offsets":{offsets}}}}}'.encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(LatentStudioError):
        run(open_generator(path))


@pytest.mark.parametrize("shape", [(0, 2**62, 2**62), (0, 2**70), (0,) * 70, (2**62,) * 20])
def test_hostile_shapes_of_npy_are_a_sentence(shape, tmp_path):
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    (tmp_path / "a.npy").write_bytes(file.getvalue())
    with pytest.raises(FileError):
        npy_files.read_npy(tmp_path / "a.npy")


def test_sane_shapes():
    for shape in ((), (0,), (3, 0, 5), (2**20, 2**20)):
        assert sizes.are_sane(shape)
    for shape in ((2**57,), (0, 2**57), (2**30, 2**30), (True,), (1.0,), (-1,), (1,) * 17):
        assert not sizes.are_sane(shape)


def test_far_too_many_arrays_are_told_at_once(tmp_path, monkeypatch):
    import torch
    from safetensors.numpy import save_file

    monkeypatch.setattr(vector_files, "MOST", 20)
    monkeypatch.setattr(vector_files, "_BESIDE", 5)
    rows = {f"d{n}": np.ones(4, np.float32) * n for n in range(30)}
    save_file(rows, tmp_path / "a.safetensors")
    np.savez(tmp_path / "a.npz", **rows)
    torch.save({name: torch.from_numpy(row) for name, row in rows.items()}, tmp_path / "a.pt")
    for name in ("a.safetensors", "a.npz", "a.pt"):
        with pytest.raises(FileError, match=r"arrays; a preset takes 20 directions"):
            run(vector_files.read_vectors(tmp_path / name))


def test_a_sentence_about_a_file_names_it_once():
    assert about("a.pkl", "This file is damaged.") == "a.pkl: This file is damaged."
    assert about("a.pkl", "There is no file a.pkl.") == "There is no file a.pkl."
    assert about("", "No.") == "No."


@pytest.mark.parametrize(
    ("taken", "free"),
    [((), "Mouth"), (("Mouth",), "Mouth 2"), (("Mouth", "Mouth 2", "Mouth 4"), "Mouth 3")],
)
def test_the_first_name_that_nobody_has(taken, free):
    assert first_free("Mouth", taken) == free
