"""A project's directions come to the open model without changing what is there."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from latentstudio.core.errors import PresetError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Linear, ModelKey, Provenance
from latentstudio.document.history import History
from latentstudio.document.looks import Look
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Document, Edit, Picture
from latentstudio.exchange.presets import write_preset
from latentstudio.exchange.projects import ModelRef
from latentstudio.exchange.projects.project import gathered
from latentstudio.exchange.projects.recipe import read_recipe
from latentstudio.session.project_messages import BatchRequest, MetadataChoice
from latentstudio.session.studio import Studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENTSTUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        made = Studio(device="cpu")
        run(made.open("portraits"))
        yield made


@pytest.fixture
def saved(studio):
    """A project that uses the first direction."""
    model = studio._opened()
    first = model.found.directions[0]
    info = model.generator.info
    history = History(Document("elsewhere.pt", info.fingerprint))
    history.do(commands.set_amount(first.id, 1.5))
    history.do(commands.rename_direction(first.id, "Mine"))
    ref = ModelRef("elsewhere.pt", info.name, ModelKey.of(info))
    return gathered(history.steps(), ref, (first,), studio.assets)


def test_what_is_known_is_not_added_again(studio, saved):
    before = studio.known_directions
    adopted = run(studio.projects.adopt(saved))
    assert studio.known_directions is before
    assert adopted.steps.document.model == "portraits"
    assert [edit.direction for edit in adopted.steps.document.picture.edits] == [
        before.directions[0].id
    ]
    assert adopted.lost == 0


def test_another_direction_of_that_id_gets_one_of_its_own(studio, saved):
    (mine,) = saved.directions.directions
    other = replace(
        mine, payload=Linear(-mine.vector), provenance=Provenance("dp-lase", run="dp-lase-run1")
    )
    project = replace(saved, directions=replace(saved.directions, directions=(other,)))
    adopted = run(studio.projects.adopt(project))
    new = f"{mine.id}-{digest_of(other)[:8]}"
    doc = adopted.steps.document
    assert [edit.direction for edit in doc.picture.edits] == [new]
    assert doc.name_of(new) == "Mine"
    known = {one.id: one for one in studio.known_directions.directions}
    assert digest_of(known[mine.id]) == digest_of(mine)
    assert digest_of(known[new]) == digest_of(other)
    assert known[new].provenance.run == ""  # it belongs to no run of this computer
    pixels = run(studio.pictures.copied(doc.picture))
    assert not np.array_equal(pixels, run(studio.pictures.copied(saved.document.picture)))


def test_directions_of_other_sizes_are_left_out_and_counted(studio, saved):
    (mine,) = saved.directions.directions
    odd = replace(mine, id="odd", space=Space.Z, payload=Linear(np.ones(7, np.float32)))
    key = replace(saved.directions.model, dims={"z": 7})
    found = replace(saved.directions, directions=(odd, mine), model=key)
    adopted = run(studio.projects.adopt(replace(saved, directions=found)))
    assert adopted.lost == 1
    assert "odd" not in {one.id for one in studio.known_directions.directions}


def test_edits_on_many_pictures_and_going_on(studio, saved, tmp_path):
    asked = BatchRequest(saved.document, tmp_path / "out", "png", seeds=(3, 4))
    made = run(studio.projects.draw_many(saved, asked))
    assert [path.name for path in made] == ["seed000003.png", "seed000004.png"]
    expected = replace(saved.document.picture, start=Seed(3))
    with Image.open(made[0]) as shown:
        assert np.array_equal(np.asarray(shown), run(studio.pictures.copied(expected)))
    made[0].unlink()
    assert run(studio.projects.draw_many(saved, asked)) == made[:1]
    assert run(studio.projects.draw_many(saved, asked)) == []
    # Where something else is called so, it is not what is wanted.
    Image.new("RGB", (4, 4)).save(made[1])
    assert run(studio.projects.draw_many(saved, asked)) == made[1:]
    layers = replace(asked, ending="psd", seeds=(3,), output=tmp_path / "psd")
    (path,) = run(studio.projects.draw_many(saved, layers))
    assert [layer.name for layer in PSDImage.open(path)] == ["Original", "Mine +1.5"]


def test_a_presets_look_on_many_pictures_without_recipes_and_of_latents(studio, saved, tmp_path):
    (mine,) = saved.directions.directions
    look = Look("look-1", "Dawn", (Edit(mine.id, -2.0),))
    preset = tmp_path / "dawn.lpreset"
    write_preset(replace(saved.directions, looks=(look,)), preset)
    first = tmp_path / "first"
    asked = BatchRequest(Document(), first, seeds=(3,), preset=preset, look="look-1")
    (made,) = run(studio.projects.draw_many(saved, asked))
    worn = replace(saved.document.picture, start=Seed(3), edits=look.edits)
    with Image.open(made) as shown:
        assert np.array_equal(np.asarray(shown), run(studio.pictures.copied(worn)))
    assert read_recipe(made).document.picture == worn
    # A picture that starts from a latent brings it along.
    codes = np.random.default_rng(0).normal(size=128).astype(np.float32)
    latent = Picture(Latent(studio.projects.assets.put(codes), Space.W))
    carried = MetadataChoice(made=True, recipe=True)
    run(studio.pictures.save(latent, first / "own.png", 1, False, carried))
    bare = replace(
        asked, seeds=None, folder=first, output=tmp_path / "on", carried=MetadataChoice()
    )
    both = run(studio.projects.draw_many(saved, bare))
    assert [path.name for path in both] == ["own.png", "seed000003.png"]
    assert read_recipe(both[0]) is None
    with Image.open(both[0]) as shown:
        wanted = replace(latent, edits=look.edits)
        assert np.array_equal(np.asarray(shown), run(studio.pictures.copied(wanted)))
    assert run(studio.projects.draw_many(saved, bare)) == []
    with pytest.raises(PresetError, match="no such look"):
        run(studio.projects.draw_many(saved, replace(asked, look="gone")))
