"""A plugin that ends the process is named at the next start and left off; failures are kept."""

import json
import subprocess
import sys

import pytest

from latentstudio.core import attempts, locks, paths
from latentstudio.core.attempts import Attempt
from latentstudio.core.errors import PluginError
from latentstudio.core.progress import run
from latentstudio.plugin_host.host import PluginHost
from tests.unit.plugin_host.conftest import ACTIVATE
from tests.unit.plugin_host.test_host import family_ids, problem, state

START = """
import sys
from latentstudio.core.progress import run
from latentstudio.plugin_host.host import PluginHost
run(PluginHost().{})
"""
NATIVE = "import ctypes\nctypes.string_at(0)\n"


def in_a_process(call):
    """Start plugins in a process of its own; its exit status."""
    return subprocess.run([sys.executable, "-c", START.format(call)], check=False).returncode


@pytest.mark.parametrize("end", ["import os\nos._exit(3)\n", NATIVE])
def test_one_that_ends_the_process_is_left_off_and_named(end, host, write_plugin):
    write_plugin()
    run(host.enable("mine"))
    host.stop_all()
    folder = write_plugin(code=end + ACTIVATE)
    assert in_a_process("enable('mine')") != 0
    later, said = PluginHost(), []
    later.tell = said.append
    run(later.load_allowed())  # it would end this process
    assert "mine-family" not in family_ids()
    assert state(later) == "broken"
    assert problem(later).startswith("The plugin mine ended the program when it was last started")
    assert said == [problem(later)]
    run(PluginHost().load_allowed())
    assert state(PluginHost()) == "broken"  # and at the start after that
    (folder / "__init__.py").write_text(ACTIVATE.replace("{id}", "mine"))
    run(later.enable("mine"))
    assert state(later) == "on"
    later.stop_all()
    assert state(PluginHost()) == "allowed"


def test_what_failed_in_another_process_shows_as_failed_and_is_tried_again(host, write_plugin):
    write_plugin(code="import package_that_comes_later\n" + ACTIVATE)
    with pytest.raises(PluginError):
        run(host.enable("mine"))
    later = PluginHost()
    assert state(later) == "broken"
    assert "package_that_comes_later" in problem(later)
    package = paths.user_plugins_dir().parent / "later"
    package.mkdir()
    (package / "package_that_comes_later.py").write_text("")
    sys.path.insert(0, str(package))
    try:
        run(later.load_allowed())
    finally:
        sys.path.remove(str(package))
        sys.modules.pop("package_that_comes_later", None)
    assert state(later) == "on"
    later.stop_all()
    assert state(PluginHost()) == "allowed"


def test_one_that_fails_again_and_again_is_tried_once_in_a_process(host, write_plugin):
    write_plugin(code="import builtins\nbuiltins.times = builtins.times + 1\n1 / 0")
    import builtins

    builtins.times = 0
    with pytest.raises(PluginError):
        run(host.enable("mine"))
    later = PluginHost()
    for _ in range(3):
        run(later.load_allowed())
    assert builtins.times == 2
    del builtins.times


def test_an_attempt_of_a_process_that_lives_is_left_alone():
    attempts.begin(Attempt(kind="model", id="mine"))
    assert attempts.unfinished("model") == []
    code = "from latentstudio.core import attempts; print(attempts.unfinished('model'))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert said == b"[]\n"


def test_a_model_that_ends_the_process_is_found_with_the_plugin_at_work():
    code = (
        "import os\nfrom latentstudio.core import attempts\n"
        "attempts.begin(attempts.Attempt(kind='model', id='a.pt'))\n"
        "attempts.begin(attempts.Attempt(kind='model', id='b.pt')).done()\n"
        "attempts.note_plugin('Mine')\nos._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert attempts.unfinished("plugin") == []
    assert attempts.unfinished("model") == [Attempt(kind="model", id="a.pt", plugin="Mine")]
    assert attempts.unfinished("model") == []


def test_attempts_without_a_disk_stop_nothing(monkeypatch):
    paths.data_dir().parent.mkdir(parents=True)
    paths.data_dir().write_text("a file where the folder should be")
    attempts.begin(Attempt(kind="model", id="a.pt")).done()
    assert attempts.unfinished("model") == []


def test_a_damaged_attempt_is_forgotten():
    folder = paths.data_dir() / "starting"
    folder.mkdir(parents=True)
    (folder / "1-dead-1.json").write_text("{")
    (folder / "1-dead-2.json").write_text(json.dumps({"kind": "model", "id": "x"}))
    assert [one.id for one in attempts.unfinished("model")] == ["x"]
    assert not list(folder.iterdir())


def test_locks_keep_others_out_until_their_process_ends(tmp_path):
    lock = locks.take(tmp_path / "sub" / "a.lock")
    assert lock is not None
    assert locks.take(tmp_path / "sub" / "a.lock") is None
    lock.release()
    code = (
        "import os, sys, pathlib\nfrom latentstudio.core import locks\n"
        "lock = locks.take(pathlib.Path(sys.argv[1]))\nprint(lock is not None)\n"
        "sys.stdout.flush()\nos.kill(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "sub" / "a.lock")]
    assert subprocess.run(argv, check=False, capture_output=True).stdout == b"True\n"
    again = locks.take(tmp_path / "sub" / "a.lock")
    assert again is not None
    again.release()
