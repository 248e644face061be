"""What a person chose in the program; a broken file is moved aside and defaults are used."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from latentstudio.core import files, locks, paths
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged

_LARGEST = 1_000_000
SETTINGS = StoredFormat(1, {0: unchanged}, first=0)


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """All settings, each with its default.

    Attributes:
        theme: ``system`` follows the desktop.
        text_scale: Text size in percent, 100 to 150.
        reduce_motion: No animation at all.
        smooth: Smooth magnification on the canvas; off shows pixels.
        last_model: Opened at the next start.
        recent_models: Newest first.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: What pictures are computed in, where the device can.
        window: Saved geometry, base64, or empty.
        save_folder: Where the last picture was saved, or empty.
        save_recipe: Saved pictures carry their recipe.
        save_made: Saved pictures say that they were made with a generative model.
        recent_projects: Newest first.
        project_folder: Where the last project was saved, or empty.
    """

    theme: Literal["dark", "light", "system"] = "dark"
    text_scale: int = 100
    reduce_motion: bool = False
    smooth: bool = True
    last_model: str = "portraits"
    recent_models: tuple[str, ...] = ()
    device: str = "auto"
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    window: str = ""
    save_folder: str = ""
    save_recipe: bool = True
    save_made: bool = True
    recent_projects: tuple[str, ...] = ()
    project_folder: str = ""


def settings_path() -> Path:
    """Where they are kept."""
    return paths.config_dir() / "settings.json"


def load() -> tuple[Settings, str]:
    """Read the settings; the text, if any, is to be said once.

    A file that is no settings file is moved aside, never deleted.
    """
    path = settings_path()
    try:
        if path.stat().st_size > _LARGEST:
            raise msgspec.DecodeError("too large")
        values = SETTINGS.upgraded(msgspec.json.decode(files.read_file(path)), "Your settings file")
        return msgspec.convert(values, Settings), ""
    except FileNotFoundError:
        return Settings(), ""
    except NewerFormatError as error:
        said = f"{error} Defaults are used."
    except (OSError, ValueError, RecursionError):
        said = ""
    aside = files.put_aside(path)
    if aside is None:
        return Settings(), f"The settings in {path} can't be read; defaults are used."
    moved = f"The settings were damaged: moved to {aside.name}, defaults are used."
    return Settings(), f"{said} They were moved to {aside.name}." if said else moved


def change(changed: Callable[[Settings], Settings]) -> None:
    """Change what is on the disk now: another window's choices stay.

    Args:
        changed: Gives the settings with some fields replaced.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    with locks.held(settings_path().with_suffix(".lock")):
        save(changed(load()[0]))


def save(settings: Settings) -> None:
    """Write them in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    data = msgspec.json.encode(SETTINGS.stamped(msgspec.to_builtins(settings)))
    files.write_bytes(settings_path(), msgspec.json.format(data, indent=1))
