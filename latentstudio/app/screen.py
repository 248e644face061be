"""Is there a screen to open the window on, and can Qt open it? Known without importing Qt.

Qt ends the program when a display or a library is missing; a sentence beforehand is kinder.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from latentstudio.app import libraries

NO_SCREEN = "No screen here: running the tour instead."
TOUR = ["tour", "--output", "tour"]


def has_screen(
    variables: Mapping[str, str] = os.environ, answers: Callable[[], bool] | None = None
) -> bool:
    """True if a window can be shown, or if Qt was told to draw somewhere else (offscreen)."""
    return bool(qt_platforms(variables, answers or x11_answers))


def qt_platforms(variables: Mapping[str, str], answers: Callable[[], bool]) -> list[str]:
    """The Qt platform plug-ins that could show a window, in Qt's order; none without a screen.

    Args:
        variables: the environment.
        answers: asks whether the X server that DISPLAY names can be reached.
    """
    chosen = variables.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if sys.platform != "linux":
        return [chosen or "native"]
    if chosen and chosen not in ("xcb", "wayland"):
        return [chosen]
    there = {
        "wayland": _wayland_answers(variables),
        "xcb": bool(variables.get("DISPLAY")) and answers(),
    }
    return [name for name, answered in there.items() if answered and chosen in ("", name)]


def trouble(variables: Mapping[str, str] = os.environ) -> str:
    """The sentence to show when Qt cannot start for want of a library; empty if it can."""
    lacking = missing(variables)
    return libraries.sentence(lacking, libraries.os_release()) if lacking else ""


def missing(variables: Mapping[str, str] = os.environ) -> list[str]:
    """The libraries without which Qt cannot start.

    One usable way to the screen is enough. Without a screen only the libraries that Qt needs
    anywhere are looked at, which is what tests and offscreen runs need.
    """
    ways = qt_platforms(variables, x11_answers) or ["offscreen"]
    return min((libraries.missing_libraries(way) for way in ways), key=len)


def x11_answers() -> bool:
    """Opens and closes a connection; a library that is missing is not the server's silence."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_answers(variables: Mapping[str, str]) -> bool:
    name, folder = variables.get("WAYLAND_DISPLAY", ""), variables.get("XDG_RUNTIME_DIR", "")
    return bool(name) and Path(folder, name).is_socket()
