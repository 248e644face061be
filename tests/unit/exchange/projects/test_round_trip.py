"""A project that is written is the project that is read."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentstudio.core.errors import ResourceError
from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.assets import MemoryAssets
from latentstudio.document.digest import digest_of
from latentstudio.document.history import History, Steps
from latentstudio.document.start import Latent, Seed
from latentstudio.document.state import Document, Edit, MaskUse, Picture, Region, Snapshot
from latentstudio.exchange.projects import project as projects
from latentstudio.exchange.projects import read_project, write_project
from latentstudio.exchange.projects.project import gathered, on_model, renamed
from tests.toys.projects import MODEL, directions, edited, project


def without_gestures(steps):
    done = tuple(replace(entry, gesture=None) for entry in steps.done)
    undone = tuple((replace(entry, gesture=None), after) for entry, after in steps.undone)
    return Steps(steps.document, done, undone)


def test_everything_comes_back(tmp_path):
    path, was = tmp_path / "a.lstudio", project()
    write_project(was, path)
    found = read_project(path)
    assert found.steps == without_gestures(was.steps)
    assert (found.model, found.preview, found.pixels, found.saved) == (
        was.model, was.preview, was.pixels, was.saved)  # fmt: skip
    assert [digest_of(one) for one in found.directions.directions] == [
        digest_of(one) for one in was.directions.directions
    ]
    assert found.arrays.keys() == was.arrays.keys()
    assert all(np.array_equal(found.arrays[key], was.arrays[key]) for key in was.arrays)
    history = History(Document())
    history.resume(found.steps)
    assert history.redo_label == "change path-1"
    assert isinstance(history.document.picture.start, Latent)
    history.redo()
    assert history.document.picture.amount("path-1") == -1.0
    while history.undo_label:
        history.undo()
    assert history.document.picture == Picture()


def test_what_the_document_uses_goes_along_and_nothing_else(tmp_path):
    ids = [one.id for one in project().directions.directions]
    assert ids == ["pca-1", "path-1", "groups-1", "local-1"]
    write_project(project(), tmp_path / "a.lstudio")
    with zipfile.ZipFile(tmp_path / "a.lstudio") as archive:
        said = json.loads(archive.read("project.json"))
    assert said["format"] == 1
    assert said["model"]["path"] == "/models/faces.pt"
    assert said["steps"]["labels"][1:3] == ["change Smile", "snapshot Smile ☕"]
    assert set(said["steps"]["states"][1]) == {"picture"}  # what it changed, no more


def test_the_same_project_is_the_same_bytes(tmp_path):
    for name in "ab":
        write_project(project(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_long_histories_keep_their_tail(tmp_path):
    history = History(Document("portraits"))
    for seed in range(1, 301):
        history.do(commands.set_seed(seed))
    for _ in range(120):
        history.undo()
    found = gathered(history.steps(), MODEL, (), MemoryAssets())
    write_project(found, tmp_path / "a")
    read = read_project(tmp_path / "a")
    seeds = [doc.picture.seed for doc in read.steps.states()]
    assert seeds == list(range(80, 281))
    assert read.document.picture.seed == 180


def test_steps_go_before_masks_get_too_large(monkeypatch):
    assets, history = MemoryAssets(), History(Document("portraits"))
    for number in range(40):
        use = MaskUse(assets.put(np.full((100, 100), number, np.uint8)))
        history.do(commands.set_seed(number + 1))
        history.do(commands.show_picture("x", Picture(edits=(Edit("a", number + 1.0, mask=use),))))
    monkeypatch.setattr(projects, "MOST_ASSETS", 150_000)
    found = gathered(history.steps(), MODEL, (), assets)
    assert len(found.steps.done) == 25
    assert sum(array.nbytes for array in found.arrays.values()) <= 150_000
    assert found.document == history.document


def test_other_ids_and_another_file():
    assets = MemoryAssets()
    history, _ = edited(assets)
    history.do(commands.rename_direction("pca-1", "Grin"))
    steps = on_model(renamed(history.steps(), {"pca-1": "new"}), "here.pt", "p" * 64)
    for doc in steps.states():
        assert (doc.model, doc.fingerprint) == ("here.pt", "p" * 64)
        assert "pca-1" not in str(doc)
    assert steps.document.name_of("new") == "Grin"
    assert steps.document.snapshots[0].picture.amount("new") == 1.5


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.lstudio"
    write_project(project(), path)
    before = path.read_bytes()

    def full(*_args, **_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ResourceError, match=r"a\.lstudio was not saved and the old file"):
        write_project(project(), path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.lstudio"]
    assert path.read_bytes() == before


ids = st.text(min_size=1, max_size=20).filter(lambda text: not set(text) & set("/\\\0"))
numbers = st.floats(-100, 100)
digests = st.sampled_from([name * 64 for name in "0123"])
uses = st.builds(MaskUse, digests, st.floats(0, 1), st.booleans())
edits = st.builds(
    Edit,
    ids,
    numbers,
    st.booleans(),
    st.none() | st.tuples(st.integers(0, 20), st.integers(0, 20)),
    st.none() | st.frozensets(st.integers(0, 50), max_size=4),
    st.none() | uses,
)
starts = st.builds(
    Seed, st.integers(0, 2**32 - 1), st.none() | st.integers(0, 1000), st.floats(0, 2)
) | st.builds(Latent, digests, st.sampled_from(Space), st.none() | st.integers(0, 9))
pictures = st.builds(
    Picture,
    starts,
    st.sampled_from(["const", "none"]) | st.integers(0, 2**32 - 1),
    st.lists(edits, max_size=4).map(tuple),
    st.none() | ids,
    st.sampled_from(["straight", "preserve", "geodesic"]),
)
documents = st.builds(
    Document,
    st.just("portraits"),
    st.just("f" * 64),
    pictures,
    st.lists(st.tuples(ids, st.text(max_size=30)), max_size=3).map(tuple),
    st.frozensets(ids, max_size=3),
    st.lists(st.builds(Snapshot, st.text(max_size=30), pictures, st.booleans()), max_size=3).map(
        tuple
    ),
    st.frozensets(ids, max_size=3),
    st.lists(st.builds(Region, uses, st.text(max_size=30)), max_size=2).map(tuple),
    st.integers(0, 2),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(documents, min_size=1, max_size=6), st.integers(0, 5))
def test_any_document_comes_back(tmp_path_factory, docs, back):
    history = History(docs[0])
    for number, doc in enumerate(docs[1:]):
        history.do(commands.Command(f"step {number}", lambda _, doc=doc: doc))
    for _ in range(back):
        history.undo()
    path = tmp_path_factory.mktemp("any") / "a.lstudio"
    was = gathered(history.steps(), MODEL, directions("0" * 64)[:1], MemoryAssets())
    write_project(was, path)
    assert read_project(path).steps == without_gestures(history.steps())
