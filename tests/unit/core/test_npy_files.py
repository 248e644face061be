"""Arrays from strangers: what NumPy wrote comes back, what it would not have is refused."""

import io
import zipfile

import numpy as np
import pytest

from latentstudio.core import npy_files
from latentstudio.core.errors import FileError
from latentstudio.core.npy_files import is_npz, read_npy, read_npz

ROWS = np.arange(12.0).reshape(3, 4)


def npy(array, **more):
    file = io.BytesIO()
    np.save(file, array, **more)
    return file.getvalue()


def claims(header, body=b""):
    """An .npy file with any header."""
    text = header.encode() + b" " * 20 + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


@pytest.mark.parametrize(
    "array", [ROWS, ROWS.astype("<f4"), ROWS.astype(">f8"), np.asfortranarray(ROWS), ROWS[None],
              ROWS.astype(np.int16), ROWS[:0], np.float32(2)],
    ids=["f8", "f4", "big endian", "fortran", "three axes", "whole", "empty", "scalar"],
)  # fmt: skip
def test_what_numpy_wrote_comes_back(tmp_path, array):
    (tmp_path / "a.npy").write_bytes(npy(array))
    found = read_npy(tmp_path / "a.npy")
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)


def test_an_npz_comes_back_by_name_packed_or_not(tmp_path):
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", smile=ROWS, age=ROWS[0])
        assert is_npz(tmp_path / "a.npz")
        found = read_npz(tmp_path / "a.npz")
        assert list(found) == ["smile", "age"]
        np.testing.assert_array_equal(found["age"], ROWS[0])
    with zipfile.ZipFile(tmp_path / "torch.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    assert not is_npz(tmp_path / "torch.pt")
    assert not is_npz(tmp_path / "missing.npz")


BAD = {
    "objects": (npy(np.array([{}, []], object), allow_pickle=True), "could run code"),
    "cut": (npy(ROWS)[:-1], "declares 12 numbers and holds 11"),
    "longer": (npy(ROWS) + bytes(8), "holds 13"),
    "header cut": (npy(ROWS)[:40], "damaged"),
    "no header": (b"\x93NUMPY", "damaged"),
    "not at all": (b"hello", "damaged"),
    "huge": (claims("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000000)}"),
             "declares 1,000,000,000,000,000 numbers"),
    "overflowing": (claims("{'descr': '<f8', 'fortran_order': False, 'shape': (" +
                           "4294967296, " * 4 + ")}"), "declares"),
    "negative": (claims("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4)}"), "holds"),
    "code": (claims("__import__('os').system('touch executed.txt')"), "damaged"),
    "no such type": (claims("{'descr': 'x9', 'fortran_order': False, 'shape': (1,)}"), "damaged"),
    "void": (claims("{'descr': '|V0', 'fortran_order': False, 'shape': (4,)}"), "not decimal"),
    "texts": (npy(np.array(["a"])), "not decimal"),
    "complex": (npy(ROWS.astype(complex)), "not decimal"),
    "rows of fields": (npy(np.zeros(2, [("a", "f4"), ("b", "f4")])), "not decimal"),
    "newer": (b"\x93NUMPY\x09\x00" + npy(ROWS)[8:], "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_others_are_refused_in_a_sentence(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    data, words = BAD[name]
    (tmp_path / "a.npy").write_bytes(data)
    with pytest.raises(FileError, match=words) as caught:
        read_npy(tmp_path / "a.npy")
    assert "a.npy" in str(caught.value)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", data)
    with pytest.raises(FileError, match=words):
        read_npz(tmp_path / "a.npz")
    assert not (tmp_path / "executed.txt").exists()


def test_texts_beside_numbers_are_left_out(tmp_path):
    np.savez(tmp_path / "a.npz", made_by="somebody", smile=ROWS)
    assert list(read_npz(tmp_path / "a.npz")) == ["smile"]


def test_what_is_too_large_is_not_read(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "bomb.npz", a=np.zeros(100_000))
    (tmp_path / "a.npy").write_bytes(npy(np.zeros(100_000)))
    monkeypatch.setattr(npy_files, "MAX_BYTES", 500_000)
    with pytest.raises(FileError, match="unpack to more"):
        read_npz(tmp_path / "bomb.npz")
    with pytest.raises(FileError, match="larger than"):
        read_npy(tmp_path / "a.npy")
    monkeypatch.setattr(npy_files, "MAX_ARRAYS", 1)
    np.savez(tmp_path / "many.npz", a=ROWS, b=ROWS)
    with pytest.raises(FileError, match="unpack to more"):
        read_npz(tmp_path / "many.npz")


def test_a_damaged_npz_and_a_missing_file_get_a_sentence(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", a=ROWS)
    whole = (tmp_path / "a.npz").read_bytes()
    for data in (whole[: len(whole) // 2], whole[:60] + b"\xff" * 20 + whole[80:]):
        (tmp_path / "a.npz").write_bytes(data)
        with pytest.raises(FileError, match="damaged"):
            read_npz(tmp_path / "a.npz")
    for read in (read_npy, read_npz):
        with pytest.raises(FileError, match="can't be read"):
            read(tmp_path / "missing")
