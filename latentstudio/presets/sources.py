"""Which files and folders hold directions. Without torch, so that the window can ask."""

from pathlib import Path

ENDING = ".lpreset"
ARGS = "args.json"
SETS = Path("models") / "support_sets.pt"
"""With `ARGS`, what an experiment folder of WarpedGANSpace holds."""


def holds_directions(path: Path) -> bool:
    """Whether a file or folder looks like directions rather than a model."""
    if path.is_file():
        return path.suffix.lower() == ENDING
    return (path / ARGS).is_file() and (path / SETS).is_file()
