"""Where things live on this computer."""

import os
from pathlib import Path

import appdirs

_APP = "LatentStudio"


def _home(kind: str, fallback: str) -> Path:
    """`LATENTSTUDIO_HOME` puts everything in one folder: tests and portable installs."""
    own = os.environ.get("LATENTSTUDIO_HOME")
    return Path(own) / kind if own else Path(fallback)


def config_dir() -> Path:
    """Settings."""
    return _home("config", appdirs.user_config_dir(_APP, appauthor=False))


def cache_dir() -> Path:
    """What can be computed again: references, found directions, last picture."""
    return _home("cache", appdirs.user_cache_dir(_APP, appauthor=False))


def data_dir() -> Path:
    """What the user made or installed: models, presets, plugins."""
    return _home("data", appdirs.user_data_dir(_APP, appauthor=False))


def resources_dir() -> Path:
    """Read-only files that ship with the program, in a checkout or in a wheel."""
    return _shipped("resources")


def shipped_plugins_dir() -> Path:
    """Plugins that ship with the program."""
    return _shipped("plugins")


def user_plugins_dir() -> Path:
    """Plugins that the user put there: a folder for each."""
    return data_dir() / "plugins"


def _shipped(name: str) -> Path:
    """Beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent.parent
    in_wheel = package / f"_{name}"
    return in_wheel if in_wheel.is_dir() else package.parent / name
