"""What a person chose in the program; a broken file is moved aside and defaults are used.

What a person may set is declared at its field: title, sentence, range, words of its choices. The
page of settings is made of these declarations. The other fields are remembered, not set.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from latentstudio.core import files, locks, paths
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged
from latentstudio.core.marked import marked
from latentstudio.core.setting import setting, within_limits

_LARGEST = 1_000_000
SETTINGS = StoredFormat(1, {0: unchanged}, first=0)


class WindowLayout(msgspec.Struct, kw_only=True, frozen=True):
    """How the window was left; 0 and empty are as it comes.

    Attributes:
        left: Width of the left column in pixels.
        side: Width of the right column.
        upper: Id of the panel in front in the upper half of the right column.
        lower: The same in the lower half.
        share: Height of the upper half in percent.
        strip: The tab of the strip.
        folded: What was folded by hand, by name.
    """

    left: int = 0
    side: int = 0
    upper: str = ""
    lower: str = ""
    share: int = 0
    strip: int = 0
    folded: tuple[str, ...] = ()


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """All settings, each with its default.

    Attributes:
        last_model: Opened at the next start.
        recent_models: Newest first.
        window: Where the window was (`ui.window.placement`), or empty.
        save_format: Ending of the picture that was saved last.
        save_scale: How many times larger it was saved.
        save_quality: Of JPEG and WebP, 1 to 100; 100 is lossless for WebP.
        layout: How the window was left.
        keys: Shortcuts by a command's id, as ``Ctrl+E``, where they are not the usual ones.
        preset_folders: Watched folders of presets, beside the user's own.
        recent_projects: Newest first.
    """

    theme: Annotated[
        Literal["dark", "light", "system"],
        setting(
            "Theme",
            "Colours of the window.",
            "Look",
            words={
                "dark": marked("Dark"),
                "light": marked("Light"),
                "system": marked("As the system"),
            },
        ),
    ] = "dark"
    text_scale: Annotated[
        int, setting("Text size", "Size of all text, in percent.", "Look", low=100, high=150)
    ] = 100
    reduce_motion: Annotated[bool, setting("Reduce motion", "Nothing slides or fades.", "Look")] = (
        False
    )
    smooth: Annotated[
        bool, setting("Smooth pictures", "Off shows every pixel as a square.", "Look")
    ] = True
    language: Annotated[
        str, setting("Language", "Of the window, from the next start on.", "Look", listed=True)
    ] = ""
    last_model: str = "portraits"
    recent_models: tuple[str, ...] = ()
    device: Annotated[
        str,
        setting(
            "Device",
            "What computes the pictures; an open model moves there.",
            "Computing",
            listed=True,
        ),
    ] = "auto"
    precision: Annotated[
        Literal["float32", "bfloat16", "float16"],
        setting(
            "Precision",
            "Half is faster on some devices and looks the same; saving is always full.",
            "Computing",
            words={
                "float32": marked("Full, 32 bits"),
                "bfloat16": marked("Half, 16 bits (bfloat16)"),
                "float16": marked("Half, 16 bits (float16)"),
            },
        ),
    ] = "float32"
    autosave: Annotated[
        int,
        setting(
            "Keep the work after",
            "Seconds from a change until it is on the disk.",
            "Files",
            low=1,
            high=4,
        ),
    ] = 1
    save_folder: Annotated[
        str,
        setting(
            "Folder for pictures",
            "Where pictures are saved at first; empty is where the last one went.",
            "Files",
            folder=True,
        ),
    ] = ""
    save_recipe: Annotated[
        bool,
        setting(
            "Recipe in pictures",
            "PNG and WebP hold how they were made, and open again as they are.",
            "Files",
        ),
    ] = True
    save_made: Annotated[
        bool,
        setting(
            "Say how pictures were made",
            "A line in the file: made with a generative model.",
            "Files",
        ),
    ] = True
    save_format: Literal["png", "webp", "jpg", "psd"] = "png"
    save_scale: int = 1
    save_quality: int = 92
    window: str = ""
    layout: WindowLayout = WindowLayout()
    keys: dict[str, tuple[str, ...]] = {}
    preset_folders: tuple[str, ...] = ()
    author: Annotated[
        str, setting("Author", "Whom new presets name; empty names nobody.", "Sharing")
    ] = ""
    licence: Annotated[
        str, setting("Licence", "Under which new presets are shared.", "Sharing")
    ] = ""
    recent_projects: tuple[str, ...] = ()
    project_folder: Annotated[
        str,
        setting(
            "Folder for projects",
            "Where projects are saved at first; empty is where the last one went.",
            "Files",
            folder=True,
        ),
    ] = ""


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
        return within_limits(msgspec.convert(values, Settings)), ""
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
