"""Which system libraries Qt needs on Linux, and which package of which distribution has them.

Qt's wheels bring most, not these. Without the first group importing QtGui fails; without the
others Qt ends the program while it opens the window. So they are looked for beforehand.
"""

import ctypes
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

# library: its package in Debian and Ubuntu, in Fedora, in Arch
BASE = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib", "zlib"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd"),
}
X11 = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
}
WAYLAND = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
}
GROUPS = {"xcb": X11, "wayland": WAYLAND}
FAMILIES = {
    "debian": (0, "sudo apt install"),
    "ubuntu": (0, "sudo apt install"),
    "fedora": (1, "sudo dnf install"),
    "rhel": (1, "sudo dnf install"),
    "arch": (2, "sudo pacman -S"),
}

Load = Callable[[str], object]


def missing_libraries(platform: str, load: Load = ctypes.CDLL) -> list[str]:
    """The libraries that Qt would miss with a platform plug-in (xcb, wayland, offscreen ...)."""
    if sys.platform != "linux":
        return []
    wanted = BASE | GROUPS.get(platform, {})
    return [library for library in wanted if not _loads(library, load)]


def sentence(libraries: Iterable[str], release: str) -> str:
    """What is missing and the command that installs it; `release` is the text of os-release."""
    names = list(libraries)
    what, them = ("a system library", "it") if len(names) == 1 else ("system libraries", "them")
    packages, command = _packages(names, release)
    by_hand = f"install {them} with your system's package manager"
    mend = f"install {them} with: {command} {' '.join(packages)}" if command else by_hand
    return f"Qt needs {what} that this system lacks ({', '.join(names)}): {mend}"


def os_release() -> str:
    """The system's own description; empty where there is none."""
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return ""


def _loads(library: str, load: Load) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True


def _packages(libraries: list[str], release: str) -> tuple[list[str], str]:
    """Each package once, in order; no command for a distribution that isn't known."""
    column, command = next(
        (FAMILIES[name] for name in _family_names(release) if name in FAMILIES), (0, "")
    )
    known = BASE | X11 | WAYLAND
    return list(dict.fromkeys(known[library][column] for library in libraries)), command


def _family_names(release: str) -> list[str]:
    """ID, then ID_LIKE: the nearest known relative decides."""
    fields = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}"
    return words.replace('"', " ").replace("'", " ").split()
