"""The table of libraries against the Qt that is installed: what its files really ask for."""

import re
import sys
from pathlib import Path

import PySide6
import pytest

from latentstudio.app import libraries

QT = Path(PySide6.__file__).parent
MODULES = ["Core", "Gui", "Widgets", "Svg", "OpenGL", "OpenGLWidgets", "DBus"]
SYSTEM = re.compile(r"lib(Qt6|icu|shiboken|pyside|c\.|m\.|pthread|dl\.|rt\.|stdc|gcc)")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="libraries of a Linux system")


def asked_for(*files):
    """The names of shared libraries that stand in the files; bundled ones left out."""
    names = set()
    for file in files:
        found = re.findall(rb"\0(lib[\w.+-]+\.so\.\d+)(?=\0)", (QT / file).read_bytes())
        names |= {name.decode() for name in found}
    return {name for name in names if not SYSTEM.match(name)}


def test_what_every_window_needs():
    files = [f"Qt/lib/libQt6{module}.so.6" for module in MODULES]
    assert asked_for(*files, "Qt/plugins/platforms/libqoffscreen.so") <= set(libraries.BASE)


@pytest.mark.parametrize(
    ("files", "group"),
    [
        (["Qt/plugins/platforms/libqxcb.so", "Qt/lib/libQt6XcbQpa.so.6"], libraries.X11),
        (["Qt/plugins/platforms/libqwayland.so"], libraries.WAYLAND),
    ],
)
def test_what_each_platform_needs(files, group):
    assert asked_for(*files) <= set(group) | set(libraries.BASE)
