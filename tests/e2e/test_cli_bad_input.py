"""Whatever is wrong: one sentence, status 2, nothing half-written, the old files intact."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from latentstudio.discovery import start
from latentstudio.document.direction import Linear

RENDER = ("render", "portraits", "--seeds", "0")


def inside(folder):
    """Files in a folder, hidden ones too."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if "home" not in p.parts)


HOSTILE = b"cos\nsystem\n(S'touch executed.txt'\ntR."
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"
MODELS = {
    "missing.pkl": (None, "missing.pkl"),
    "empty.safetensors": (b"", "empty"),
    "empty.pkl": (b"", "empty"),
    "text.pt": (b"hello", "text.pt"),
    "pointer.pkl": (POINTER, "pointer"),
    "hostile.pkl": (HOSTILE, "holds a program"),
    "cut.safetensors": (b"\x10\x27\0\0\0\0\0\0{", "ends in the middle"),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("command", ["inspect", "render", "density", "discover", "walk", "tour"])
def test_models_that_are_none(refused, preset, tmp_path, monkeypatch, name, command):
    monkeypatch.chdir(tmp_path)
    data, words = MODELS[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    before = inside(tmp_path)
    more = {
        "inspect": [],
        "render": ["--seeds", "0", "--output", "out"],
        "density": ["--json"],
        "discover": ["--method", "sefa", "--output", "out/a.lpreset"],
        "walk": ["--preset", preset, "--direction", "0", "--seeds", "0", "--output", "out"],
        "tour": ["--output", "out"],
    }[command]
    assert words in refused(command, name, *more)
    assert inside(tmp_path) == before


def test_a_cut_model_says_so(refused, tmp_path):
    whole = (Path(__file__).parents[2] / "resources/generators/portraits.safetensors").read_bytes()
    (tmp_path / "half.safetensors").write_bytes(whole[: len(whole) // 2])
    refused("inspect", tmp_path / "half.safetensors")


def test_a_name_that_is_no_model_lists_those_that_are(refused):
    assert "portraits" in refused("inspect", "potraits")


def test_a_device_that_is_not_there(refused, tmp_path):
    assert "cuda:9" in refused(*RENDER, "--device", "cuda:9", "--output", tmp_path)


ARRAYS = {
    "wrong size": (np.ones((2, 127), np.float32), "(N, 128)"),
    "one number": (np.float32(1), "(N, 128)"),
    "three axes": (np.ones((2, 9, 128), np.float32), "(N, 10, 128)"),
    "none": (np.ones((0, 128), np.float32), "no latents"),
    "NaN": (np.full((2, 128), np.nan, np.float32), "finite"),
    "infinity": (np.full((2, 128), np.inf), "finite"),
    "whole numbers": (np.ones((2, 128), np.int64), "int64"),
    "yes and no": (np.ones((2, 128), bool), "bool"),
    "complex": (np.ones((2, 128), complex), "complex128"),
    "text": (np.array([["a"] * 128]), "<U1"),
}


@pytest.mark.parametrize("what", ARRAYS)
@pytest.mark.parametrize("command", ["render", "density"])
def test_latents_that_do_not_fit(refused, tmp_path, what, command):
    array, words = ARRAYS[what]
    np.save(tmp_path / "z.npy", array)
    more = ["--output", tmp_path / "out"] if command == "render" else ["--json"]
    assert words in refused(command, "portraits", "--latents", tmp_path / "z.npy", *more)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("space", "shape"), [("w", "(N, 128)"), ("w+", "(N, 10, 128)")])
def test_latents_of_the_wrong_size_for_their_space(refused, tmp_path, space, shape):
    np.save(tmp_path / "w.npy", np.ones((2, 9, 128), np.float32))
    said = refused("density", "portraits", "--latents", tmp_path / "w.npy", "--space", space)
    assert shape in said


def test_pickled_latents_are_not_run(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.npy").write_bytes(HOSTILE)
    assert "a whole .npy file" in refused("density", "portraits", "--latents", "a.npy")
    assert not (tmp_path / "executed.txt").exists()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["render", "portraits", "--output", "out"], "--seeds 0-7 or --latents"),
        ([*RENDER, "--latents", "a.npy", "--output", "out"], "not both"),
        ([*RENDER, "--space", "w", "--output", "out"], "--space says"),
        ([*RENDER, "--amounts", "0=1", "--output", "out"], "belong together"),
        ([*RENDER, "--preset", "a.lpreset", "--output", "out"], "belong together"),
        (["discover", "portraits", "--method", "magic", "--output", "out"], "'magic'"),
        (["discover", "portraits", "--method", "sefa", "--option", "count", "--output", "out"],
         "count has no value"),
        (["discover", "portraits", "--method", "sefa", "--option", "count=0", "--output", "out"],
         "count can't be 0"),
        (["discover", "portraits", "--method", "sefa", "--option", "colour=1", "--output", "out"],
         "an option of this method"),
        (["discover", "portraits", "--method", "sefa", "--option", "layers=20", "--output", "out"],
         "layer"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_go_together(refused, tmp_path, monkeypatch, argv, words):
    monkeypatch.chdir(tmp_path)
    assert words in refused(*argv)
    assert not (tmp_path / "out").exists()


CONDITIONAL = (
    Path(__file__).parents[1] / "golden" / "generators" / "stylegan2-ada-conditional-32.pkl"
)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--seeds", "0-3", "--classes", "0,1"], "2 classes for 4 pictures"),
        (["--seeds", "0", "--classes", "3"], "classes 0 to 2, not 3"),
        (["--classes", "3"], "one class from 0 to 2"),
        (["--classes", "0,1"], "one class from 0 to 2"),
    ],
)
def test_classes_that_are_not_there(refused, argv, words):
    assert words in refused("density", CONDITIONAL, *argv)


def test_directions_that_are_not_there(refused, preset, tmp_path):
    walk = ("walk", "portraits", "--seeds", "0", "--output", tmp_path / "out")
    said = refused(*walk, "--preset", preset, "--direction", "3")
    assert "holds 3, 0 to 2" in said
    assert "holds 3" in refused(*RENDER, "--output", tmp_path, "--preset", preset,
                                "--amounts", "0=1,7=2")  # fmt: skip
    assert "no preset" in refused(*walk, "--preset", tmp_path / "none.lpreset", "--direction", "0")


def test_presets_of_another_model_are_tried_only_where_they_fit(
    latentstudio, refused, preset, tmp_path
):
    from dataclasses import replace

    from latentstudio.exchange.presets import read_preset, write_preset

    found = read_preset(preset)
    other = replace(found, model=replace(found.model, fingerprint="0" * 64))
    write_preset(other, tmp_path / "other.lpreset")
    argv = [*RENDER, "--output", tmp_path / "out", "--preset", tmp_path / "other.lpreset"]
    status, _, err = latentstudio(*argv, "--amounts", "0=1")
    assert (status, err) == (
        0, "Note: These directions were made for another model. Trying them anyway.\n"
    )  # fmt: skip
    short = tuple(replace(d, payload=Linear(d.vector[:100])) for d in found.directions)
    model = replace(other.model, dims={"w": 100})
    write_preset(replace(other, directions=short, model=model), tmp_path / "other.lpreset")
    status, out, err = latentstudio(*argv, "--amounts", "0=1")
    assert (status, out) == (2, "")
    assert "another model" in err.splitlines()[-1]


def test_broken_presets(refused, preset, tmp_path):
    (tmp_path / "cut.lpreset").write_bytes(preset.read_bytes()[:500])
    for action in ("info", "check"):
        assert "cut.lpreset" in refused("presets", action, tmp_path / "cut.lpreset")


@pytest.mark.parametrize(
    "argv",
    [
        [*RENDER, "--output"],
        ["walk", "portraits", "--preset", "none", "--direction", "0", "--seeds", "0", "--output"],
        ["tour", "--output"],
    ],
)
def test_folders_that_cannot_be_written(refused, tmp_path, argv):
    (tmp_path / "file").write_text("mine")
    assert "Name a folder" in refused(*argv, tmp_path / "file")
    assert "can't be written" in refused(*argv, tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_preset_that_cannot_be_written(refused, tmp_path):
    discover = ("discover", "portraits", "--method", "sefa", "--output")
    (tmp_path / "file").write_text("mine")
    assert "is a folder" in refused(*discover, tmp_path)
    assert "Name a folder" in refused(*discover, tmp_path / "file" / "a.lpreset")
    below = tmp_path / "file" / "below" / "a.lpreset"
    assert "can't be written" in refused(*discover, below)


def test_a_page_of_somebody_else_is_kept(refused, tmp_path):
    (tmp_path / "index.html").write_text("<h1>Mine</h1>")
    assert "not one of our pages" in refused("tour", "--output", tmp_path)
    assert inside(tmp_path) == ["index.html"]


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "filler"}


def test_an_array_larger_than_the_disk_leaves_the_old_one(small_disk, results, refused):
    argv = ["render", "portraits", "--format", "npy", "--output", small_disk.folder, "--seeds"]
    results(*argv, "0")
    old = contents(small_disk.folder)
    assert "The disk is full" in refused(*argv, "0-15")
    assert list(old) == ["images.npy"]
    assert contents(small_disk.folder) == old


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_full_disk_leaves_the_old_picture(small_disk, results, refused, kind):
    argv = ["render", "portraits", "--seeds", "0", "--format", kind, "--output", small_disk.folder]
    results(*argv)
    old = contents(small_disk.folder)
    small_disk.fill()
    assert "The disk is full" in refused(*argv, "--truncation", "0.5")
    assert list(old) == [f"0000-seed0.{kind}"]
    assert contents(small_disk.folder) == old


def test_a_full_disk_keeps_the_old_preset(small_disk, refused, preset):
    path = small_disk.folder / "a.lpreset"
    path.write_bytes(preset.read_bytes())
    small_disk.fill()
    said = refused("discover", "portraits", "--method", "sefa", "--output", path)
    assert "The disk is full" in said
    assert contents(small_disk.folder) == {"a.lpreset": preset.read_bytes()}


def test_ctrl_c_while_rendering_leaves_the_old_file(latentstudio, results, tmp_path, monkeypatch):
    from latentstudio.render.pipeline import Pipeline

    argv = ["render", "portraits", "--seeds", "0-40", "--format", "npy", "--output", tmp_path]
    results(*argv)
    before = (tmp_path / "images.npy").read_bytes()
    made = []
    images = Pipeline.images

    def interrupted(self, latents, noise="const"):
        made.append(len(latents))
        if len(made) == 3:
            raise KeyboardInterrupt
        return images(self, latents, noise)

    monkeypatch.setattr(Pipeline, "images", interrupted)
    status, out, err = latentstudio(*argv, "--truncation", "0.5")
    assert (status, out) == (130, "")
    assert err.count("\n") == 1
    assert made == [16, 16, 9]
    assert (tmp_path / "images.npy").read_bytes() == before
    assert inside(tmp_path) == ["images.npy"]


@pytest.mark.parametrize("method", ["sefa", "ganspace"])
def test_ctrl_c_at_any_step_of_a_discovery_leaves_nothing(
    latentstudio, tmp_path, monkeypatch, method
):
    closed = []
    discover = start.discover

    def interrupted(*args):
        job = discover(*args)
        try:
            yield next(job)
            raise KeyboardInterrupt
        finally:
            job.close()
            closed.append(True)

    monkeypatch.setattr(start, "discover", interrupted)
    argv = ["discover", "portraits", "--method", method, "--output", tmp_path / "a.lpreset"]
    status, out, err = latentstudio(*argv)
    assert (status, out) == (130, "")
    assert err.count("\n") == 1
    assert closed == [True]
    assert inside(tmp_path) == []


def test_ctrl_c_in_a_running_program_leaves_nothing(cli_home, tmp_path):
    argv = [sys.executable, "-m", "latentstudio", "discover", "portraits", "--method", "ganspace",
            "--option", "samples=10000000", "--output", str(tmp_path / "a.lpreset")]  # fmt: skip
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
        # A run in the background of a script ignores Ctrl+C, and so would the program.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as program:  # fmt: skip
        next(line for line in program.stderr if "Sampl" in line)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=120)
    assert (program.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("latentstudio: Stopped")
    assert inside(tmp_path) == []


def test_a_broken_cache_is_moved_aside_and_said_once(latentstudio, tmp_path, monkeypatch):
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path))
    argv = ["density", "portraits", "--json"]
    status, out, err = latentstudio(*argv)
    assert (status, err) == (0, "")
    [kept] = tmp_path.rglob("density*.safetensors")
    kept.write_bytes(kept.read_bytes()[:1000])
    status, again, err = latentstudio(*argv)
    assert (status, again) == (0, out)
    assert err.startswith("Note: A cache file was damaged")
    assert err.count("\n") == 1
    assert latentstudio(*argv) == (0, out, "")
