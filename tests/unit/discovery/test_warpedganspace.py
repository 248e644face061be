"""Paths as directions, and the authors' own folders read and written."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import FileError, LatentStudioError, OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.discovery import warpedganspace
from latentstudio.discovery.latents import survey
from latentstudio.discovery.warpedganspace import SupportSets, WarpedOptions
from latentstudio.engine.paths import Polyline, RbfPath, unit_shift
from latentstudio.exchange.warpedganspace_files import export_folder, import_folder
from tests.toys.planted import DIM, PlantedGenerator

GOLDEN = Path(__file__).parents[2] / "golden" / "methods"
FOLDERS = sorted(folder.name for folder in GOLDEN.glob("warpedganspace-*"))
INFO = GeneratorInfo("anime", "sngan", 64, 3, 0, 0, "f", {Space.Z: SpaceInfo(16, 1, Prior.NORMAL)})


@pytest.mark.parametrize("name", FOLDERS)
def test_imported_paths_walk_as_the_authors_do(name):
    found = import_folder(GOLDEN / name, INFO)
    assert [d.id for d in found.directions] == [f"warpedganspace-{k}" for k in range(6)]
    with np.load(GOLDEN / name / "golden.npz") as arrays:
        for column, k in enumerate(arrays["path_index"].tolist()):
            path = RbfPath.from_arrays(found.directions[k].payload.arrays)
            z = torch.from_numpy(arrays["z"][column])
            expected = torch.from_numpy(arrays["unit_shift"][column])
            torch.testing.assert_close(path.tangent(z), expected, atol=1e-5, rtol=0)
            line = Polyline(path, z)
            walked = torch.stack([line.at(0.2 * n) for n in range(11)])
            expected = torch.from_numpy(arrays["walk"][:, column])
            torch.testing.assert_close(walked, expected, atol=1e-5, rtol=0)


def test_what_was_set_is_read_too():
    first = import_folder(GOLDEN / "warpedganspace-learn-gammas", INFO).directions[0]
    assert first.kind == "rbf"
    assert first.space is Space.Z
    assert first.provenance.options["learn_gammas"] is True
    assert first.provenance.options["learn_alphas"] is False
    assert first.provenance.options["most"] == 0.35
    assert first.provenance.options["dipoles"] == 4
    assert first.measured["gan_type"] == "SNGAN_AnimeFaces"


@pytest.mark.parametrize("name", FOLDERS)
def test_there_and_back(name, tmp_path):
    found = import_folder(GOLDEN / name, INFO)
    export_folder(found, tmp_path / "ours")
    again = import_folder(tmp_path / "ours", INFO)
    for before, after in zip(found.directions, again.directions, strict=True):
        for key in ("support", "alphas", "gammas"):
            np.testing.assert_allclose(
                after.payload.arrays[key], before.payload.arrays[key], rtol=1e-6
            )
    theirs = json.loads((GOLDEN / name / "args.json").read_text())
    ours = json.loads((tmp_path / "ours" / "args.json").read_text())
    assert ours.keys() == theirs.keys()
    same = ("num_support_sets", "num_support_dipoles", "learn_alphas", "shift_in_w_space")
    assert [ours[key] for key in same] == [theirs[key] for key in same]
    saved = torch.load(tmp_path / "ours" / "models" / "support_sets.pt", weights_only=True)
    original = torch.load(GOLDEN / name / "models" / "support_sets.pt", weights_only=True)
    assert {k: v.shape for k, v in saved.items()} == {k: v.shape for k, v in original.items()}


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(GOLDEN / FOLDERS[0], tmp_path / "folder"))


def sets(folder, **changes):
    path = folder / "models" / "support_sets.pt"
    content = torch.load(path, weights_only=True) | changes
    torch.save({k: v for k, v in content.items() if v is not None}, path)


class Hostile:
    def __reduce__(self):
        return (Path("/nowhere/hostile").write_text, ("ran",))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "args.json").unlink(),
        lambda folder: (folder / "args.json").write_text("{"),
        lambda folder: (folder / "args.json").write_text("[]"),
        lambda folder: (folder / "models" / "support_sets.pt").write_bytes(b""),
        lambda folder: (folder / "models" / "support_sets.pt").write_bytes(b"version https://git"),
        lambda folder: (folder / "models" / "support_sets.pt").unlink(),
        lambda folder: sets(folder, ALPHAS=None),
        lambda folder: sets(folder, ALPHAS=torch.ones(6, 7)),
        lambda folder: sets(folder, ALPHAS=torch.full((6, 8), torch.nan)),
        lambda folder: sets(folder, ALPHAS=torch.ones(5, 8)),
        lambda folder: sets(folder, LOGGAMMA=torch.zeros(6, 2)),
        lambda folder: sets(folder, LOGGAMMA="0"),
        lambda folder: sets(folder, LOGGAMMA=torch.full((6, 1), 1000.0)),
        lambda folder: sets(folder, LOGGAMMA=torch.full((6, 1), -1000.0)),
        lambda folder: sets(folder, ALPHAS=torch.full((6, 8), 1e300, dtype=torch.float64)),
        lambda folder: sets(folder, SUPPORT_SETS=torch.zeros(1).expand(6, 128)),  # none stored
        lambda folder: sets(folder, SUPPORT_SETS=Hostile()),
        lambda folder: torch.save([1], folder / "models" / "support_sets.pt"),
    ],
)
def test_damaged_folders_get_a_sentence(folder, spoil):
    spoil(folder)
    with pytest.raises(FileError, match="is missing or damaged"):
        import_folder(folder, INFO)


def test_paths_of_another_size_or_space_are_refused(folder):
    other = {Space.Z: SpaceInfo(128, 1, Prior.NORMAL)}
    info = GeneratorInfo("n", "f", 64, 3, 0, 0, "f", other)
    with pytest.raises(OptionError, match="16 dimensions; this one has 128"):
        import_folder(folder, info)
    args = json.loads((folder / "args.json").read_text()) | {"shift_in_w_space": True}
    (folder / "args.json").write_text(json.dumps(args))
    with pytest.raises(OptionError, match="live in W"):
        import_folder(folder, INFO)


def test_more_paths_than_anybody_can_use_are_refused(folder):
    many = {"SUPPORT_SETS": 128, "ALPHAS": 8, "LOGGAMMA": 1}
    sets(folder, **{name: torch.ones(4097, size) for name, size in many.items()})
    with pytest.raises(OptionError, match="4,097 paths; up to 4,096"):
        import_folder(folder, INFO)


def test_only_paths_can_be_written(tmp_path):
    found = run(warpedganspace.discover(PlantedGenerator(), WarpedOptions(count=2, steps=1)))
    straight = type(found)(found.model, ())
    with pytest.raises(LatentStudioError, match="Only curved paths"):
        export_folder(straight, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mapped", [False, True])
def test_directions_walk_as_the_deformator_did(mapped):
    latents = run(survey(PlantedGenerator(mapped), "auto", "all"))
    support = SupportSets(WarpedOptions(count=3, dipoles=2), latents, seed=1)
    start, _ = latents.start(0, 0, 3)
    size = torch.tensor([0.3, -0.4, 0.25])
    moved = support(start, torch.arange(3), size)
    for k, path in enumerate(support.paths()):
        expected = start[k] + latents.scale * size[k] * path.tangent(start[k])
        torch.testing.assert_close(moved[k], expected, atol=1e-4, rtol=0)


def test_support_sets_start_as_published():
    latents = run(survey(PlantedGenerator(), "auto", "all"))
    support = SupportSets(WarpedOptions(count=6, dipoles=4), latents, seed=0)
    rows = support.support.detach()
    assert rows.shape == (6, 8, DIM)
    torch.testing.assert_close(rows[:, 0::2], -rows[:, 1::2])
    expected = torch.tensor([1.0, 1.5, 2.0, 2.5, 3.0, 3.5])[:, None].expand(6, 8)
    torch.testing.assert_close(rows.norm(dim=2), expected)
    torch.testing.assert_close(support.log_gamma.exp(), torch.full((6, 1), 1 / DIM))
    assert support.alphas[0].tolist() == [1, -1] * 4
    assert (support.alphas.requires_grad, support.log_gamma.requires_grad) == (False, True)


def test_sets_of_paths_are_recorded():
    toy = PlantedGenerator(mapped=True)
    found = run(warpedganspace.discover(toy, WarpedOptions(count=3, dipoles=2, steps=2, batch=4)))
    first = found.directions[0]
    assert (first.kind, first.space, first.method) == ("rbf", Space.W, "warpedganspace")
    assert first.payload.arrays["support"].shape == (4, DIM)
    assert {d.id for d in found.directions} == {f"warpedganspace-{k}" for k in range(3)}
    strengths = [d.measured["strength"] for d in found.directions]
    assert strengths == sorted(strengths, reverse=True)
    path = RbfPath.from_arrays(first.payload.arrays)
    centre = toy.centre[None]
    arguments = (path.support, path.alphas, path.gammas)
    cosine = unit_shift(centre, *arguments)[0] @ torch.from_numpy(first.vector)
    assert cosine > 0.99
