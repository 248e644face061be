import socket
import sys

import pytest

from latentstudio.app import libraries, screen


@pytest.fixture(autouse=True)
def linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def wayland(tmp_path, monkeypatch):
    """The variables of a running Wayland session; a short path, as sockets want."""
    monkeypatch.chdir(tmp_path)
    server = socket.socket(socket.AF_UNIX)
    server.bind("wayland-0")
    yield {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-0"}
    server.close()


def platforms(variables, answers=True):
    return screen.qt_platforms(variables, lambda: answers)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, []),
        ({"DISPLAY": ":0"}, ["xcb"]),
        ({"DISPLAY": ""}, []),
        ({"QT_QPA_PLATFORM": "offscreen"}, ["offscreen"]),
        ({"QT_QPA_PLATFORM": "minimal:x=1", "DISPLAY": ":0"}, ["minimal"]),
        ({"QT_QPA_PLATFORM": "vnc:port=5901"}, ["vnc"]),
        ({"QT_QPA_PLATFORM": "xcb"}, []),
        ({"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":0"}, []),
        ({"WAYLAND_DISPLAY": "gone-0", "XDG_RUNTIME_DIR": "/nowhere"}, []),
    ],
)
def test_the_screen_is_where_qt_would_look(variables, expected):
    assert platforms(variables) == expected
    assert screen.has_screen(variables, lambda: True) == bool(expected)


def test_a_display_that_does_not_answer_is_no_screen():
    assert platforms({"DISPLAY": ":77"}, answers=False) == []


def test_wayland_comes_first_and_x_is_the_second_way(wayland):
    assert platforms(wayland) == ["wayland"]
    assert platforms(wayland | {"DISPLAY": ":0"}) == ["wayland", "xcb"]
    assert platforms(wayland | {"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}) == ["xcb"]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_always_have_one(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    assert screen.has_screen({}, lambda: False)


def test_one_usable_way_to_the_screen_is_enough(wayland, monkeypatch):
    missing = {"wayland": ["libwayland-cursor.so.0"], "xcb": []}
    monkeypatch.setattr(libraries, "missing_libraries", lambda way: missing[way])
    monkeypatch.setattr(screen, "x11_answers", lambda: True)
    assert screen.trouble(wayland | {"DISPLAY": ":0"}) == ""
    assert "libwayland-cursor.so.0" in screen.trouble(wayland)


def test_without_a_screen_only_the_common_libraries_count(monkeypatch):
    asked = []
    monkeypatch.setattr(libraries, "missing_libraries", lambda way: asked.append(way) or [])
    assert screen.trouble({}) == ""
    assert asked == ["offscreen"]


def test_a_dead_display_is_noticed_for_real(monkeypatch):
    if "libxcb.so.1" in libraries.missing_libraries("xcb"):
        pytest.skip("libxcb is missing: nothing can ask a display")
    monkeypatch.setenv("DISPLAY", ":7777")
    assert screen.x11_answers() is False


def test_a_missing_xcb_is_left_to_the_other_check(monkeypatch):
    def load(_):
        raise OSError("gone")

    monkeypatch.setattr(screen.ctypes, "CDLL", load)
    assert screen.x11_answers() is True
