"""Odd names and bad places: what is there stays whole, and one sentence says what to do."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from latentstudio.core.errors import FileError
from latentstudio.core.files import check_folder_of
from latentstudio.exchange.projects import read_project, write_project
from latentstudio.exchange.projects.recipe import read_recipe, recipe_text
from latentstudio.export.images import save_pixels
from latentstudio.export.layered import Layer, write_psd
from latentstudio.export.metadata import PictureMetadata
from tests.toys.projects import project

PIXELS = np.zeros((24, 16, 3), np.uint8)

NAMES = ["a" * 232, "☕🙂" * 25, "name...", "CON", "con.tar", "a\nb", "-rf", "%1 & <b>", " x "]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_odd_names_are_written_and_read(name, tmp_path):
    path = tmp_path / f"{name}.lstudio"
    write_project(project(), path)
    write_project(project(), path)
    assert read_project(path).document == project().document
    picture = tmp_path / f"{name}.png"
    save_pixels(PIXELS, picture, metadata=PictureMetadata("", recipe_text(project())))
    assert read_recipe(picture).document.picture == project().document.picture
    assert sorted(tmp_path.iterdir()) == sorted([path, picture])


def test_a_name_that_is_too_long_says_so(tmp_path):
    for write in (
        lambda path: write_project(project(), path),
        lambda path: write_psd([Layer("Original", PIXELS)], PIXELS, path),
    ):
        with pytest.raises(FileError, match=r"too long for this disk\. Shorten it\.$"):
            write(tmp_path / ("☕" * 240 + ".lstudio"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ETXTBSY, errno.ESTALE])
def test_a_file_that_cannot_be_replaced_stays(number, tmp_path, monkeypatch):
    """Open in another program on Windows, a read-only disk, a share that has gone."""
    path = tmp_path / "a.lstudio"
    write_project(project(), path)
    before = path.read_bytes()

    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(FileError, match=r"a\.lstudio can't be written \(.*\)\. Choose another"):
        write_project(project(), path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.lstudio", before)]


def test_a_folder_that_has_gone_is_not_made_again(tmp_path):
    with pytest.raises(FileError, match=r"^The folder .* is not there any more: a\.lstudio was"):
        check_folder_of(tmp_path / "stick" / "a.lstudio")
    check_folder_of(tmp_path / "a.lstudio")
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="can't be written"):
        write_project(project(), tmp_path / "file" / "a.lstudio")
