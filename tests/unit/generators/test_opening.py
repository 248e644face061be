"""Recognising, saving and naming models."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from latentstudio.core import paths
from latentstudio.core.errors import CheckpointError, FileError, ResourceError
from latentstudio.core.progress import run
from latentstudio.generators import builtin, registry, table
from latentstudio.generators.registry import families, open_generator
from latentstudio.generators.save import save_generator

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"
ORIGINALS = [
    "stylegan2-ada-64.pkl",
    "stylegan2-ada-conditional-32.pkl",
    "stylegan2-from-stylegan3-repo-64.pkl",
    "stylegan3-t-64.pkl",
    "stylegan2-tf-32.pkl",
    "rosinality-stylegan2-64.pt",
    "biggan-64-G_ema.pth",
    "biggan-deep-64",
]


def open_model(path):
    return run(open_generator(path))


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_same_network_in_our_own_file(name, tmp_path):
    original = open_model(GOLDEN / name)
    save_generator(original, tmp_path / "copy.safetensors")
    copy = open_model(tmp_path / "copy.safetensors")
    assert copy.info.fingerprint == original.info.fingerprint
    assert copy.info.abilities == original.info.abilities
    assert copy.info.spaces == original.info.spaces
    family = {"family": original.info.family}
    assert copy.weights.settings == json.loads(json.dumps(original.weights.settings)) | family
    classes = torch.tensor([1, 2]) if original.info.classes else None
    codes = original.map(original.sample_z([3, 4]), classes)
    assert torch.equal(codes, copy.map(copy.sample_z([3, 4]), classes))
    pictures = [model.synthesize(model.broadcast(codes), classes) for model in (original, copy)]
    assert torch.equal(*pictures)


def test_a_file_that_cannot_be_saved_leaves_the_old_one(tmp_path):
    (tmp_path / "file").write_text("old")
    with pytest.raises(FileError):
        save_generator(open_model(builtin.find_model("portraits")), tmp_path / "file" / "x")
    assert (tmp_path / "file").read_text() == "old"


def test_content_decides_and_not_the_name(tmp_path):
    disguised = tmp_path / "holiday.jpg"
    shutil.copy(GOLDEN / "stylegan2-ada-64.pkl", disguised)
    info = open_model(disguised).info
    assert (info.family, info.name, info.resolution) == ("stylegan2", "holiday", 64)


def test_progress_never_falls_and_reaches_the_end():
    steps = list(open_generator(builtin.find_model("portraits")))
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] > 0.9


def test_an_unknown_model_says_what_was_seen(tmp_path):
    tensors = {"encoder.block.weight": torch.zeros(7, 5), "f\n" + "x" * 999: torch.zeros(1)}
    save_file(tensors, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError) as caught:
        open_model(tmp_path / "other.safetensors")
    text = str(caught.value)
    assert "encoder.block.weight 7×5" in text
    assert "f?xxx" in text
    assert len(text) < 300
    assert "StyleGAN2" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("synthesis.b16.conv0.bias"), "synthesis.b16.conv0.bias is missing"),
        (
            lambda t: t.update({"mapping.fc1.weight": torch.zeros(3, 3)}),
            "mapping.fc1.weight is 3×3",
        ),
        (lambda t: t.update({"mapping.w_avg": torch.zeros(128).long()}), "plain weights"),
        (
            lambda t: [t.pop(name) for name in list(t) if "mapping" in name],
            "mapping network is missing",
        ),
    ],
)
def test_a_broken_network_names_the_tensor(change, words, tmp_path):
    tensors = load_file(builtin.find_model("portraits"))
    change(tensors)
    save_file(tensors, tmp_path / "broken.safetensors", {"family": "stylegan2"})
    with pytest.raises(CheckpointError, match=words):
        open_model(tmp_path / "broken.safetensors")


def test_builtin_and_installed_models_have_names(tmp_path):
    assert builtin.find_model("portraits").name == "portraits.safetensors"
    installed = paths.data_dir() / "models" / "mine.pkl"
    installed.parent.mkdir(parents=True)
    shutil.copy(GOLDEN / "stylegan2-ada-64.pkl", installed)
    assert builtin.find_model("mine") == installed
    assert list(builtin.builtin_models()) == ["portraits", "portraits-128", "mine"]
    with pytest.raises(
        CheckpointError,
        match=r"nobody does not exist. Built-in models: portraits, portraits-128, mine",
    ):
        builtin.find_model("nobody")


def test_a_family_can_be_added_and_taken_back():
    family = table.Family("toy", "Toy", lambda *_: None)
    remove = table.add_family(family)
    assert family in families()
    with pytest.raises(ValueError, match="registered already"):
        table.add_family(family)
    remove()
    assert family not in families()


def test_a_model_whose_pictures_do_not_fit_is_refused(monkeypatch):
    free = iter([10**9, 2 * 10**6])  # for the weights, then for a picture
    monkeypatch.setattr(registry, "available_memory", lambda: next(free))
    with pytest.raises(ResourceError, match=r"needs about 3 MB of memory and 2 MB are free"):
        open_model(GOLDEN / "stylegan2-ada-64.pkl")
