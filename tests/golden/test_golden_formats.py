"""What older versions wrote opens, means the same and draws the same pixels."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from latentstudio.core import formats, paths, settings
from latentstudio.core.errors import FileError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Space
from latentstudio.discovery.state import RunState
from latentstudio.document.assets import used_by
from latentstudio.document.digest import digest_of
from latentstudio.document.start import Latent, PhotoUse, Seed
from latentstudio.document.state import Document, Edit, MaskUse
from latentstudio.evaluate.pool import read_pool
from latentstudio.evaluate.traversals import read_strip, read_traversals
from latentstudio.evaluate.values import read_values
from latentstudio.exchange import documents
from latentstudio.exchange.presets import read_preset
from latentstudio.exchange.presets.archive import write_zip
from latentstudio.exchange.presets.checking import check_preset
from latentstudio.exchange.presets.kinds import problem
from latentstudio.exchange.presets.plain_files import read_plain
from latentstudio.exchange.projects import read_project
from latentstudio.session.models import open_model
from latentstudio.session.studio import Studio
from latentstudio.store import (
    densities,
    file_assumptions,
    last_work,
    marks,
    run_files,
    used_directions,
)
from latentstudio.store.model_facts import MODEL_FACTS, ModelFacts
from tests.toys.projects import project

OLD = Path(__file__).parent / "formats" / "v0.1"
PROJECTS = OLD.with_name("projects")
STEPS = OLD.with_name("steps-1")
PRINT = "c27cd5a97222fa29d2597e7a5b8a4ab3a6ae82497a69388bce22d5826beacc82"


@pytest.fixture
def home():
    """A home folder as version 0.1.0 left it."""
    for name in ("cache", "config", "data"):
        shutil.copytree(OLD / name, paths.data_dir().parent / name)
    return paths.data_dir().parent


DIGESTS = (
    "ebe0ae06efbc1d48",
    "a7a7f8b39a5a0354",
    "28479b8cfcfaccaa",
    "f3ae762fe3c6d149",
    "e2ea8af6aae7b5c0",
    "1e4dad879b6c974c",
    "b4a8eff2b79c39ab",
)
"""Beginnings of what version 0.1.0 gave for the directions of its preset."""


def rewrite_manifest(path, **values):
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    said = {**json.loads(entries["manifest.json"]), **values}
    write_zip(path, {**entries, "manifest.json": json.dumps(said).encode()})


def pixels_of(path):
    return np.asarray(Image.open(path))


def test_a_preset_of_format_2_opens():
    path = OLD.parent / "presets-2" / "every-kind.lpreset"
    checked = check_preset(path)
    found = checked.found
    assert [d.kind for d in found.directions] == ["linear", "rbf", "channels", "local", "linear"]
    assert found.directions[0].provenance.source == "faces.pkl"
    assert (found.notes, found.tags, found.looks) == ("", (), ())
    assert list(found.masks) == [found.directions[3].payload.mask]
    assert list(checked.previews) == ["w-1"]


def test_a_preset_of_format_3_opens():
    found = check_preset(OLD.parent / "presets-3" / "look.lpreset").found
    (look,) = found.looks
    assert (found.notes, found.tags, look.walk) == ("Warm", ("face",), "preserve")
    assert look.edits[0].mask.digest in found.masks
    assert look.edits[1] == Edit("a", -1.0, layers=(0, 2))


def test_what_is_blended_by_features_opens():
    doc = documents.from_bytes((OLD.parent / "documents" / "format-4.json").read_bytes(), "It")
    use = MaskUse("b2" * 32, 0.02, True, "b16.conv1")
    assert (doc.picture.edits[1].mask, doc.regions[0].mask) == (use, use)
    assert doc.picture.edits[2].mask.features == "auto"
    assert documents.from_bytes(documents.to_bytes(doc), "It") == doc
    (look,) = check_preset(OLD.parent / "presets-4" / "look.lpreset").found.looks
    assert look.edits[0].mask.features == "b16.conv1"
    (older,) = check_preset(OLD.parent / "presets-3" / "look.lpreset").found.looks
    assert older.edits[0].mask.features == ""


def test_the_last_work_opens_and_looks_as_it_did(home):
    doc, said = last_work.load_last()
    assert said == ""
    picture, shot = doc.picture, doc.snapshots[0].picture
    assert (picture.start, picture.walk, picture.noise) == (
        Seed(591, None, 0.8),
        "preserve",
        "const",
    )
    assert picture.edits[1] == Edit("ganspace-1", -2.0, layers=(2, 6))
    assert picture.edits[4] == Edit("from-every-kind-groups-1", 1.5, off=frozenset({0}))
    assert (shot.start, shot.walk, shot.noise, shot.solo) == (Seed(7), "straight", 3, "sefa-0")
    assert doc.names == (("sefa-1", "Brille ☕"),)
    studio = Studio(device="cpu")
    run(studio.open("portraits"))
    run(studio.measure(None))
    assert {edit.direction for edit in picture.edits} <= studio._opened().renderer.directions.keys()
    assert np.array_equal(
        run(studio.pictures.show(picture)).pixels, pixels_of(OLD / "data" / "last.png")
    )
    assert np.array_equal(run(studio.pictures.show(shot)).pixels, pixels_of(OLD / "snapshot.png"))


def test_a_document_without_a_lineage_gets_one():
    data = (OLD.parent / "documents" / "format-1.json").read_bytes()
    doc = documents.from_bytes(data, "It")
    assert [(s.name, s.id, s.parents, s.how) for s in doc.snapshots] == [
        ("Start", 1, (), "kept"),
        ("Photo", 2, (), "kept"),
        ("Given z", 3, (), "kept"),
    ]
    assert doc.origin == 0
    assert (doc.picture.start.space, doc.picture.truncation) == ("w+", 1.0)
    assert (doc.snapshots[1].picture, doc.snapshots[2].picture.truncation) == (doc.picture, 0.6)
    assert doc.picture.edits[0].mask == doc.regions[0].mask
    assert documents.from_bytes(documents.to_bytes(doc), "It") == doc
    step = documents.from_values({"format": 1, "pinned": []}, "It", doc)  # of a project's history
    assert step == replace(doc, pinned=frozenset())


def test_a_document_without_fitted_weights_and_photos_opens():
    data = (OLD.parent / "documents" / "format-2.json").read_bytes()
    doc = documents.from_bytes(data, "It")
    assert doc.picture.start == Latent("a1" * 32, Space.WPLUS, None, 0.7)
    assert doc.snapshots[0].picture.start == doc.picture.start
    assert documents.from_bytes(documents.to_bytes(doc), "It") == doc


def test_a_document_with_fitted_weights_and_a_photo_opens():
    data = (OLD.parent / "documents" / "format-3.json").read_bytes()
    doc = documents.from_bytes(data, "It")
    photo = PhotoUse("Grüße.jpg", "e5" * 32, "f6" * 32, (412.5, 300.0, 512.0, -3.5), True)
    assert doc.picture.start == Latent("a1" * 32, Space.WPLUS, None, 0.7, "d4" * 32, photo)
    assert used_by(doc) == {"a1" * 32, "d4" * 32, "f6" * 32}
    for wrong in (b'"tuning":"../x"', b'"tuning":7'):
        broken = data.replace(b'"tuning":"' + b"d4" * 32 + b'"', wrong)
        with pytest.raises(ValueError, match=r"numbers|Expected|no document"):
            documents.from_bytes(broken, "It")


def test_kept_steps_and_used_directions_open():
    shutil.copytree(STEPS / "data", paths.data_dir())
    doc, said = last_work.load_last()
    assert said == ""
    steps = last_work.load_steps(doc)
    assert [entry.label for entry in steps.done] == [
        "change SeFa 1",
        "change GANSpace 2",
        "change GANSpace 3",
    ]
    edits = {entry.before.picture.edits for entry in steps.done}
    assert sorted(map(len, edits)) == [3, 3, 4]
    (used,) = used_directions.kept_for(PRINT)
    names = {one.id: one.name for one in used.directions}
    assert names["dp-lase-run1-1"] == "DP-LaSE 2"
    assert "dp-lase-run1-4" in names  # pinned


def test_a_paused_run_goes_on(home):
    studio = Studio(device="cpu")
    summary = run(studio.open("portraits"))
    (paused,) = summary.runs
    assert (paused.key, paused.step, paused.steps) == ("dp-lase-run2", 2, 4)
    state = RunState.load(run_files.state_path(PRINT, paused.key))
    assert (state.method, state.step, state.batch) == ("dp-lase", 2, 2)
    found = run(studio.runs.run(paused))
    mine = [d for d in found.directions if d.provenance.run == "dp-lase-run2"]
    assert len(mine) == 3
    assert {d.provenance.steps for d in mine} == {4}


def test_what_runs_found_is_known_by_its_run(home):
    found = [d for one in run_files.found_earlier(PRINT) for d in one.directions]
    runs = {d.provenance.run for d in found}
    assert runs == {"dp-lase-run1", "dp-lase-run3", "dp-lase-subspace-run1"}
    third = next(d for d in found if d.id == "dp-lase-run3-0")
    how = third.provenance
    assert (third.group, how.number, how.steps, how.program) == ("DP-LaSE, run 3", 3, 2, "0.1.0")
    assert (how.seed, how.options["count"], how.model) == (7, 2, PRINT)
    assert third.measured.keys() == {"layer", "loss", "change", "apart", "square", "strength"}
    split = next(d for d in found if d.kind == "channels")
    assert (split.payload.layer, split.provenance.of) == ("b16.conv0", "sefa-0")
    assert set(split.payload.labels.tolist()) == {0, 1, 2, 3}


def test_presets_of_every_kind_open():
    found = read_preset(OLD / "presets" / "every-kind.lpreset")
    kinds = [d.kind for d in found.directions]
    assert kinds == ["linear", "linear", "linear", "rbf", "rbf", "channels", "linear"]
    assert [problem(d, found.model.dims) for d in found.directions] == [""] * 7
    smile, groups = found.directions[2], found.directions[5]
    assert (smile.group, smile.method, smile.layers) == ("Named", "resefa", (2, 7))
    assert smile.measured["leak"] == 0.126
    assert (groups.payload.layer, groups.payload.off) == ("b16.conv0", {1})
    plain = read_plain(OLD / "presets" / "plain" / "directions.safetensors")
    for one in (found, plain):
        assert tuple(digest_of(d)[:16] for d in one.directions) == DIGESTS


def test_what_was_measured_is_still_found_by_digest(home):
    kept = json.loads((home / "cache" / "models" / PRINT[:32] / "measures.json").read_text())
    shipped = read_preset(paths.resources_dir() / "presets" / "portraits.lpreset")
    assert digest_of(shipped.directions[0]) in kept["measures"]


def test_marks_assumptions_cards_and_settings_open(home):
    doc, _ = last_work.load_last()
    bare = replace(doc, pinned=frozenset(), rejected=frozenset(), names=())
    found = marks.with_marks(bare)
    assert found.names == doc.names
    assert (found.pinned, found.rejected) == ({"ganspace-1"}, {"sefa-4"})
    assert file_assumptions.kept("0" * 64) == {"activation": "silu", "size": 4}
    (card,) = (home / "cache" / "cards").glob("*.json")
    values = MODEL_FACTS.upgraded(json.loads(card.read_bytes()), card.name)
    assert msgspec.convert(values, ModelFacts).title == "StyleGAN2"
    assert settings.load()[0].theme == "light"


def test_what_a_newer_version_wrote_is_refused_kept_and_not_written_over(home):
    path = last_work.last_document_path()
    newer = path.read_bytes().replace(b'{"model"', b'{"format":9,"program":"1.4","model"', 1)
    path.write_bytes(newer)
    found, said = last_work.load_last()
    assert found is None
    assert "newer LatentStudio. Update to 1.4 or later" in said
    assert path.with_name("last.json.broken-1").read_bytes() == newer
    record = run_files.folder(PRINT) / "dp-lase-run2.json"
    record.write_bytes(b'{"format":9}')
    said = []
    assert run_files.paused_runs(PRINT, said.append) == ()
    assert said == [
        "The paused run dp-lase-run2 was made by a newer LatentStudio. Update to open it."
    ]
    assert record.is_file()
    preset = record.with_name("dp-lase-run3.lpreset")
    rewrite_manifest(preset, format=9, program="1.4")
    before, said = preset.read_bytes(), []
    assert len(run_files.found_earlier(PRINT, said.append)) == 2
    assert said == ["dp-lase-run3.lpreset was made by a newer LatentStudio. "
                    "Update to 1.4 or later to open it."]  # fmt: skip
    assert preset.read_bytes() == before
    mark = next((home / "data" / "marks").iterdir())
    mark.write_bytes(b'{"format":9}')
    marks.keep_marks(Document(fingerprint=PRINT, pinned=frozenset({"sefa-1"})))
    assert mark.read_bytes() == b'{"format":9}'
    assumption = next((home / "data" / "readings").iterdir())
    assumption.write_bytes(b'{"format":9,"program":"1.4"}')
    with pytest.raises(FileError, match=r"Update to 1\.4"):
        file_assumptions.keep("0" * 64, {"size": 5})
    assert assumption.read_bytes() == b'{"format":9,"program":"1.4"}'


def test_every_format_can_be_reached_from_every_older_one():
    from latentstudio.discovery import state
    from latentstudio.evaluate import traversals
    from latentstudio.exchange.presets import manifest
    from latentstudio.exchange.projects import project_values
    from latentstudio.session import kept_search
    from latentstudio.store import cache, model_facts, preset_stars

    known = (
        documents.DOCUMENT,
        settings.SETTINGS,
        traversals.TRAVERSALS,
        marks.MARKS,
        model_facts.MODEL_FACTS,
        file_assumptions.ASSUMPTIONS,
        run_files.RUN,
        cache.CACHE,
        state.STATE,
        manifest.PRESET,
        project_values.PROJECT,
        preset_stars.STARS,
        kept_search.SEARCH,
    )
    for form in known:
        assert isinstance(form, formats.StoredFormat)
        first = 1 if form.first is None else form.first
        assert set(form.upgrades) == set(range(first, form.number))


def test_a_pool_and_its_walks_open():
    pool, walks = read_pool(OLD / "pool"), read_traversals(OLD / "walks")
    assert (len(pool), walks.pool, walks.walk) == (2, pool.record.digest, "straight")
    assert walks.amounts(0) == [-4.0, 0.0, 4.0]
    strip = read_strip(OLD / "walks", walks, 0, 0)
    assert np.array_equal(strip[1], pixels_of(OLD / "pool" / "pictures" / "00000-seed0.png"))
    values = read_values(OLD / "walks" / "attributes.npz")
    assert values.values.shape[:3] == (1, 2, 3)


def test_a_measured_density_is_read_and_not_measured_again(home, monkeypatch):
    def measured(*_):
        raise AssertionError("it was kept")

    monkeypatch.setattr(densities, "measure", measured)
    found = run(densities.reference(run(open_model("portraits"))))
    assert found.shell.on == pytest.approx((10.20512973912423, 12.859101597231968))


def test_a_project_of_the_first_format_opens():
    found = read_project(PROJECTS / "format-1.lstudio")
    was = project()
    assert [doc.picture for doc in found.steps.states()] == [
        doc.picture for doc in was.steps.states()
    ]
    assert [entry.label for entry in found.steps.done] == [entry.label for entry in was.steps.done]
    assert (found.model, found.pixels, found.saved) == (was.model, was.pixels, was.saved)
    assert list(map(digest_of, found.directions.directions)) == list(
        map(digest_of, was.directions.directions)
    )
    assert {key: one.tolist() for key, one in found.arrays.items()} == {
        key: one.tolist() for key, one in was.arrays.items()
    }
