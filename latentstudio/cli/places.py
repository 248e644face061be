"""Where results go: looked at before anything takes minutes."""

import os
from pathlib import Path

from latentstudio.core.errors import FileError


def check_folder(folder: Path) -> None:
    """Make sure that a folder can be made and written to, without making it yet.

    Raises:
        FileError: It is a file, or the place can't be written to.
    """
    if folder.is_file():
        raise FileError(f"{folder} is a file. Name a folder to write to.")
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise FileError(f"{folder} can't be written ({nearest} is a file). Choose another folder.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise FileError(f"{folder} can't be written (permission denied). Choose another folder.")


def check_file(path: Path) -> None:
    """Make sure that a file can be written, without touching it yet.

    Raises:
        FileError: It is a folder, or its folder can't be written to.
    """
    if path.is_dir():
        raise FileError(f"{path} is a folder. Name a file to write to.")
    check_folder(path.parent)
