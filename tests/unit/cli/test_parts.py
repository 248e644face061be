"""The small parts: progress, places, latents from files, names of pictures."""

import pickle

import numpy as np
import pytest

from latentstudio.cli import progress
from latentstudio.cli.output import picture_names
from latentstudio.cli.places import check_file, check_folder
from latentstudio.core.arrays import load_latents
from latentstudio.core.errors import FileError, LatentStudioError, OptionError
from latentstudio.core.progress import Step


def job(steps, closed):
    try:
        for number in range(steps):
            yield Step(number / steps, f"Part {number}")
    finally:
        closed.append(True)
    return "result"


def test_a_job_is_driven_to_its_result():
    closed = []
    assert progress.drive(job(3, closed), "Working") == "result"
    assert closed == [True]


def test_short_jobs_leave_no_line_in_a_log(capsys):
    progress.drive(job(3, []), "Working")
    assert capsys.readouterr().err == ""


def test_long_jobs_leave_a_line_now_and_then(capsys, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.0)
    progress.drive(job(4, []), "Working")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Part 0: 0 %", "Part 1: 25 %", "Part 2: 50 %", "Part 3: 75 %"]


def test_a_terminal_gets_a_bar_that_goes_away(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress.drive(job(3, []), "Working")
    assert "Working" in capsys.readouterr().err


def test_ctrl_c_closes_the_job(monkeypatch):
    closed = []

    def interrupted(_self, _step):
        raise KeyboardInterrupt

    monkeypatch.setattr(progress._Lines, "show", interrupted)
    running = job(3, closed)  # kept: being forgotten would close it too
    with pytest.raises(KeyboardInterrupt):
        progress.drive(running, "Working")
    assert closed == [True]


def test_places_are_checked_without_making_them(tmp_path):
    check_folder(tmp_path / "a" / "b")
    check_file(tmp_path / "a" / "b.lpreset")
    assert not (tmp_path / "a").exists()


def test_places_that_cannot_be_written_are_named(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(FileError, match="is a file"):
        check_folder(file)
    with pytest.raises(FileError, match="can't be written"):
        check_folder(file / "below")
    with pytest.raises(FileError, match="is a folder"):
        check_file(tmp_path)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(FileError, match="permission denied"):
        check_folder(tmp_path / "a")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_latents_of_any_precision_are_read(tmp_path, dtype):
    given = np.arange(6, dtype=dtype).reshape(2, 3)
    np.save(tmp_path / "a.npy", given)
    np.testing.assert_array_equal(load_latents(tmp_path / "a.npy"), given)


class Tripwire:
    """Would raise if a pickle that holds it were ever loaded."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


def bad_files(folder):
    """Files that are no latents, by what is wrong with them."""
    np.save(folder / "objects.npy", np.array([Tripwire()], dtype=object), allow_pickle=True)
    np.save(folder / "whole.npy", np.arange(6).reshape(2, 3))
    np.save(folder / "complex.npy", np.ones((2, 3), complex))
    np.save(folder / "text.npy", np.array(["a"]))
    np.savez(folder / "several.npz", a=np.ones(3))
    np.save(folder / "cut.npy", np.ones((50, 50)))
    data = (folder / "cut.npy").read_bytes()
    (folder / "cut.npy").write_bytes(data[:-100])
    (folder / "pickle.npy").write_bytes(pickle.dumps(Tripwire()))
    (folder / "empty.npy").write_bytes(b"")
    (folder / "lfs.npy").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    lie = {"descr": "<f4", "fortran_order": False, "shape": (10**12, 512)}
    with (folder / "lie.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, lie)
    with (folder / "header.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {**lie, "shape": ()})
        file.seek(0)
        file.write(b"\x93NUMPY\x01\x00\x10\x00{'descr': [[[[  ")
    (folder / "folder.npy").mkdir()
    return sorted(p for p in folder.iterdir() if p.name != "home")


def test_files_that_are_no_latents_get_a_sentence(tmp_path):
    files = bad_files(tmp_path)
    assert len(files) == 12
    for path in [*files, tmp_path / "missing.npy"]:
        with pytest.raises(LatentStudioError) as caught:
            load_latents(path)
        assert path.name in caught.value.sentence()
        assert caught.value.sentence().endswith(".")


def test_other_numbers_than_decimal_ones_are_named(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6))
    with pytest.raises(OptionError, match="int64"):
        load_latents(tmp_path / "a.npy")


def test_picture_names_sort_in_order():
    assert picture_names(["seed7", "", "seed7"], "png") == [
        "0000-seed7.png",
        "0001.png",
        "0002-seed7.png",
    ]
    many = picture_names([""] * 10_001, "webp")
    assert many == sorted(many)
    assert picture_names(["a", "b"], "npy") == ["images.npy"]
