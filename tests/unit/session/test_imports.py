"""Directions from elsewhere become sliders of the open model, and stay."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from latentstudio.core.errors import FileError, LatentStudioError, OptionError, PresetError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document.direction import CurvedPath, Direction, DirectionSet, Linear, ModelKey
from latentstudio.document.looks import Look
from latentstudio.document.state import Edit
from latentstudio.exchange.import_options import ImportOptions
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.presets.plain_files import write_plain
from latentstudio.exchange.presets.sources import holds_directions
from latentstudio.render.renderer import Renderer
from latentstudio.session import imports
from latentstudio.session.opening import OpenModel
from latentstudio.session.studio import Studio
from tests.toys.planted import DIM, PlantedGenerator

FOLDERS = sorted((Path(__file__).parents[2] / "golden" / "methods").glob("warpedganspace-*"))


@pytest.fixture
def toy():
    return PlantedGenerator()


def line(id="own-1", dim=DIM, **more):
    return Direction(
        id, id, more.pop("space", Space.Z), Linear(np.eye(dim, dtype=np.float32)[0]), **more
    )


def preset(path, *directions, fingerprint="f"):
    key = ModelKey(fingerprint, "toy", 8, {})
    write_preset(DirectionSet(key, directions, "Mine"), path)
    return path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_the_authors_folders_become_sliders_and_stay(toy, folder):
    studio = Studio()
    studio._model = OpenModel(None, toy, Renderer(toy))
    found = run(studio.directions.import_file(folder)).found
    ids = [f"from-{folder.name}-warpedganspace-{k}" for k in range(6)]
    assert [d.id for d in found.directions] == ids
    assert {d.kind for d in found.directions} == {"rbf"}
    assert set(studio._model.renderer.directions) == set(ids)
    (again,) = imports.taken_earlier(toy.info.fingerprint)
    assert [d.id for d in again.directions] == ids
    np.testing.assert_array_equal(
        again.directions[2].payload.arrays["support"], found.directions[2].payload.arrays["support"]
    )
    assert imports.taken_earlier("another") == []


def test_reading_one_twice_replaces_it(toy, tmp_path):
    path = preset(tmp_path / "a b.lpreset", line(), fingerprint=toy.info.fingerprint)
    said = []
    run(imports.take(path, toy, said.append))
    preset(path, line("own-2"), fingerprint=toy.info.fingerprint)
    found = run(imports.take(path, toy, said.append))
    assert [d.id for d in found.directions] == ["from-a-b-own-2"]
    assert found.directions[0].group == "Mine"
    assert len(imports.taken_earlier(toy.info.fingerprint)) == 1
    assert said == []


def test_one_of_the_same_name_from_elsewhere_is_another(toy, tmp_path):
    prints = toy.info.fingerprint
    for name in ("mine", "theirs"):
        (tmp_path / name).mkdir()
    mine = preset(tmp_path / "mine" / "Faces.lpreset", line(), fingerprint=prints)
    theirs = preset(tmp_path / "theirs" / "Faces.lpreset", line(unit=3.0), fingerprint=prints)
    ids = [run(imports.take(path, toy)).directions[0].id for path in (mine, theirs, mine)]
    assert ids == ["from-Faces-own-1", "from-Faces-2-own-1", "from-Faces-own-1"]
    units = [found.directions[0].unit for found in imports.taken_earlier(prints)]
    assert sorted(units) == [1.0, 3.0]


def test_a_look_uses_what_the_model_has_and_brings_the_rest(toy, tmp_path):
    edits = (Edit("own-1", 2.0, layers=None), Edit("own-2", -1.0))
    given = DirectionSet(
        ModelKey(toy.info.fingerprint, "toy", 8, {}),
        (line(), line("own-2", unit=0.5)),
        "Mine",
        looks=(Look("look-1", "Evening", edits, "preserve"),),
    )
    write_preset(given, tmp_path / "a.lpreset")
    known = {"sefa-0": line("sefa-0")}
    found = run(imports.take(tmp_path / "a.lpreset", toy, known=known))
    assert [d.id for d in found.directions] == ["from-a-own-2"]
    (look,) = found.looks
    assert [(e.direction, e.amount) for e in look.edits] == [
        ("sefa-0", 2.0),
        ("from-a-own-2", -1.0),
    ]


def test_those_of_another_model_are_taken_with_a_word_if_they_fit(toy, tmp_path):
    said = []
    both = preset(tmp_path / "p.lpreset", line(), line("w-1", space=Space.W))
    found = run(imports.take(both, toy, said.append))
    assert [d.name for d in found.directions] == ["own-1"]
    assert "another model" in said[0]
    with pytest.raises(PresetError, match="5 numbers where the model has 16"):
        run(imports.take(preset(tmp_path / "q.lpreset", line("long", 5)), toy))
    with pytest.raises(PresetError, match="lives in W"):
        run(imports.take(preset(tmp_path / "r.lpreset", line(space=Space.W)), toy))


def test_what_holds_no_directions_gets_a_sentence(toy, portraits, tmp_path):
    (tmp_path / "model.pt").write_bytes(b"x")
    for nothing in (tmp_path, tmp_path / "model.pt", tmp_path / "gone"):
        assert not holds_directions(nothing)
        with pytest.raises(FileError, match="holds no directions"):
            run(imports.take(nothing, toy))
    with pytest.raises(OptionError, match="16 dimensions"):
        run(imports.take(FOLDERS[0], portraits))
    broken = tmp_path / "broken"
    shutil.copytree(FOLDERS[0], broken)
    (broken / "args.json").write_text("{")
    with pytest.raises(LatentStudioError, match="damaged"):
        run(imports.take(broken, toy))
    path = preset(tmp_path / "p.lpreset", replace(line(), payload=CurvedPath(line().vector)))
    with pytest.raises(PresetError, match="without its support"):
        run(imports.take(path, toy))
    assert imports.taken_earlier(toy.info.fingerprint) == []


def test_directions_for_other_layers_do_not_fit(portraits, tmp_path):
    layers, dim = portraits.info.code_layers, portraits.info.code_dim
    rows = np.random.RandomState(0).randn(layers + 1, dim).astype(np.float32)
    one = Direction("d", "Deep", Space.WPLUS, Linear(rows / np.linalg.norm(rows)))
    with pytest.raises(PresetError, match=f"Deep has {layers + 1} layers where this one has"):
        run(imports.take(preset(tmp_path / "p.lpreset", one), portraits))
    fits = replace(one, id="e", payload=Linear(one.vector[:layers]))
    found = run(imports.take(preset(tmp_path / "q.lpreset", fits), portraits))
    assert [d.space for d in found.directions] == [Space.WPLUS]


def test_what_a_person_says_counts_for_files_that_say_it_themselves(portraits, tmp_path):
    row = np.eye(portraits.info.code_dim, dtype=np.float32)[0]
    one = Direction("d", "D", Space.W, Linear(row), 2.0, layers=(1, 3))
    found = DirectionSet(ModelKey.of(portraits.info), (one, replace(one, id="e", layers=None)))
    (path,) = write_plain(found, tmp_path, "npy")
    for wanted, said in ((ImportOptions(), [(2.0, (1, 3)), (2.0, None)]),
                         (ImportOptions(Space.W, (4, 5), 0.5), [(0.5, (4, 5))] * 2)):  # fmt: skip
        read = run(imports.read(path, portraits, wanted)).directions
        assert [(d.unit, d.layers) for d in read] == said
    with pytest.raises(OptionError, match=r"live in W\. Leave --space out"):
        run(imports.read(path, portraits, ImportOptions(Space.Z)))
    with pytest.raises(OptionError, match="this model has layers 0 to"):
        run(imports.read(path, portraits, ImportOptions(layers=(4, 500))))
