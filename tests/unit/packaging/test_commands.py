import os
import signal
import sys
import threading

import pytest
from environment import commands


def run(code, log, hear=lambda _: True, tick=lambda: None):
    return commands.run([sys.executable, "-c", code], log, hear, tick)


def test_status_lines_and_log(tmp_path):
    code = "import sys; print('one'); print('two', file=sys.stderr, flush=True); sys.exit(3)"
    status, tail = run(code, tmp_path / "log")
    assert status == 3
    assert sorted(tail.split()) == ["one", "two"]
    assert "one" in (tmp_path / "log").read_text()
    assert "$ " in (tmp_path / "log").read_text()


def test_a_line_may_be_kept_out_of_the_log(tmp_path):
    status, tail = run("print('noise')", tmp_path / "log", hear=lambda _: False)
    assert (status, tail) == (0, "")


def test_the_clock_moves_while_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "TICK", 0.01)
    ticks = []
    run("import time; time.sleep(0.5)", tmp_path / "log", tick=lambda: ticks.append(1))
    assert len(ticks) > 3


def test_settings_for_other_uses_are_kept_away(tmp_path, monkeypatch):
    for name in ("PYTHONPATH", "PIP_TARGET", "PIP_USER"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_PROXY", "kept")
    code = "import os; print([n for n in os.environ if n.startswith(('PIP', 'PYTHONP'))])"
    _, tail = run(code, tmp_path / "log")
    assert "PIP_PROXY" in tail
    assert not any(name in tail for name in ("PYTHONPATH", "PIP_TARGET", "PIP_USER"))


@pytest.fixture
def hears_ctrl_c():
    """Also where the tests were started in the background, whose shells ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal to itself")
@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_ends_the_command_and_hears_it_out(tmp_path):
    heard = []

    def hear(line):
        heard.append(line.split()[0])
        if line.startswith("ready"):
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        return True

    code = (
        "import os, signal, sys, time\n"
        "def end(*_): print('ended', flush=True); sys.exit(1)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True); time.sleep(60)\n"
    )
    with pytest.raises(KeyboardInterrupt):
        run(code, tmp_path / "log", hear)
    assert heard == ["ready", "ended"]
