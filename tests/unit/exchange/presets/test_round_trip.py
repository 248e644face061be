"""What is written is what is read, now and in later versions."""

import dataclasses
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from latentstudio.core.errors import FileError, PresetError, ResourceError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import digest_of_array
from latentstudio.document.direction import (
    CurvedPath,
    Direction,
    DirectionSet,
    Linear,
    Local,
    ModelKey,
    Provenance,
)
from latentstudio.exchange.presets import read_preset, read_previews, write_preset
from latentstudio.exchange.presets.kinds import problem

MODEL = ModelKey("f" * 64, "stylegan2", 64, {"z": 6, "w": 4, "w+": 4})
SAMPLE = Path(__file__).parent / "samples" / "format-1.lpreset"


def unit(*shape, seed=0):
    vector = np.random.RandomState(seed).randn(*shape).astype(np.float32)
    return vector / np.linalg.norm(vector)


def png(width, height):
    """A black picture as the bytes of a PNG file."""
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


THERE = Provenance(model=MODEL.fingerprint)


def every_kind() -> DirectionSet:
    """One direction of each space and kind, with nothing left at its default."""
    numbers = np.arange(12, dtype=np.float32).reshape(3, 4)
    directions = (
        Direction("pca-1", "Smile", Space.W, Linear(unit(4, seed=1)), 2.5, -3.0, 4.0, (1, 2),
                  Provenance("ganspace", {"samples": 100, "centre": True}, 7, MODEL.fingerprint),
                  measured={"variance": 0.25}),
        Direction("path-1", "Path", Space.Z, CurvedPath(unit(6, seed=2), numbers),
                  provenance=Provenance("warpedganspace", model=MODEL.fingerprint)),
        Direction("pca-2", "Age", Space.W, Linear(unit(4, seed=3)), provenance=THERE),
        Direction("local-1", "Mouth", Space.WPLUS, Linear(unit(3, 4, seed=4)), provenance=THERE),
        Direction("z-1", "Turn", Space.Z, Linear(unit(6, seed=5)), provenance=THERE),
    )  # fmt: skip
    return DirectionSet(MODEL, directions, "Faces", "Ada", "CC0-1.0")


def as_plain(found: DirectionSet) -> list:
    """A set as lists, so that whole sets can be compared."""
    rows = []
    for direction in found.directions:
        values = {f.name: getattr(direction, f.name) for f in dataclasses.fields(direction)}
        payload = direction.payload
        arrays = {"vector": payload.vector, **payload.arrays}
        values["payload"] = [payload.kind, *((n, a.tolist()) for n, a in arrays.items())]
        how = direction.provenance
        values["provenance"] = [getattr(how, field.name) for field in dataclasses.fields(how)]
        rows.append({**values, "measured": dict(values["measured"])})
    return [found.model, found.name, found.author, found.licence, rows]


def test_everything_comes_back(tmp_path):
    path = tmp_path / "a.lpreset"
    write_preset(every_kind(), path)
    assert as_plain(read_preset(path)) == as_plain(every_kind())


def local_set(**change):
    """A local direction that bends, with its mask, and one that doesn't."""
    mask = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    digest = digest_of_array(mask)
    points = np.stack([-unit(4), 0 * unit(4), unit(4, seed=1)])
    bent = Local(unit(4), digest, points, np.array([-2, 0, 3], np.float32))
    directions = (
        Direction("l-1", "Mouth", Space.W, dataclasses.replace(bent, **change)),
        Direction("l-2", "Eyes", Space.W, Local(unit(4, seed=2), digest)),
    )
    return DirectionSet(MODEL, directions, masks={digest: mask})


def test_local_directions_come_back_with_their_masks(tmp_path):
    found = local_set()
    write_preset(found, tmp_path / "a.lpreset")
    again = read_preset(tmp_path / "a.lpreset")
    assert as_plain(again) == as_plain(found)
    assert [d.payload.mask for d in again.directions] == [*found.masks] * 2
    np.testing.assert_array_equal(
        again.masks[again.directions[0].payload.mask], next(iter(found.masks.values()))
    )
    assert [problem(d, {"w": 4}) for d in again.directions] == ["", ""]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"amounts": np.array([0, 1], np.float32)}, "don't fit"),
        ({"amounts": np.array([0, 0, 3], np.float32)}, "rise through its start"),
        ({"amounts": np.array([1, 2, 3], np.float32)}, "rise through its start"),
        ({"points": np.ones((3, 4), np.float32)}, "rise through its start"),
        ({"points": np.ones((3, 5), np.float32)}, "don't fit"),
    ],
)
def test_points_that_make_no_path_are_a_problem(tmp_path, change, says):
    write_preset(local_set(**change), tmp_path / "a.lpreset")
    first = read_preset(tmp_path / "a.lpreset").directions[0]
    assert says in problem(first, {"w": 4})


def test_a_mask_that_is_not_what_its_digest_says_is_refused(tmp_path):
    found = local_set()
    swapped = {digest: mask[::-1] for digest, mask in found.masks.items()}
    write_preset(dataclasses.replace(found, masks=swapped), tmp_path / "a.lpreset")
    with pytest.raises(PresetError, match="damaged"):
        read_preset(tmp_path / "a.lpreset")
    write_preset(dataclasses.replace(found, masks={}), tmp_path / "b.lpreset")
    with pytest.raises(PresetError, match="mask of a direction is missing"):
        read_preset(tmp_path / "b.lpreset")


def test_an_empty_set_comes_back(tmp_path):
    write_preset(DirectionSet(MODEL, ()), tmp_path / "a.lpreset")
    assert len(read_preset(tmp_path / "a.lpreset")) == 0


def test_the_manifest_has_the_promised_keys(tmp_path):
    write_preset(every_kind(), tmp_path / "a.lpreset")
    with zipfile.ZipFile(tmp_path / "a.lpreset") as archive:
        said = json.loads(archive.read("manifest.json"))
    promised = {"format", "program", "name", "author", "licence", "model", "directions"}
    assert set(said) == promised | {"notes", "tags", "looks"}
    assert set(said["model"]) == {"fingerprint", "family", "resolution", "dims"}
    promised = {"id", "name", "kind", "space", "layers", "unit", "range", "method", "options"}
    assert promised | {"seed"} <= set(said["directions"][0])
    assert said["directions"][0]["range"] == [-3.0, 4.0]
    assert said["directions"][0]["layers"] == [1, 2]


def test_linear_directions_of_one_space_share_a_tensor(tmp_path):
    write_preset(every_kind(), tmp_path / "a.lpreset")
    with zipfile.ZipFile(tmp_path / "a.lpreset") as archive:
        tensors = safetensors.numpy.load(archive.read("directions.safetensors"))
    assert tensors["linear/w"].shape == (2, 4)
    assert tensors["linear/w+"].shape == (1, 3, 4)
    np.testing.assert_array_equal(tensors["linear/w"][1], unit(4, seed=3))
    assert tensors["path-1"].shape == (6,)
    assert tensors["path-1/support"].shape == (3, 4)


def test_previews_come_back(tmp_path):
    picture = png(9, 3)
    write_preset(every_kind(), tmp_path / "a.lpreset", {"pca-1": picture})
    assert read_previews(tmp_path / "a.lpreset") == {"pca-1": picture}


def test_the_same_set_gives_the_same_bytes(tmp_path):
    write_preset(every_kind(), tmp_path / "a.lpreset")
    write_preset(every_kind(), tmp_path / "b.lpreset")
    assert (tmp_path / "a.lpreset").read_bytes() == (tmp_path / "b.lpreset").read_bytes()


def test_the_stored_sample_of_format_1_still_opens():
    found = read_preset(SAMPLE)
    assert as_plain(found) == as_plain(every_kind())
    assert set(read_previews(SAMPLE)) == {"pca-1"}


def test_a_set_that_could_not_be_read_back_is_not_written(tmp_path):
    path = tmp_path / "a.lpreset"
    write_preset(every_kind(), path)
    before = path.read_bytes()
    twice = DirectionSet(MODEL, every_kind().directions[:1] * 2)
    with pytest.raises(PresetError, match="same id"):
        write_preset(twice, path)
    mixed = (
        Direction("a", "A", Space.W, Linear(unit(4))),
        Direction("b", "B", Space.W, Linear(unit(5))),
    )
    with pytest.raises(PresetError, match="different lengths"):
        write_preset(DirectionSet(MODEL, mixed), path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.lpreset"
    write_preset(every_kind(), path)
    before = path.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ResourceError, match="disk is full"):
        write_preset(every_kind(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="can't be written"):
        write_preset(every_kind(), tmp_path / "file" / "a.lpreset")


def test_reading_presets_loads_no_torch():
    code = "import sys, latentstudio.exchange.presets; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
