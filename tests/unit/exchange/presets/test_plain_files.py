"""What is written for other programs is plain to them, and comes back as it was."""

import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from latentstudio.core.errors import FileError, OptionError, PresetError
from latentstudio.core.spaces import Space
from latentstudio.exchange.presets.manifest import FORMAT
from latentstudio.exchange.presets.plain_files import left_out, read_plain, write_plain
from tests.unit.exchange.presets.test_round_trip import as_plain, every_kind


@pytest.fixture
def linear():
    found = every_kind()
    return replace(found, directions=tuple(d for d in found.directions if d.kind == "linear"))


def test_arrays_hold_the_directions_of_each_space(tmp_path, linear):
    paths = write_plain(every_kind(), tmp_path, "npy")
    assert [p.name for p in paths] == [f"directions-{s}.npy" for s in ("z", "w", "wplus")]
    rows = [d.vector for d in linear.directions if d.space is Space.W]
    np.testing.assert_array_equal(np.load(paths[1]), rows)
    assert np.load(paths[2]).shape == (1, 3, 4)
    said = json.loads((tmp_path / "directions-w.json").read_text())["directions"]
    assert [one["name"] for one in said] == ["Smile", "Age"]
    assert [(one["layers"], one["unit"]) for one in said] == [([1, 2], 2.5), (None, 1.0)]
    assert "1 of 5 directions" in left_out(every_kind(), "npy")
    assert left_out(linear, "npy") == left_out(every_kind(), "safetensors") == ""


def test_they_come_back_as_they_were(tmp_path, linear):
    read = [read_plain(path) for path in write_plain(linear, tmp_path, "npy")]
    by_space = [d for s in Space for d in linear.directions if d.space is s]
    back = replace(read[0], directions=tuple(d for one in read for d in one.directions))
    assert as_plain(back) == as_plain(replace(linear, directions=tuple(by_space)))
    (path,) = write_plain(every_kind(), tmp_path, "safetensors")
    assert as_plain(read_plain(path)) == as_plain(every_kind())
    assert safetensors.numpy.load_file(path)["linear/w"].shape == (2, 4)


def test_numbers_changed_elsewhere_keep_their_displacement(tmp_path, linear):
    path = write_plain(linear, tmp_path, "npy")[1]
    np.save(path, 3 * np.load(path).astype(np.float64))
    smile, _ = read_plain(path).directions
    np.testing.assert_allclose(smile.vector, linear.directions[0].vector, rtol=1e-6)
    assert smile.unit == pytest.approx(7.5)


def test_arrays_of_other_projects_are_left_to_others(tmp_path, linear):
    path = write_plain(linear, tmp_path, "npy")[1]
    said = path.with_suffix(".json")
    for text in (
        '{"smile": 1}',
        "[1]",
        '["format", "directions", "model"]',
        "{",
        '{"format": 1}',
        "[" * 100_000,
    ):
        said.write_text(text)
        assert read_plain(path) is None
    said.unlink()
    assert read_plain(path) is None


def test_numbers_that_do_not_fit_the_names_are_refused(tmp_path, linear):
    path = write_plain(linear, tmp_path, "npy")[1]
    whole = np.load(path)
    bad = {
        "names 2 directions": whole[:1],
        "has 4 numbers": whole[:, :3],
        "NaN": whole + np.nan,
        "all zeros": 0 * whole,
    }
    for words, rows in bad.items():
        np.save(path, rows)
        with pytest.raises(PresetError, match=words) as caught:
            read_plain(path)
        assert "Delete directions-w.json" in caught.value.hint
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(FileError, match="declares"):
        read_plain(path)
    said = path.with_suffix(".json")
    said.write_text(said.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    with pytest.raises(PresetError, match="newer"):
        read_plain(path)


def test_what_a_form_cannot_hold(tmp_path, linear):
    curved = replace(linear, directions=every_kind().directions[1:2])
    with pytest.raises(OptionError, match=r"\.npy can't hold them"):
        write_plain(curved, tmp_path / "out", "npy")
    with pytest.raises(OptionError, match="holds no directions"):
        write_plain(replace(linear, directions=()), tmp_path / "out", "safetensors")
    assert not (tmp_path / "out").exists()


def test_tensors_say_in_their_header_what_they_are(tmp_path, linear):
    told = replace(linear, notes="Warm", tags=("face", "mood"))
    (path,) = write_plain(told, tmp_path, "safetensors")
    with safe_open(path, "numpy") as file:
        said = file.metadata()
    assert said["modelspec.sai_model_spec"] == "1.0.1"
    assert said["modelspec.architecture"] == "stylegan2/latent-directions"
    assert (said["modelspec.title"], said["modelspec.author"]) == ("Faces", "Ada")
    assert (said["modelspec.license"], said["modelspec.tags"]) == ("CC0-1.0", "face, mood")
    assert said["modelspec.description"] == "Warm"
    assert len(read_plain(path)) == len(linear)
