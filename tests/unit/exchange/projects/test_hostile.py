"""Projects from strangers: a project or one sentence, and nothing large before that is known."""

import io
import json
import struct
import warnings
import zipfile

import numpy as np
import pytest
import safetensors.numpy

from latentstudio.core.errors import ProjectError
from latentstudio.core.formats import NewerFormatError
from latentstudio.exchange import bounded_zip
from latentstudio.exchange.projects import project_file, read_project, write_project
from tests.toys.projects import project


@pytest.fixture
def parts(tmp_path):
    """Entries of a sound project."""
    write_project(project(), tmp_path / "sound")
    with zipfile.ZipFile(tmp_path / "sound") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def refused(tmp_path):
    """The sentence for entries that are no project."""

    def sentence(entries):
        path = tmp_path / "made.lstudio"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, data in entries:
                archive.writestr(name, data)
        with pytest.raises(ProjectError) as caught:
            read_project(path)
        text = caught.value.sentence()
        assert "\n" not in text
        assert text.endswith(".")
        return text

    return sentence


def changed(parts, change):
    """The entries with other values."""
    said = json.loads(parts["project.json"])
    change(said)
    return {**parts, "project.json": json.dumps(said).encode()}.items()


@pytest.mark.parametrize("name", ["../a.json", "/a.json", "a\\b.json", "C:a.json"])
def test_paths_that_lead_outside(name, parts, refused):
    assert "leads outside it" in refused([*parts.items(), (name, b"{}")])


def test_links_doubles_and_too_many(parts, refused):
    link = zipfile.ZipInfo("link.json")
    link.external_attr = 0o120777 << 16
    assert "a link or a device" in refused([*parts.items(), (link, b"/etc/passwd")])
    assert "twice" in refused([*parts.items(), ("project.json", b"{}")])
    assert "no project has so many" in refused([(f"{n}.png", b"") for n in range(101)])


def test_what_swells(parts, refused):
    assert "packed tighter than any project's" in refused(
        [*parts.items(), ("b.json", b" " * 3_000_000)]
    )
    assert "larger than any project's" in refused([*parts.items(), ("b.json", b" " * 17_000_000)])
    packed = zipfile.ZipInfo("b.json")
    packed.compress_type = zipfile.ZIP_BZIP2
    path = io.BytesIO()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.json", b"x", zipfile.ZIP_BZIP2)
        with pytest.raises(ProjectError, match="packed tighter than any project's"):
            bounded_zip.Archive(archive, "it", project_file.KIND)


def test_a_list_of_entries_without_end_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.lstudio"
    path.write_bytes(b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 9, 9, 10**9, 0, 0))

    def opened(*_):
        raise AssertionError("it was read")

    monkeypatch.setattr(zipfile, "ZipFile", opened)
    with pytest.raises(ProjectError, match="lists more entries than any project has"):
        read_project(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all", b"PK\5\6" + bytes(18)])
def test_no_zip(data, tmp_path):
    path = tmp_path / "a.lstudio"
    path.write_bytes(data)
    with pytest.raises(ProjectError, match=r"^a\.lstudio isn't a project: it "):
        read_project(path)


def test_missing_and_folders(tmp_path):
    with pytest.raises(ProjectError, match="There is no project at"):
        read_project(tmp_path / "none.lstudio")
    with pytest.raises(ProjectError, match="is a folder"):
        read_project(tmp_path)


def steps(said):
    return said["steps"]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("model"),
        lambda s: s["model"].update(path="a\nb"),
        lambda s: s["model"].update(dims={"z": 10**12}),
        lambda s: s.update(saved=1e300),
        lambda s: s.update(pixels="../../etc"),
        lambda s: s.update(format="1"),
        lambda s: steps(s).update(now=99),
        lambda s: steps(s).update(now=True),
        lambda s: steps(s)["labels"].append("one too many"),
        lambda s: steps(s).update(states=[]),
        lambda s: steps(s).update(states=[{}] * 5000, labels=[""] * 4999),
        lambda s: steps(s)["states"].__setitem__(0, []),
        lambda s: steps(s)["states"][1].update(picture=7),
        lambda s: steps(s)["states"][1]["picture"]["start"].update(seed=2**40),
        lambda s: steps(s)["labels"].__setitem__(0, "x" * 501),
        lambda s: steps(s).update(document=None),
    ],
)
def test_values_that_no_project_has(change, parts, refused):
    assert "isn't a readable project" in refused(changed(parts, change))


def test_depth(parts, refused):
    deep = b'{"format":1,"model":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "isn't a readable project" in refused({**parts, "project.json": deep}.items())


def test_newer_formats_say_which_version(parts, tmp_path, refused):
    newer = changed(parts, lambda s: s.update(format=9, program="2.1"))
    said = "made.lstudio was made by a newer LatentStudio. Update to 2.1 or later to open it."
    assert refused(newer) == said
    assert "newer" in refused(changed(parts, lambda s: steps(s).update(document=99)))
    with pytest.raises(NewerFormatError):
        read_project(tmp_path / "made.lstudio")


def arrays(parts, **values):
    return {**parts, "assets.safetensors": safetensors.numpy.save(values)}.items()


def test_arrays_are_what_their_names_say(parts, refused):
    ones = np.ones((2, 2), np.float32)
    for values in ({"a" * 64: ones}, {"x": ones}, {"a" * 64: ones * np.nan},
                   {"a" * 64: np.ones(2, np.int64)}):  # fmt: skip
        assert "is damaged" in refused(arrays(parts, **values))


def test_a_latent_is_no_mask(parts, refused):
    said = json.loads(parts["project.json"])
    text = parts["project.json"].decode()
    latent = next(
        state["picture"]["start"]["codes"]
        for state in said["steps"]["states"]
        if "codes" in state.get("picture", {}).get("start", {})
    )
    mask = said["steps"]["states"][4]["regions"][0]["mask"]["digest"]
    entries = {**parts, "project.json": text.replace(mask, latent).encode()}
    assert "is damaged" in refused(entries.items())


def test_directions_that_cannot_be(parts, refused):
    lost = {name: data for name, data in parts.items() if name != "directions.safetensors"}
    assert "directions that can't be read" in refused(lost.items())
    text = parts["directions.json"].replace(b'"layer": "b8.conv0"', b'"layer": ""')
    assert "inner layer" in refused({**parts, "directions.json": text}.items())


def test_a_preview_is_a_picture(parts, refused):
    assert "a PNG" in refused({**parts, "preview.png": b"<html>"}.items())
