"""System packages for the tests and the window, with apt-get and the system replaced."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from environment import failures, system

from latentstudio.app import libraries, screen

DEBIAN, FEDORA = "ID=debian\n", "ID=fedora\n"
LEFT_OUT = ["--deselect=tests/e2e/test_window_xvfb.py"]
NO_NETWORK = "W: Failed to fetch\nE: Unable to locate package xvfb\n"


class FakeSystem:
    """A Linux system; apt-get brings what lacks unless it is told to fail."""

    def __init__(self, monkeypatch):
        self.root, self.release, self.answers = True, DEBIAN, False
        self.lacks, self.apt_says = ["Xvfb"], ""
        self.commands = []
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(libraries, "is_root", lambda: self.root)
        monkeypatch.setattr(libraries, "os_release", lambda: self.release)
        monkeypatch.setattr(libraries, "missing_libraries", self._libraries)
        monkeypatch.setattr(screen, "x11_answers", lambda: self.answers)
        monkeypatch.setattr(shutil, "which", self._which)

    def _libraries(self, platform):
        known = libraries.BASE | libraries.GROUPS.get(platform, {})
        return [name for name in self.lacks if name in known]

    def _which(self, program):
        return None if program in self.lacks else f"/usr/bin/{program}"

    def run(self, command, log, hear, tick, keep_open):
        self.commands.append(command[command.index("apt-get") :])
        hear("Reading package lists...")
        tick()
        if self.apt_says:
            return 100, self.apt_says
        if "install" in command:
            self.lacks = []
        return 0, ""

    def installed(self):
        """What apt-get was asked for; update comes first."""
        assert [command[6] for command in self.commands] == ["update", "install"]
        return self.commands[1][9:]


@pytest.fixture
def machine(monkeypatch):
    return FakeSystem(monkeypatch)


@pytest.fixture
def prepare(clone, machine):
    clone.folder.mkdir()
    return lambda **variables: system.prepare_tests(clone, variables, machine.run)


def test_root_on_debian_gets_what_the_tests_lack(machine, prepare, capsys):
    machine.lacks = ["libEGL.so.1", "libxcb-icccm.so.4", "Xvfb"]
    assert prepare() == []
    assert machine.installed() == ["libegl1", "libxcb-icccm4", "xvfb"]
    assert "Installed libegl1 libxcb-icccm4 xvfb" in capsys.readouterr().err


def test_a_complete_system_is_left_alone(machine, prepare, capsys):
    machine.lacks = []
    assert prepare(CI="true") == []
    assert machine.commands == []
    assert capsys.readouterr() == ("", "")


def test_who_is_not_root_gets_the_command_and_all_tests_but_one(machine, prepare, capsys):
    machine.root = False
    assert prepare() == LEFT_OUT
    assert machine.commands == []
    assert capsys.readouterr().err == (
        "The tests of a real window will not run (tests/e2e/test_window_xvfb.py), because there is "
        "no screen and no virtual one: install it with: sudo apt install xvfb, then run the same "
        "command again.\n"
    )


def test_another_system_names_its_own_package(machine, prepare, capsys):
    machine.release = FEDORA
    assert prepare() == LEFT_OUT
    assert machine.commands == []
    assert "dnf install xorg-x11-server-Xvfb" in capsys.readouterr().err


def test_without_a_network_it_says_what_apt_said_and_goes_on(machine, prepare, capsys):
    machine.apt_says = NO_NETWORK
    assert prepare() == LEFT_OUT
    said = capsys.readouterr().err
    assert "apt-get could not install packages (E: Unable to locate package xvfb). " in said
    assert "install it with: apt install xvfb" in said


@pytest.mark.parametrize("obstacle", ["not root", "no network", "other system"])
def test_ci_never_leaves_a_test_out(machine, prepare, obstacle):
    machine.root = obstacle != "not root"
    machine.apt_says = NO_NETWORK if obstacle == "no network" else ""
    machine.release = FEDORA if obstacle == "other system" else DEBIAN
    with pytest.raises(failures.SetUpError, match="The tests need Xvfb: install it with: "):
        prepare(CI="true")


def test_without_what_qt_needs_anywhere_the_rest_runs(machine, prepare, capsys):
    machine.root, machine.lacks = False, ["libEGL.so.1", "Xvfb"]
    left_out = prepare()
    assert left_out[:3] == ["-p", "no:pytest-qt", "--without-qt"]
    assert "--ignore-glob=tests/ui" in left_out
    said = capsys.readouterr().err
    assert said.startswith("Tests of the window will not run (tests/ui, ")
    assert "install them with: sudo apt install libegl1 xvfb, then run the same" in said
    with pytest.raises(failures.SetUpError, match="The tests need libEGL"):
        prepare(CI="true")


DRAWS = """
import pytest

def test_plain():
    import PySide6

def test_inside():
    import PySide6.QtCore

def test_fixture(qtbot):
    raise AssertionError

@pytest.fixture
def window(qapp):
    raise AssertionError

def test_window(window):
    pass
"""


def test_what_needs_qt_is_skipped_and_the_rest_runs(tmp_path):
    """In a pytest of its own, with this project's settings, as the test command starts it."""
    root = Path(__file__).parents[3]
    tests = tmp_path / "tests"
    tests.mkdir()
    for name in ("conftest.py", "without_qt.py"):
        shutil.copy(root / "tests" / name, tests)
    shutil.copy(root / "pyproject.toml", tmp_path)
    (tests / "test_some.py").write_text(DRAWS)
    (tests / "test_all.py").write_text("import pyqtgraph\n\ndef test_it():\n    raise OSError\n")
    options = ["-p", "no:pytest-qt", "--without-qt", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options]
    variables = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed, 4 skipped" in ended.stdout
    assert "Qt's system libraries are missing" in ended.stdout


def test_on_a_desktop_no_virtual_screen_is_wanted(machine, prepare):
    machine.answers = True
    assert prepare(DISPLAY=":0", WAYLAND_DISPLAY="wayland-0") == []
    assert machine.commands == []


def test_the_libraries_count_before_the_desktop_is_asked(machine, prepare):
    machine.answers, machine.lacks = True, ["libxcb.so.1", "Xvfb"]
    assert prepare(DISPLAY=":0") == []
    assert machine.installed() == ["libxcb1", "xvfb"]


def test_other_systems_than_linux_need_nothing(machine, prepare, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert prepare(CI="true") == []


def test_a_window_gets_the_libraries_of_its_screen(machine, clone, monkeypatch):
    clone.folder.mkdir()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    machine.answers, machine.lacks = True, ["libEGL.so.1", "libxcb-icccm.so.4", "Xvfb"]
    system.prepare_window(clone, machine.run)
    assert machine.installed() == ["libegl1", "libxcb-icccm4"]


@pytest.mark.parametrize("reason", ["no screen", "not root", "complete"])
def test_otherwise_a_window_installs_nothing(machine, clone, monkeypatch, reason):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    machine.answers, machine.root = reason != "no screen", reason != "not root"
    machine.lacks = [] if reason == "complete" else ["libEGL.so.1"]
    system.prepare_window(clone, machine.run)
    assert machine.commands == []


def test_a_window_that_cannot_be_helped_says_why(machine, clone, monkeypatch, capsys):
    clone.folder.mkdir()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    machine.lacks, machine.apt_says = ["libEGL.so.1"], NO_NETWORK
    system.prepare_window(clone, machine.run)
    assert "apt-get could not install packages" in capsys.readouterr().err


def test_the_test_that_is_left_out_exists(root):
    assert (root / system.WINDOW_TEST).is_file()
