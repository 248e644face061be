"""Models inside archives and folders, and what other programs' files are called."""

import gzip
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import run
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.engine.likeliest import likeliest
from latentstudio.generators.registry import open_generator

FIELD = Path(__file__).parents[2] / "golden" / "field"


def model(value=1.0):
    return {"weight": torch.full((2, 3), value)}


@pytest.fixture
def run_folder(tmp_path):
    folder = tmp_path / "00000-run"
    folder.mkdir()
    for number in (0, 200, 1000):
        torch.save(model(number), folder / f"network-snapshot-{number:06d}.pkl")
    torch.save(model(-1), folder / "optimizer-002000.pt")
    (folder / "log.txt").write_text("loss")
    return folder


def packed(folder, kind):
    path = folder.parent / f"run.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in sorted(folder.iterdir()):
                archive.write(one, f"{folder.name}/{one.name}")
    elif kind == "pkl.gz":
        with gzip.open(path, "wb") as file:
            file.write((folder / "network-snapshot-001000.pkl").read_bytes())
    else:
        with tarfile.open(path, {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[kind]) as archive:
            archive.add(folder, folder.name)
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "pkl.gz"])
def test_the_latest_model_of_an_archive_is_read(kind, run_folder):
    found = run(read_checkpoint(packed(run_folder, kind)))
    assert torch.equal(found.content["weight"], model(1000)["weight"])
    assert found.inside


def test_the_latest_model_of_a_folder_is_read(run_folder):
    deep = run_folder.parent / "work" / "output"
    shutil.copytree(run_folder, deep / "checkpoints" / "last")
    for folder in (run_folder, run_folder.parent, deep, deep.parent):
        found = run(read_checkpoint(folder))
        assert found.path.name == "network-snapshot-001000.pkl"


def test_which_model_is_likeliest():
    assert likeliest(["a/G_10.pth", "a/G_9.pth", "a/D_11.pth"]) == "a/G_10.pth"
    assert likeliest(["netG_5.pt", "netG_ema_4.pt", "encoder_9.pt"]) == "netG_ema_4.pt"
    assert likeliest(["../../x.pkl", "__MACOSX/a.pkl", "notes.txt"]) is None


def sentence(path):
    with pytest.raises(LatentStudioError) as caught:
        run(open_generator(path))
    text = caught.value.sentence()
    assert "\n" not in text
    return text


def test_an_archive_that_unpacks_to_far_too_much(tmp_path):
    path = tmp_path / "bomb.pkl.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(100):
            file.write(bytes(2**20))
    assert "far more than a model" in sentence(path)


def test_an_archive_that_is_cut_off(run_folder):
    path = packed(run_folder, "tar.gz")
    path.write_bytes(path.read_bytes()[:-40])
    assert "ends in the middle" in sentence(path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("model.h5", b"\x89HDF\r\n\x1a\n" + b"keras_version" + bytes(99), "Keras model (HDF5)"),
        ("data.hdf5", b"\x89HDF\r\n\x1a\n" + bytes(99), "an HDF5 file"),
        ("model.tflite", b"\x1c\x00\x00\x00TFL3" + bytes(99), "TensorFlow Lite"),
        ("model.pb", b"\x0a\x10" + bytes(99), "graph of TensorFlow"),
        ("ckpt.data-00000-of-00001", bytes(99), "part of a TensorFlow checkpoint"),
        ("model.7z", b"7z\xbc\xaf" + bytes(99), "packed archive (7z)"),
        ("x.npy", b"\x93NUMPY\x01\x00" + bytes(99), "array of NumPy"),
    ],
)
def test_other_programs_files_are_named(name, data, words, tmp_path):
    (tmp_path / name).write_bytes(data)
    found = sentence(tmp_path / name)
    assert words in found
    assert found.startswith(f"{name} is ")


@pytest.mark.parametrize("name", ["generator.h5", "generator.keras"])
def test_keras_models_say_how_they_are_turned_into_onnx(name):
    """TensorFlow is named, too: the converter does not bring it."""
    said = "pip install tensorflow tf2onnx; python -m tf2onnx.convert --keras"
    assert said in sentence(FIELD / name)


@pytest.mark.parametrize(
    ("marks", "what", "then"),
    [
        (b"keras_version layer_names model_config", "a Keras model (HDF5)", "--keras x.h5"),
        (b"keras_version layer_names", "a file of Keras weights (HDF5)", "load_weights('x.h5')"),
        (b"vars layers", "a file of Keras weights (HDF5)", "model.export('model.onnx'"),
    ],
    ids=["whole", "weights of Keras 2", "weights of Keras 3"],
)
def test_weights_without_a_network_are_not_said_to_convert(marks, what, then, tmp_path):
    """The converter ends with "No model config found" on them."""
    (tmp_path / "x.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(700) + marks)
    said = sentence(tmp_path / "x.h5")
    assert said.startswith(f"x.h5 is {what}.")
    assert then in said


def test_folders_of_tensorflow_are_named(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "saved_model.pb").write_bytes(b"x")
    assert "TensorFlow SavedModel" in sentence(tmp_path / "model")
    shutil.rmtree(tmp_path / "model")
    (tmp_path / "model").mkdir()
    assert "is a folder that holds no model" in sentence(tmp_path / "model")


def test_a_program_of_torch_export_is_named(tmp_path):
    """Its zip holds a sample input that looks like a model."""
    with zipfile.ZipFile(tmp_path / "x.pt2", "w") as archive:
        archive.writestr("x/archive_format", "pt2")
        archive.writestr("x/models/model.json", "{}")
        torch.save(model(), tmp_path / "input.pt")
        archive.write(tmp_path / "input.pt", "x/data/sample_inputs/model.pt")
    with pytest.raises(LatentStudioError, match=r"x.pt2 is a program written by torch.export"):
        run(read_checkpoint(tmp_path / "x.pt2"))
