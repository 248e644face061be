"""`project` and `recipe`: the picture of a project, its edits on others, and going on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentstudio.core import files
from latentstudio.core.progress import run
from latentstudio.document import commands
from latentstudio.document.direction import ModelKey
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.exchange.projects import ModelRef, read_project, write_project
from latentstudio.exchange.projects.project import gathered
from latentstudio.exchange.projects.recipe import read_recipe
from latentstudio.session.library import shipped
from latentstudio.session.remaking import renderer_for

NOBODY = 2**22 + 1
"""No process has this number: systems end at 2^22."""


@pytest.fixture(scope="session")
def saved(tmp_path_factory, portraits, shared_home):
    """A project of the built-in model with two edits and a snapshot; walks on the shell."""
    from latentstudio.document.assets import MemoryAssets

    (named,) = shipped(portraits)
    one, two = named.directions[:2]
    history = History(Document("portraits", portraits.info.fingerprint))
    history.do(commands.set_seed(591))
    history.do(commands.set_amount(one.id, 1.5))
    history.do(commands.keep_snapshot("One ☕"))
    history.do(commands.set_amount(two.id, -1.0))
    history.do(commands.rename_direction(two.id, "Mine"))
    ref = ModelRef("portraits", portraits.info.name, ModelKey.of(portraits.info))
    path = tmp_path_factory.mktemp("saved") / "Portrait study.lstudio"
    write_project(gathered(history.steps(), ref, named.directions, MemoryAssets()), path)
    return path


def pixels_of(path):
    with Image.open(path) as opened:
        return np.asarray(opened)


def test_its_picture_and_what_it_says(results, saved, portraits, tmp_path):
    said = results("project", "info", saved, "--json")
    assert said["picture"]["start"]["seed"] == 591
    assert said["directions"][1]["name"] == "Mine"
    assert said["steps"] == {"done": 5, "undone": 0}
    assert any("Mine -1" in line for line in results("project", "info", saved))
    (made, shot) = results("project", "render", saved, "--output", tmp_path, "--snapshots")
    assert made.endswith("Portrait study.png")
    project = read_project(saved)
    renderer = run(renderer_for(portraits, project, [], print))
    assert np.array_equal(pixels_of(made), renderer.saved(project.document.picture))
    assert np.array_equal(pixels_of(shot), renderer.saved(project.document.snapshots[0].picture))
    recipe = results("recipe", made, "--json")
    assert recipe["picture"] == said["picture"]
    assert recipe["model"]["fingerprint"] == portraits.info.fingerprint
    # The picture is a project, too: it draws itself again.
    (again,) = results("project", "render", made, "--output", tmp_path / "again")
    assert np.array_equal(pixels_of(again), pixels_of(made))


def test_its_edits_on_many_pictures_and_going_on(results, saved, tmp_path):
    out = tmp_path / "out"
    made = results("project", "render", saved, "--seeds", "3-5", "--output", out)
    assert [one.rpartition("/")[2] for one in made] == [
        f"seed00000{number}.png" for number in (3, 4, 5)
    ]
    (out / "seed000004.png").unlink()
    again = ("project", "render", saved, "--seeds", "3-6", "--output", out, "--resume")
    assert [one[-14:] for one in results(*again)] == ["seed000004.png", "seed000006.png"]
    # Other edits: nothing of it is done.
    project = read_project(saved)
    history = History(project.document)
    history.do(commands.set_walk("preserve"))
    other = tmp_path / "other.lstudio"
    write_project(replace(project, steps=history.steps()), other)
    on = ("project", "render", other, "--on", out, "--output", tmp_path / "on", "--format", "webp")
    made = results(*on)
    assert len(made) == 4
    found = read_recipe(tmp_path / "on" / "seed000003.webp").document.picture
    assert (found.seed, found.walk) == (3, "preserve")
    assert found.edits == project.document.picture.edits
    assert results(*on, "--resume") == []


def test_what_can_be_mended_is_one_sentence(refused, saved, tmp_path):
    plain = tmp_path / "plain.png"
    Image.new("RGB", (4, 4)).save(plain)
    assert "There is no recipe in" in refused("recipe", plain)
    assert "There is no project at" in refused("project", "info", tmp_path / "no.lstudio")
    assert "holds no picture with a recipe" in refused(
        "project", "render", saved, "--on", tmp_path, "--output", tmp_path / "out"
    )
    assert "either --seeds or --on" in refused(
        "project", "render", saved, "--on", tmp_path, "--seeds", "1", "--output", tmp_path / "out"
    )
    gone = tmp_path / "gone.lstudio"
    was = read_project(saved)
    write_project(replace(was, model=replace(was.model, path="/no/such/model.pt")), gone)
    assert "/no/such/model.pt does not exist" in refused(
        "project", "render", gone, "--output", tmp_path / "out"
    )


def test_a_presets_look_on_seeds_and_on_pictures_with_recipes(results, refused, preset, tmp_path):
    wear = ("render", "portraits", "--preset", preset, "--amounts", "0=1.5,2=-1")
    out = tmp_path / "out"
    made = results(*wear, "--seeds", "3-5", "--output", out)
    before = {path: pixels_of(path) for path in made}
    picture = read_recipe(Path(made[1])).document.picture
    assert (picture.seed, [edit.amount for edit in picture.edits]) == (4, [1.5, -1.0])
    # The recipe makes the picture again; so do codes without one.
    (again,) = results("project", "render", made[1], "--output", tmp_path / "again")
    assert np.array_equal(pixels_of(again), before[made[1]])
    results(*wear, "--seeds", "4", "--format", "npy", "--output", tmp_path / "codes")
    codes = np.load(tmp_path / "codes" / "images.npy")[0].transpose(1, 2, 0)
    assert np.abs(((codes + 1) * 127.5).clip(0, 255) - before[made[1]]).max() <= 1
    # Cut off half-way it goes on: what is whole stays the very file.
    stamps = {path: Path(path).stat().st_mtime_ns for path in made}
    Path(made[2]).unlink()
    half = out / f".0002-seed5.png.{files._host()}-{NOBODY}.x.tmp"  # as a kill leaves it
    half.write_bytes(b"\x89PNG")
    assert results(*wear, "--seeds", "3-5", "--output", out, "--resume") == [made[2]]
    assert [Path(path).stat().st_mtime_ns == stamps[path] for path in made] == [True, True, False]
    assert np.array_equal(pixels_of(made[2]), before[made[2]])
    assert not half.exists()
    on = (*wear, "--on", out, "--output", tmp_path / "on", "--format", "webp", "--no-recipe")
    copies = results(*on)
    assert all(np.array_equal(pixels_of(a), before[b]) for a, b in zip(copies, made, strict=True))
    assert read_recipe(Path(copies[0])) is None
    assert results(*on, "--resume") == []
    assert "need --preset" in refused(
        "render", "portraits", "--seeds", "1", "--resume", "--output", out
    )
    assert "one kind of start" in refused(*on, "--seeds", "1")
