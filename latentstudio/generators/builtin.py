"""Models that can be named instead of given as a file: shipped and installed ones."""

from pathlib import Path

from latentstudio.core.errors import CheckpointError
from latentstudio.core.paths import data_dir, resources_dir
from latentstudio.engine.folder import model_in

DEFAULT = "portraits"
LARGER = "portraits-128"
"""The same portraits at twice the size, with the same codes and directions."""


def models_dir() -> Path:
    """Where installed models are kept."""
    return data_dir() / "models"


def builtin_models() -> dict[str, Path]:
    """Names of shipped and installed models, and their files; shipped ones first."""
    found: dict[str, Path] = {}
    for folder in (resources_dir() / "generators", models_dir()):
        if folder.is_dir():
            for path in sorted(folder.iterdir(), key=lambda one: one.stem):
                is_model = path.is_file() or model_in(path) is not None
                if is_model and not path.name.startswith("."):
                    found.setdefault(path.stem, path)
    return found


def find_model(name: str) -> Path:
    """The file of a built-in's name, or the path itself.

    Raises:
        CheckpointError: There is neither a model of this name nor such a file.
    """
    models, path = builtin_models(), Path(name).expanduser()
    if name in models and not path.is_file():
        return models[name]
    if not path.exists():
        known = ", ".join(models)
        raise CheckpointError(f"{name} does not exist. Built-in models: {known}.")
    return path
