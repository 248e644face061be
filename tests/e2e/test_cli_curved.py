"""Curved paths and groups of channels on the command line, against the formulas and the window."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document import groups
from latentstudio.document.direction import CurvedPath, DirectionSet, ModelKey
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.exchange.warpedganspace_files import import_folder
from latentstudio.render.renderer import Renderer
from latentstudio.store.densities import reference
from tests.toys import curved
from tests.toys.curved import TAP
from tests.toys.planted import PlantedGenerator

FOLDERS = Path(__file__).parents[1] / "golden" / "methods"
SEEDS = [3, 5]


@pytest.fixture(scope="module")
def directions(portraits):
    """A path in W, one in Z, and a direction that works through three groups."""
    in_z = curved.path("in-z", space=Space.Z, seed=1)
    return curved.in_w(portraits, "in-w"), in_z, curved.grouped(portraits, "g", off=[0])


@pytest.fixture
def preset(directions, portraits, tmp_path):
    path = tmp_path / "curved.lpreset"
    write_preset(DirectionSet(ModelKey.of(portraits.info), directions, "Curved"), path)
    return path


@pytest.fixture
def walked(results, preset, tmp_path):
    def walk(direction, *more):
        out = tmp_path / "walk"
        results("walk", "portraits", "--preset", preset, "--direction", direction, "--seeds", "3,5",
                "--from", "0", "--to", "3", "--steps", "16", "--format", "npy", *more,
                "--output", out)  # fmt: skip
        latents = np.load(out / "latents.npy").reshape(2, 16, -1)
        return latents, np.load(out / "images.npy").reshape(2, 16, 3, 64, 64)

    return walk


def tangent(z, direction):
    """Equation 5 of the paper, in float64."""
    s, a, g = (direction.payload.arrays[n].astype(float) for n in ("support", "alphas", "gammas"))
    away = z - s
    weights = a * g * np.exp(-g * (away**2).sum(1))
    gradient = -2 * weights @ away
    return gradient / np.linalg.norm(gradient)


@pytest.mark.parametrize("index", [0, 1])
def test_a_walk_follows_the_gradient_step_by_step(walked, directions, index):
    latents, _ = walked(index)
    direction = directions[index]
    for row in latents:
        here = row[0].astype(float)
        for point in row[1:]:
            here = here + 0.2 * direction.unit * tangent(here, direction)
            np.testing.assert_allclose(point, here, atol=1e-4)


def test_along_the_shell_of_z_the_radius_stays(walked, directions):
    latents, _ = walked(1, "--walk", "preserve")
    radii = np.linalg.norm(latents, axis=2)
    np.testing.assert_allclose(radii, np.repeat(radii[:, :1], 16, 1), rtol=1e-5)
    for row in latents:
        here, radius = row[0].astype(float), np.linalg.norm(row[0])
        for point in row[1:]:
            here = here + 0.2 * tangent(here, directions[1])
            here *= radius / np.linalg.norm(here)
            np.testing.assert_allclose(point, here, atol=1e-4)


def test_along_the_shell_of_w_the_meter_stands_still(walked, results, tmp_path):
    latents, _ = walked(0, "--walk", "preserve")
    np.save(tmp_path / "w.npy", latents[0])
    found = results("density", "portraits", "--latents", tmp_path / "w.npy", "--space", "w",
                    "--json")["latents"]  # fmt: skip
    coordinates = [one["coordinate"] for one in found]
    assert coordinates == pytest.approx([coordinates[0]] * 16, rel=1e-5)


@pytest.mark.parametrize("walk", ["straight", "preserve"])
def test_the_window_shows_what_the_command_line_renders(
    results, preset, portraits, tmp_path, walk, directions
):
    amounts = {"in-w": 2.5, "in-z": -1.75, "g": 2.0}
    results("render", "portraits", "--seeds", "5", "--preset", preset, "--amounts",
            "0=2.5,1=-1.75,2=2", "--groups", "2=2", "--walk", walk, "--format", "npy",
            "--output", tmp_path)  # fmt: skip
    renderer = Renderer(portraits)
    renderer.densities = {None: run(reference(portraits))}
    renderer.directions = {d.id: d for d in directions}
    edits = tuple(Edit(id, amount) for id, amount in amounts.items())
    edits = (*edits[:2], replace(edits[2], off=frozenset({0, 2})))
    picture = Picture(Seed(5), edits=edits, walk="preserve" if walk == "preserve" else "straight")
    latents = renderer.latents(picture)
    images = renderer.pipeline(picture).images(latents).numpy()
    np.testing.assert_allclose(np.load(tmp_path / "images.npy"), images, atol=1e-4)


def test_groups_are_as_the_preset_has_them_unless_said(walked, portraits, directions):
    latents, as_kept = walked(2)
    _, same = walked(2, "--groups", "2+3")
    _, all_of_them = walked(2, "--groups", "1+2+3")
    _, none = walked(2, "--groups", "none")
    np.testing.assert_array_equal(as_kept, same)
    assert np.abs(all_of_them[:, -1] - as_kept[:, -1]).max() > 0.01
    np.testing.assert_allclose(none, np.repeat(none[:, :1], 16, 1), atol=1e-5)
    np.testing.assert_array_equal(as_kept[:, 0], none[:, 0])
    before, after = (
        portraits.broadcast(torch.from_numpy(np.ascontiguousarray(latents[:, k]))) for k in (0, -1)
    )
    off = torch.from_numpy(groups.labels(directions[2]) == 0)[None, :, None, None]
    kept, moved = (portraits.features(codes, TAP) for codes in (before, after))
    mixture = {TAP: lambda _: torch.where(off, kept, moved)}
    want = portraits.synthesize_with(before, mixture).detach().numpy()
    np.testing.assert_allclose(as_kept[:, -1], want, atol=1e-4)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--direction", "2", "--groups", "7"), "no group 7. It has: 1, 2, 3"),
        (("--direction", "0", "--groups", "1"), "doesn't work through groups"),
        (("--direction", "2", "--groups", "first"), "names no groups"),
        (("--direction", "0", "--to", "1e6"), "can't be walked that far"),
    ],
)
def test_what_cannot_be_gets_a_sentence(latentstudio, preset, tmp_path, more, says):
    status, _, err = latentstudio("walk", "portraits", "--preset", preset, "--seeds", "3", *more,
                                  "--output", tmp_path / "out")  # fmt: skip
    assert status == 2
    assert says in err
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arrays": {}}, "without its support and alphas and gammas"),
        ({"gammas": [-1.0]}, "not above 0"),
        ({"gammas": [1.0, 1.0]}, "don't fit"),
        ({"support": np.ones((8, 5))}, "shape (8, 5)"),
    ],
)
def test_check_refuses_a_path_that_is_none(latentstudio, directions, tmp_path, change, says):
    arrays = dict(change.get("arrays", directions[0].payload.arrays))
    arrays |= {n: np.array(v, np.float32) for n, v in change.items() if n != "arrays"}
    one = replace(directions[0], payload=CurvedPath(directions[0].vector, **arrays))
    path = tmp_path / "broken.lpreset"
    write_preset(DirectionSet(ModelKey("f", "stylegan2", 64, {"w": 128}), (one,)), path)
    status, _, err = latentstudio("presets", "check", path)
    assert status == 2
    assert says in err


def test_check_passes_and_info_tells_the_kinds(latentstudio, results, preset):
    assert "sound: 3 directions" in latentstudio("presets", "check", preset)[1]
    told = "\n".join(results("presets", "info", preset))
    assert told.count("curved path") == 2
    assert told.count("groups of channels") == 1


@pytest.mark.parametrize("name", sorted(f.name for f in FOLDERS.glob("warpedganspace-*")))
def test_the_authors_folders_become_presets(latentstudio, tmp_path, name):
    path = tmp_path / "theirs.lpreset"
    status, out, _ = latentstudio("presets", "import", FOLDERS / name, "--output", path)
    assert (status, out.strip()) == (0, str(path))
    read = read_preset(path)
    want = import_folder(FOLDERS / name, PlantedGenerator().info)
    for ours, theirs in zip(want.directions, read.directions, strict=True):
        assert theirs.kind == "rbf"
        for array in ("support", "alphas", "gammas"):
            np.testing.assert_array_equal(theirs.payload.arrays[array], ours.payload.arrays[array])
    assert read.model.family == "SNGAN_AnimeFaces"
    assert latentstudio("presets", "check", path)[0] == 0


def test_an_import_that_cannot_be_gets_a_sentence(latentstudio, tmp_path):
    out = tmp_path / "p.lpreset"
    folder = FOLDERS / "warpedganspace-fixed"
    status, _, err = latentstudio("presets", "import", folder, "--model", "portraits",
                                  "--output", out)  # fmt: skip
    assert (status, "16 dimensions; this one has 128" in err) == (2, True)
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / "models" / "support_sets.pt").write_bytes(b"no tensors")
    status, _, err = latentstudio("presets", "import", broken, "--output", out)
    assert (status, "missing or damaged" in err) == (2, True)
    status, _, err = latentstudio("presets", "import", folder / "args.json", "--output", out)
    assert (status, "experiment folder" in err) == (2, True)
    assert not out.exists()
