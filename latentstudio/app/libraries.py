"""What Qt and the tests need of a Linux system, and which package of which distribution has it.

Qt's wheels bring most libraries, not these. Without the first group importing QtGui fails; without
the others Qt ends the program while it opens the window. So they are looked for beforehand. This
is the one list of system packages: `packaging/environment/system.py` installs from it.
"""

import ctypes
import os
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
PROGRAMS = {"Xvfb": ("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")}
GROUPS = {"xcb": X11, "wayland": WAYLAND}
APT = "apt install"
FAMILIES = {
    "debian": (0, APT),
    "ubuntu": (0, APT),
    "fedora": (1, "dnf install"),
    "rhel": (1, "dnf install"),
    "arch": (2, "pacman -S"),
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
    what = "a system library" if len(names) == 1 else "system libraries"
    return f"Qt needs {what} that this system lacks ({', '.join(names)}): {mend(names, release)}"


def mend(names: list[str], release: str) -> str:
    """The words that say how to get libraries or programs: install it with: apt install xvfb."""
    them = "it" if len(names) == 1 else "them"
    packages, command = _packages(names, release)
    if not command:
        return f"install {them} with your system's package manager"
    return f"install {them} with: {command} {' '.join(packages)}"


def debian_packages(names: list[str], release: str) -> list[str]:
    """The packages with these libraries or programs; none if the system isn't Debian or Ubuntu."""
    packages, command = _packages(names, release)
    return packages if command.endswith(APT) else []


def is_root() -> bool:
    """Whether system packages can be installed without asking for a password."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


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


def _packages(names: list[str], release: str) -> tuple[list[str], str]:
    """Each package once, in order; no command for a distribution that isn't known."""
    column, command = next(
        (FAMILIES[name] for name in _family_names(release) if name in FAMILIES), (0, "")
    )
    known = BASE | X11 | WAYLAND | PROGRAMS
    packages = list(dict.fromkeys(known[name][column] for name in names))
    return packages, command if is_root() or not command else f"sudo {command}"


def _family_names(release: str) -> list[str]:
    """ID, then ID_LIKE: the nearest known relative decides."""
    fields = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}"
    return words.replace('"', " ").replace("'", " ").split()
