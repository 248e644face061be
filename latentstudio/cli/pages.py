"""Folders of a page and its files: filled elsewhere first, then put in place in an instant."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from latentstudio.core.errors import FileError
from latentstudio.core.files import open_file, write_error
from latentstudio.export.page import GENERATOR

PAGE = "index.html"


def check_ours(folder: Path) -> None:
    """Make sure that no page of somebody else's would be replaced.

    Raises:
        FileError: The folder holds another ``index.html``.
    """
    page = folder / PAGE
    if not page.exists():
        return
    with contextlib.suppress(OSError), open_file(page) as file:
        if f'name="generator" content="{GENERATOR}'.encode() in file.read(2000):
            return
    raise FileError(f"{page} is not one of our pages, so it stays. Choose another folder.")


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give a temporary folder inside `folder`; on success its files take their places.

    The page comes last. On any error, Ctrl+C included, an older page stays as it was.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".page-") as name:
            temporary = Path(name)
            yield temporary
            _move(temporary, folder)
    except OSError as error:
        raise write_error(folder / PAGE, error) from error
    finally:
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only if nothing came into it


def _move(source: Path, target: Path) -> None:
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for path in sorted(files, key=lambda path: path.name == PAGE):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
