"""Which files and folders hold directions. Without torch, so that the window can ask."""

import contextlib
from pathlib import Path

ENDING = ".lpreset"
ARRAYS = (".npy", ".npz")
"""Arrays: no model comes in these."""
EITHER = (".pt", ".pth", ".safetensors", ".pkl")
"""Files that hold a model or directions: only what is in them tells."""
MOST_BYTES = 64 * 2**20
"""A larger file of these is a model: it is not read twice to find that out."""
ARGS = "args.json"
SETS = Path("models") / "support_sets.pt"
"""With `ARGS`, what an experiment folder of WarpedGANSpace holds."""


def holds_directions(path: Path) -> bool:
    """Whether a file or folder looks like directions rather than a model."""
    if path.is_file():
        return path.suffix.lower() in (ENDING, *ARRAYS)
    return (path / ARGS).is_file() and (path / SETS).is_file()


def may_hold_directions(path: Path) -> bool:
    """Whether a file has to be read to know if it holds directions or a model."""
    with contextlib.suppress(OSError):
        return path.suffix.lower() in EITHER and 0 < path.stat().st_size <= MOST_BYTES
    return False
