"""Directions of other projects in and out, on the command line."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.cli.main import main as cli
from latentstudio.exchange.presets import read_preset, read_previews

FOLDER = Path(__file__).parents[1] / "golden" / "methods" / "warpedganspace-fixed"
DIM = 128
ROWS = np.random.RandomState(0).randn(3, DIM).astype(np.float32)
UNIT = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)


@pytest.fixture
def brought(latentstudio, tmp_path):
    """Imports a file with more arguments: the preset's path and the notes."""

    def run(source, *more):
        out = tmp_path / "in.lpreset"
        status, said, notes = latentstudio("presets", "import", source, *more, "--output", out)
        assert (status, said) == (0, f"{out}\n")
        return out, notes

    return run


def test_a_planted_row_is_the_displacement_of_a_walk(brought, results, tmp_path):
    np.save(tmp_path / "smile.npy", ROWS)
    path, notes = brought(tmp_path / "smile.npy", "--model", "portraits", "--unit", "0.5")
    assert "Read as 3 directions in W, all layers, with a unit of 0.5." in notes
    results("walk", "portraits", "--preset", path, "--direction", "1", "--seeds", "4", "--from",
            "0", "--to", "3", "--steps", "2", "--format", "npy", "--output", tmp_path)  # fmt: skip
    start, end = np.load(tmp_path / "latents.npy")
    np.testing.assert_allclose(end - start, 3 * 0.5 * UNIT[1], atol=1e-5)
    assert set(read_previews(path)) == {"vector-0", "vector-1", "vector-2"}
    assert "previews/vector-0.png" in "\n".join(results("presets", "info", path))
    told = results("presets", "info", path, "--json")
    assert told["previews"] == [f"previews/vector-{k}.png" for k in range(3)]
    with zipfile.ZipFile(path) as archive:
        assert set(told["previews"]) < set(archive.namelist())


def test_a_deformator_moves_along_its_columns(brought, tmp_path):
    weight = torch.from_numpy(UNIT.T.copy())
    torch.save({"linear.weight": weight}, tmp_path / "deformator_0.pt")
    path, notes = brought(tmp_path / "deformator_0.pt", "--space", "z", "--model", "portraits")
    found = read_preset(path)
    np.testing.assert_allclose([d.vector for d in found.directions], UNIT, atol=1e-6)
    assert {(d.space, d.unit) for d in found.directions} == {("z", 1.0)}
    assert "in Z, all layers, with a unit of 1." in notes


def test_without_a_model_they_stay_unbound(brought, tmp_path):
    np.savez(tmp_path / "a_w.npz", smile=ROWS[0], age=ROWS[1])
    path, notes = brought(tmp_path / "a_w.npz", "--layers", "2-5")
    assert "No model is noted." in notes
    found = read_preset(path)
    assert [(d.name, d.space, d.layers) for d in found.directions] == [
        ("smile", "w", (2, 5)), ("age", "w", (2, 5))]  # fmt: skip
    assert (found.model.fingerprint, dict(found.model.dims)) == ("", {"w": DIM})
    assert read_previews(path) == {}


def test_there_and_back_again(brought, results, latentstudio, preset, tmp_path):
    before = read_preset(preset).directions
    (array,) = results("presets", "export", preset, "--output", tmp_path / "arrays")
    np.testing.assert_array_equal(np.load(array), [d.vector for d in before])
    argv = ("presets", "export", preset, "--format", "safetensors", "--output", tmp_path / "t")
    for file in (array, *results(*argv)):
        path, notes = brought(file, "--model", "portraits")
        after = read_preset(path).directions
        assert notes == ""
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one.vector, other.vector)
            assert (one.name, one.unit, one.layers) == (other.name, other.unit, other.layers)
        assert set(read_previews(path)) == {d.id for d in after}
    # The array without its JSON: names and units are gone, the rows are there.
    Path(array).with_suffix(".json").unlink()
    after = read_preset(brought(array, "--model", "portraits")[0]).directions
    np.testing.assert_allclose([d.vector for d in after], [d.vector for d in before], atol=1e-6)


def test_curved_paths_go_where_they_can(brought, latentstudio, results, tmp_path):
    path, _ = brought(FOLDER)
    status, _, err = latentstudio("presets", "export", path, "--output", tmp_path / "no")
    assert (status, (tmp_path / "no").exists()) == (2, False)
    assert ".npy can't hold them. Choose --format safetensors." in err
    before = read_preset(path).directions
    for form in ("safetensors", "warpedganspace"):
        (place,) = results("presets", "export", path, "--format", form, "--output", tmp_path / form)
        after = read_preset(brought(place)[0]).directions
        for one, other in zip(before, after, strict=True):
            for name, array in one.payload.arrays.items():
                np.testing.assert_allclose(other.payload.arrays[name], array, rtol=1e-6)


class Program:
    """What a pickle would run when it is loaded carelessly."""

    def __reduce__(self):
        return os.system, ("touch executed.txt",)


def bad(folder):
    """Files that are refused, with words of the sentence, and more arguments."""
    named = {
        "short.npy": (np.eye(2, 5), "have 5 numbers; this model has 128 in W", ()),
        "nan.npy": (ROWS * np.nan, "NaN", ()),
        "zeros.npy": (ROWS * 0, "zeros only", ()),
        "nothing.npy": (ROWS[:0], "empty", ()),
        "objects.npy": (np.array([{}], object), "holds no directions", ()),
        "run.npy": (np.array([Program()], object), "holds a program", ()),
        "deep.npy": (ROWS[:1, None, :].repeat(3, 1) * [[[1], [2], [3]]], "have 3 layers", ()),
        "layers.npy": (ROWS, "this model has layers 0 to", ("--layers", "3-99")),
        "range.npy": (ROWS, "not a range of layers", ("--layers", "7-3")),
        "space.npy": (ROWS, "a space", ("--space", "x")),
        "unit.npy": (ROWS, "must be above 0", ("--unit", "0")),
    }
    for name, (array, words, more) in named.items():
        np.save(folder / name, array, allow_pickle=True)
        yield folder / name, words, more
    whole = (folder / "unit.npy").read_bytes()
    for name, data, words in (
        ("cut.npy", whole[:-9], "declares 384 numbers and holds"),
        ("empty.npy", b"", "empty"),
        ("text.npy", b"hello", "holds no directions"),
        ("folder.npz", b"PK\x03\x04", "ends in the middle"),
        ("program.pt", b"cos\nsystem\n(S'touch executed.txt'\ntR.", "holds a program"),
    ):
        (folder / name).write_bytes(data)
        yield folder / name, words, ()
    yield folder / "missing.npy", "holds no directions", ()
    yield folder, "holds no directions", ()


def test_bad_files_are_refused_in_a_sentence_each(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    out = tmp_path / "out.lpreset"
    for path, words, more in list(bad(tmp_path / "in")):
        said = refused("presets", "import", path, "--model", "portraits", *more, "--output", out)
        assert words in said, path.name
        assert not out.exists()
    assert not (tmp_path / "executed.txt").exists()


def test_every_direction_found_has_its_picture(tmp_path, cli_home, capsys):
    out = tmp_path / "sefa.lpreset"
    argv = ["discover", "portraits", "--method", "sefa", "--option", "count=2", "--output"]
    assert cli([*argv, str(out)]) == 0
    assert cli(["presets", "info", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.removeprefix(f"{out}\n"))
    assert told["previews"] == ["previews/sefa-0.png", "previews/sefa-1.png"]
    first, second = read_previews(out).values()
    assert first != second
