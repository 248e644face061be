"""`region` on the built-in model: what it writes, and a sentence for what makes no sense."""

import io
import json

import numpy as np
import pytest
import safetensors.numpy
import torch
from PIL import Image

from latentstudio.core.paths import resources_dir
from latentstudio.engine.images import to_pixels
from latentstudio.exchange.presets import read_preset, read_previews

MOUTH = "box:22,40,20,12"


@pytest.fixture
def region(latentstudio, tmp_path):
    """Finds local directions of seed 16: (preset, report, lines printed)."""

    def run(*argv):
        preset, report = tmp_path / "local.lpreset", tmp_path / "report.json"
        fixed = ("region", "portraits", "--output", preset, "--report", report)
        status, out, err = latentstudio(*fixed, *argv)
        assert (status, err) == (0, "")
        return read_preset(preset), json.loads(report.read_text()), out.splitlines()

    return run


def test_the_mouth_opens_and_closes_and_little_else_moves(region, latentstudio, tmp_path):
    jacobian = tmp_path / "j.safetensors"
    found, report, lines = region(
        "--seeds", "16", "--mask", MOUTH, "--count", "3", "--jacobian", jacobian
    )
    preset = tmp_path / "local.lpreset"
    assert lines[-1] == str(preset)
    assert len(lines) == 5
    assert [d.method for d in found.directions] == ["resefa"] * 3
    assert found.directions[0].layers == (4, 7)
    assert list(read_previews(preset)) == ["resefa-0", "resefa-1", "resefa-2"]
    best = report["directions"][0]
    assert best["leak"] < 0.2
    assert report["eigenvalues"] == sorted(report["eigenvalues"], reverse=True)
    assert (report["space"], report["layers"], len(report["latent"])) == ("w", [4, 7], 128)

    tensors = safetensors.numpy.load_file(jacobian)
    assert tensors["jacobian"].shape == (64, 64, 3, 128)
    np.testing.assert_array_equal(tensors["codes"][0, 0], np.float32(report["latent"]))
    # The leak that is told is the one that pictures made by another command show.
    status, _, _ = latentstudio(
        "walk", "portraits", "--preset", preset, "--direction", "0", "--seeds", "16",
        "--from", "-2", "--to", "2", "--steps", "9", "--format", "npy", "--output", tmp_path,
    )  # fmt: skip
    assert status == 0
    images = np.load(tmp_path / "images.npy")
    heat = np.abs(images[[0, 8]] - images[4]).mean((0, 1))
    inside = np.zeros((64, 64), bool)
    inside[40:52, 22:42] = True
    assert best["leak"] == pytest.approx(heat[~inside].mean() / heat[inside].mean(), rel=1e-3)
    assert best["strength"] == pytest.approx(heat[inside].mean() / 2, rel=1e-3)
    with Image.open(io.BytesIO(read_previews(preset)["resefa-0"])) as strip:
        shown = np.asarray(strip.convert("RGB"))
    side = shown.shape[1] // 3
    still = to_pixels(torch.from_numpy(images[4:5]))[0]
    np.testing.assert_array_equal(shown[:, side : 2 * side], still)
    # And the Jacobian foretells a small step of it.
    vector = found.directions[0].vector * found.directions[0].unit
    pushed = (tensors["jacobian"] @ vector).transpose(2, 0, 1)
    step = images[5] - images[3]  # from -0.5 to 0.5
    assert np.corrcoef(pushed.ravel(), step.ravel())[0, 1] > 0.9


def test_a_painted_mask_is_as_good_as_a_box(region, tmp_path):
    pixels = np.zeros((128, 128), np.uint8)
    pixels[80:104, 44:84] = 255  # the box, at twice the size
    Image.fromarray(pixels).save(tmp_path / "mask.png")
    painted = region("--seeds", "16", "--mask", tmp_path / "mask.png", "--count", "2")[1]
    boxed = region("--seeds", "16", "--mask", MOUTH, "--count", "2")[1]
    np.testing.assert_allclose(painted["eigenvalues"], boxed["eigenvalues"], rtol=1e-9)


def test_given_codes_are_where_it_is_found(region, tmp_path):
    codes = np.random.RandomState(5).randn(1, 10, 128).astype(np.float32) * 0.1
    np.save(tmp_path / "w.npy", codes)
    _, report, _ = region("--latents", tmp_path / "w.npy", "--space", "w+", "--mask", MOUTH,
                          "--option", "layers=all")  # fmt: skip
    assert (report["space"], report["layers"]) == ("w+", [0, 9])
    np.testing.assert_allclose(report["latent"], codes.ravel(), rtol=1e-6)


def test_lowrankgan_finds_what_the_region_has(region):
    more = ("--option", "relax=8", "--option", "sparsity=0.1", "--count", "2")
    _, report, _ = region("--seeds", "16", "--mask", MOUTH, "--method", "lowrankgan", *more)
    assert report["method"] == "lowrankgan"
    assert report["options"]["relax"] == 8
    assert report["rank"] >= len(report["directions"]) == 2
    assert report["directions"][0]["leak"] < 1


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (["--seeds", "0-64", "--mask", MOUTH], "at most 64 pictures"),
        (["--mask", MOUTH], "--seeds"),
        (["--seeds", "0", "--mask", "box:1,2,3"], "box:x,y,w,h"),
        (["--seeds", "0", "--mask", "box:60,60,10,10"], "64 x 64"),
        (["--seeds", "0", "--mask", "box:0,0,64,64"], "whole picture"),
        (["--seeds", "0", "--mask", "nowhere.png"], "nowhere.png"),
        (["--seeds", "0", "--mask", MOUTH, "--method", "sefa"], "resefa, lowrankgan"),
        (["--seeds", "0", "--mask", MOUTH, "--option", "tau=-1"], "tau"),
        (["--seeds", "0", "--mask", MOUTH, "--option", "layers=4-70"], "layers 0 to 9"),
        (["--seeds", "0", "--mask", MOUTH, "--count", "129"], "128 dimensions"),
        (["--seeds", "0", "--mask", MOUTH, "--count", "0"], "1 to 512"),
        (["--seeds", "0", "--mask", MOUTH, "--report", "taken/r.json"], "taken is a file"),
        (["--seeds", "0", "--mask", MOUTH, "--jacobian", "taken/j"], "taken is a file"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(refused, tmp_path, monkeypatch, argv, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file")
    assert word in refused("region", "portraits", "--output", "a.lpreset", *argv)
    assert not list(tmp_path.glob("*.lpreset"))


def test_a_refined_path_leaks_less_and_what_is_outside_stays(region, latentstudio, tmp_path):
    where = ("--seeds", "16", "--mask", MOUTH, "--count", "1")
    straight = region(*where)[1]
    found, bent, _ = region(*where, "--path", "refined", "--protect")
    assert (straight["path"], bent["path"]) == ("straight", "refined")
    assert bent["directions"][0]["leak_at_0.25"] < 0.5 * straight["directions"][0]["leak_at_0.25"]
    (one,) = found.directions
    assert one.kind == "local"
    assert one.payload.points.shape == (len(one.payload.amounts), 10, 128)
    assert list(found.masks) == [one.payload.mask]

    preset = tmp_path / "local.lpreset"
    status, _, _ = latentstudio(
        "walk", "portraits", "--preset", preset, "--direction", "0", "--seeds", "16",
        "--from", "-4", "--to", "4", "--steps", "3", "--format", "npy", "--output", tmp_path,
    )  # fmt: skip
    assert status == 0
    images = np.load(tmp_path / "images.npy")
    far = np.ones((64, 64), bool)
    far[34:58, 16:48] = False  # the box and its soft edge
    for moved in images[[0, 2]]:
        np.testing.assert_array_equal(moved[:, far], images[1][:, far])
        assert np.abs(moved - images[1])[:, 40:52, 22:42].mean() > 0.03
    status, _, _ = latentstudio(
        "render", "portraits", "--preset", preset, "--amounts", "0=4", "--seeds", "16",
        "--format", "npy", "--output", tmp_path / "r",
    )  # fmt: skip
    assert status == 0
    np.testing.assert_allclose(np.load(tmp_path / "r" / "images.npy")[0], images[2], atol=1e-5)
    status, _, _ = latentstudio(
        "render", "portraits", "--preset", preset, "--amounts", "0=4", "--seeds", "16",
        "--format", "npy", "--output", tmp_path / "f", "--blend", "features:b32.conv1",
    )  # fmt: skip
    assert status == 0
    joined = np.load(tmp_path / "f" / "images.npy")[0]
    np.testing.assert_allclose(joined[:, :28], images[1][:, :28], atol=1e-5)  # beyond the rim
    assert np.abs(joined - images[1])[:, 40:52, 22:42].mean() > 0.03
    assert np.abs(joined - images[2]).max() > 1e-3


def test_a_path_of_several_pictures_is_refused(latentstudio, tmp_path):
    status, _, err = latentstudio(
        "region", "portraits", "--seeds", "1,2", "--mask", MOUTH, "--path", "curved",
        "--output", tmp_path / "l.lpreset",
    )  # fmt: skip
    assert status == 2
    assert "one picture" in err


def test_any_direction_of_a_preset_is_held_to_the_mask(region, latentstudio, tmp_path):
    shipped = resources_dir() / "presets" / "portraits.lpreset"
    names = [one.name for one in read_preset(shipped).directions]
    glasses = str(names.index("Glasses"))
    found, report, lines = region(
        "--seeds", "16", "--mask", MOUTH, "--hold", shipped, "--direction", glasses, "--protect"
    )
    (one,) = found.directions
    (row,) = report["directions"]
    assert one.name == row["name"]
    assert one.name == "Glasses, mouth only"
    assert one.provenance.of == "named-glasses"
    assert row["leak_at_0.25"] < 0.7 * row["free_leak_at_0.25"]
    assert len(lines) == 3
    status, _, _ = latentstudio(
        "walk", "portraits", "--preset", tmp_path / "local.lpreset", "--direction", "0",
        "--seeds", "16", "--steps", "3", "--format", "npy", "--output", tmp_path,
    )  # fmt: skip
    assert status == 0
    low, still, high = np.load(tmp_path / "images.npy")
    assert np.array_equal(low[:, :30], still[:, :30])  # far from the mouth
    assert np.abs(low - high)[:, 42:50, 24:40].mean() > 0.1


def test_a_direction_is_held_in_one_picture(refused, preset, tmp_path):
    said = refused(
        "region", "portraits", "--seeds", "1-3", "--mask", MOUTH, "--hold", preset,
        "--output", tmp_path / "held.lpreset",
    )  # fmt: skip
    assert "Give one seed" in said
