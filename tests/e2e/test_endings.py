"""The real program, ended by the system, by a kill, or with a plugin that never answers."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from latentstudio.core import paths
from latentstudio.document.start import Seed
from latentstudio.document.state import Document, Picture
from latentstudio.store.last_work import keep_last, load_last
from tests.soak import kills

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def trial_folder(tmp_path, warm_cache, portraits, monkeypatch):
    """A folder for a trial, with a home that has been used."""
    home = tmp_path / "trial" / "home"
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(home))
    shutil.copytree(warm_cache, paths.cache_dir())
    keep_last(Document("portraits", portraits.info.fingerprint), None)
    return tmp_path / "trial"


@POSIX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_little_work_is_lost_whatever_ends_it(number, trial_folder):
    (record,) = kills.trial(trial_folder, 1, number)
    assert record["faults"] == []
    assert record["edits"] > 4
    assert record["lost"] <= (kills.MOST_LOST if number == signal.SIGKILL else 0.0)


HANGING = """
import time
from latentstudio.plugin_host.api import Family, Format

def activate(api):
    api.add_family(Family("mine-family", "Mine", lambda *_: None))
    api.add_format(Format("mine-family", "Mine", recognise, len))

def recognise(checkpoint):
    {fault}
"""
MANIFEST = 'id = "mine"\nname = "Mine"\nversion = "1"\napi = 1\nprovides = ["generators"]\n'
OPENS = """
import sys
from PySide6.QtCore import QTimer
from latentstudio.app import main as program
from latentstudio.plugin_host import border
border.LOOK = float(sys.argv[1])
opened = program.open_window

def watched(files, began):
    window, wiring = opened(files, began)
    for toast in window.toasts.toasts:
        print("NOTICE", toast.text, flush=True)
    window.client.notice.connect(lambda kind, text: print("NOTICE", text, flush=True))
    models = window.client.models
    models.model_opened.connect(lambda one: print("OPENED", one.ref, flush=True))
    models.model_failed.connect(lambda ref, text: print("FAILED", ref, text, flush=True))
    return window, wiring

program.open_window = watched
sys.exit(program.main(sys.argv[2:]))
"""


def a_plugin(fault):
    """A plugin of the user's that is allowed; a file that no other family knows."""
    from latentstudio.plugin_host import consent

    folder = paths.user_plugins_dir() / "mine"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "__init__.py").write_text(HANGING.replace("{fault}", fault))
    consent.save(consent.Choices(allowed={"mine": consent.content_of(folder)}))
    path = paths.data_dir() / "odd.pt"
    torch.save({"odd": torch.zeros(3)}, path)
    return path


def window(seconds, *arguments):
    """Start the window; its process."""
    argv = [sys.executable, "-c", OPENS, str(seconds), *map(str, arguments)]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def read_until(process, word):
    """What the window prints, up to a line that begins with a word."""
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith(word):
            return lines
    raise AssertionError(lines)


@POSIX
def test_a_window_can_be_closed_while_a_plugin_hangs(trial_folder):
    here = trial_folder / "it hangs"
    path = a_plugin(f"open({str(here)!r}, 'w').close(); time.sleep(600)")
    process = window(500, path)
    try:
        end = time.monotonic() + 60
        while not here.exists():
            assert time.monotonic() < end
            time.sleep(0.1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        assert time.monotonic() - began < 30
    finally:
        process.kill()
        process.stdout.close()


@POSIX
def test_a_plugin_that_hangs_is_named_and_the_built_in_model_opened(trial_folder):
    process = window(0.5, a_plugin("while True: pass"))
    try:
        lines = read_until(process, "OPENED")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert lines[-1] == "OPENED portraits"
    assert any("The plugin Mine did not answer" in line for line in lines)


@POSIX
def test_a_plugin_that_ends_the_process_with_its_model_does_so_once(trial_folder):
    path = a_plugin("import os; os._exit(7)")
    work = Document(str(path), "f" * 64, Picture(Seed(41)))
    keep_last(work, None)
    first = window(20)
    assert first.wait(90) == 7
    first.stdout.close()
    second = window(20)
    try:
        lines = read_until(second, "OPENED")
        second.send_signal(signal.SIGTERM)
        assert second.wait(40) == 0
    finally:
        second.kill()
        second.stdout.close()
    assert lines[-1] == "OPENED portraits"
    text = "LatentStudio ended without a word while it opened odd.pt with the plugin Mine"
    assert any(text in line for line in lines), lines
    assert load_last()[0].model == "portraits"
    from latentstudio.store.last_work import take_apart

    assert take_apart("f" * 64).document == work


@POSIX
def test_the_command_line_names_a_plugin_that_ended_it_before(trial_folder):
    path = a_plugin("import os; os._exit(7)")

    def inspect():
        argv = [sys.executable, "-m", "latentstudio", "inspect", str(path)]
        return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)

    first = inspect()
    assert (first.returncode, first.stderr) == (7, "")
    second = inspect()
    assert second.returncode == 7
    assert f"when a command last opened {path} with the plugin Mine" in second.stderr
