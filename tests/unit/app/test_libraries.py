import os
import sys

import pytest

from latentstudio.app import libraries

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'
ALMA = 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n'
ARCH = "ID=arch\n"


def lacking(*names):
    def load(library):
        if library in names:
            raise OSError(f"{library}: cannot open shared object file")

    return load


@pytest.fixture(autouse=True)
def linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_a_complete_system_misses_nothing():
    assert libraries.missing_libraries("xcb", lacking()) == []


@pytest.mark.parametrize(
    ("platform", "missing"),
    [
        ("offscreen", ["libEGL.so.1"]),
        ("xcb", ["libEGL.so.1", "libxcb-cursor.so.0"]),
        ("wayland", ["libEGL.so.1", "libwayland-client.so.0"]),
    ],
)
def test_each_platform_asks_for_its_own(platform, missing):
    load = lacking("libEGL.so.1", "libxcb-cursor.so.0", "libwayland-client.so.0")
    assert libraries.missing_libraries(platform, load) == missing


def test_only_linux_needs_them(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert libraries.missing_libraries("cocoa", lacking("libEGL.so.1")) == []


@pytest.mark.parametrize(
    ("release", "command"),
    [
        (DEBIAN, "sudo apt install libxcb-cursor0 libglib2.0-0"),
        (MINT, "sudo apt install libxcb-cursor0 libglib2.0-0"),
        (ALMA, "sudo dnf install xcb-util-cursor glib2"),
        ("ID='arch'\n", "sudo pacman -S xcb-util-cursor glib2"),
        (ARCH, "sudo pacman -S xcb-util-cursor glib2"),
        ("ID=slackware\n", "install them with your system's package manager"),
        ("", "install them with your system's package manager"),
        ("no equals sign\nID='", "install them with your system's package manager"),
    ],
)
def test_the_command_is_the_distributions_own(release, command):
    missing = ["libxcb-cursor.so.0", "libglib-2.0.so.0", "libgthread-2.0.so.0"]
    sentence = libraries.sentence(missing, release)
    assert sentence.endswith(command)
    assert "libxcb-cursor.so.0, libglib-2.0.so.0, libgthread-2.0.so.0" in sentence


def test_one_library_is_singular():
    sentence = libraries.sentence(["libEGL.so.1"], "")
    assert sentence == (
        "Qt needs a system library that this system lacks (libEGL.so.1): "
        "install it with your system's package manager"
    )


def test_the_real_loader_notices_what_is_not_there(monkeypatch):
    monkeypatch.setattr(libraries, "BASE", {"libnever.so.9": ("a", "b", "c")})
    assert libraries.missing_libraries("offscreen") == ["libnever.so.9"]


def test_root_needs_no_sudo(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert libraries.mend(["Xvfb"], DEBIAN) == "install it with: apt install xvfb"
    assert libraries.mend(["Xvfb"], "") == "install it with your system's package manager"


@pytest.mark.parametrize(
    ("release", "packages"),
    [(DEBIAN, ["xvfb", "libegl1"]), (MINT, ["xvfb", "libegl1"]), (ARCH, [])],
)
def test_packages_to_install_are_debians_only(release, packages):
    assert libraries.debian_packages(["Xvfb", "libEGL.so.1"], release) == packages
