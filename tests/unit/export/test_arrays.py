"""Arrays written in parts read back whole, or not at all."""

import numpy as np
import pytest

from latentstudio.core.errors import FileError, ResourceError
from latentstudio.export import arrays
from latentstudio.export.arrays import npy_file, save_array

ROWS = np.random.RandomState(0).randn(7, 2, 3).astype(np.float32)


def files_in(folder):
    return sorted(p.name for p in folder.iterdir() if p.name != "home")


def test_parts_make_up_the_array(tmp_path):
    with npy_file(tmp_path / "a.npy", ROWS.shape) as append:
        append(ROWS[:3])
        append(ROWS[3:])
    found = np.load(tmp_path / "a.npy", allow_pickle=False)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, ROWS)


def test_other_dtypes_and_layouts_become_float32_rows(tmp_path):
    save_array(tmp_path / "a.npy", np.asfortranarray(ROWS.astype(np.float64)))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), ROWS)


def test_too_few_rows_write_nothing(tmp_path):
    with (
        pytest.raises(ValueError, match="4 of 7 rows"),
        npy_file(tmp_path / "a.npy", ROWS.shape) as append,
    ):
        append(ROWS[:3])
    assert files_in(tmp_path) == []


def test_rows_that_do_not_fit_are_refused(tmp_path):
    with (
        pytest.raises(ValueError, match="don't fit"),
        npy_file(tmp_path / "a.npy", (2, 2, 3)) as append,
    ):
        append(ROWS[:3])
    assert files_in(tmp_path) == []


def test_ctrl_c_in_the_middle_leaves_the_old_file(tmp_path):
    save_array(tmp_path / "a.npy", ROWS)

    def interrupted():
        with npy_file(tmp_path / "a.npy", ROWS.shape) as append:
            append(ROWS[:1])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), ROWS)
    assert files_in(tmp_path) == ["a.npy"]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    save_array(tmp_path / "a.npy", ROWS)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrays.np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(ResourceError, match="disk is full"):
        save_array(tmp_path / "a.npy", ROWS + 1)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), ROWS)


def test_an_unwritable_place_gets_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="can't be written"):
        save_array(tmp_path / "file" / "a.npy", ROWS)
