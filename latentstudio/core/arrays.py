"""Latents from a file: numbers and nothing else."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import open_file


def load_latents(path: Path) -> NDArray[np.floating[Any]]:
    """Read a ``.npy`` file. A pickle inside is refused, not run.

    The array has the shape (...) and the floating-point type it was written with.

    Args:
        path: The file.

    Raises:
        FileError: Missing, unreadable, or no ``.npy`` file.
        OptionError: It holds something else than decimal numbers.
    """
    try:
        with open_file(path) as file:
            found = np.load(file, allow_pickle=False)
    except FileNotFoundError:
        raise FileError(f"There is no file {path}. Check the path.") from None
    except IsADirectoryError:
        raise FileError(f"{path} is a folder. Give a .npy file of latents.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    except Exception as error:  # a broken header raises nearly anything
        raise _no_latents(path) from error
    if not isinstance(found, np.ndarray):
        found.close()
        raise _no_latents(path)
    if found.dtype.kind != "f":
        raise OptionError(
            f"The latents in {path.name} are of type {found.dtype}, not decimal numbers. "
            "Save them as float32."
        )
    return found


def _no_latents(path: Path) -> FileError:
    return FileError(
        f"{path.name} isn't a whole .npy file of numbers. Write it with numpy.save(file, latents)."
    )
