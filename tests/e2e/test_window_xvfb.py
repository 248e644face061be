"""The real window on a real X server: what is to be seen on the screen.

On a desktop, or under `xvfb-run`, that screen is used. Where there is none, a virtual one is
started. `python3 main.py test` installs what that takes, or leaves this file out and says so.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from msgspec import structs

from latentstudio.app import screen
from latentstudio.core import settings

FOREIGN = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture(scope="session")
def desktop():
    """Variables with which a program finds the screen."""
    plain = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    if sys.platform != "linux":
        yield plain
        return
    on_x = plain | {"QT_QPA_PLATFORM": "xcb"}
    if screen.qt_platforms(on_x, screen.x11_answers):
        yield on_x
        return
    with virtual_screen() as display:
        yield on_x | {"DISPLAY": display}


@contextlib.contextmanager
def virtual_screen():
    """An X server without a monitor, 1440 × 900; the name of its display."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.fail("There is no screen and no Xvfb to make one: apt install xvfb")
    told, tell = os.pipe()
    argv = [
        program,
        "-displayfd",
        str(tell),
        "-screen",
        "0",
        "1440x900x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]  # else it is not to be reached while it forgets its last client
    with subprocess.Popen(argv, pass_fds=(tell,), stderr=subprocess.DEVNULL) as server:
        os.close(tell)
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


@pytest.fixture
def start(desktop, tmp_path):
    """Runs a script of `tests.e2e.scripts` in the program on that screen; its report."""

    def run(script):
        argv = [sys.executable, "-m", "tests.e2e.program", script, str(tmp_path)]
        variables = desktop | {"LATENTSTUDIO_HOME": os.environ["LATENTSTUDIO_HOME"]}
        done = subprocess.run(
            argv, env=variables, capture_output=True, text=True, timeout=240, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        report = json.loads((tmp_path / "report.json").read_text())
        assert "failed" not in report, report["failed"]
        return report

    return run


def test_the_window_comes_first_and_then_shows_what_the_generator_makes(start, warm_home, tmp_path):
    report = start("on_screen")
    assert report["qt"] in ("xcb", "windows", "cocoa")
    assert report["size"] == [1440, 900]
    assert not report["torch_when_shown"]
    assert report["picture_when_painted"]
    assert report["torch"]
    pixels = np.load(tmp_path / "pixels.npz")
    assert np.array_equal(pixels["seen"], pixels["shown"])
    assert pixels["seen"].std() > 10
    assert report["warning"]
    assert (pixels["far_edges"] == pixels["warn"]).all()
    assert not (pixels["edges"] == pixels["warn"]).all(axis=1).any()


def test_files_dragged_from_another_program_can_be_dropped_on_the_canvas(start, warm_home):
    settings.change(lambda now: structs.replace(now, window="20 0 1400 860"))
    report = start("dropped")
    assert report["place"] == [20, 0, 1400, 860]  # Qt's own way moves it down at each start
    assert report["tint"]
    assert report["title"] == "Drop to open 2 files"
    assert report["told"] == ["there", "CopyAction"]  # nobody deletes what was dropped
    assert report["gone"]
    assert [text for _, text in report["notices"]] == [
        "The directions of round.npy are in the list.",
        "The directions of warm.npy are in the list.",
    ]
