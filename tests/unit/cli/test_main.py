"""Exit statuses: 0, 2 for what the user can mend, 130 after Ctrl+C, 1 for a bug."""

import argparse
import os
import signal
import sys
import types
from pathlib import Path

import pytest

from latentstudio import __main__ as program
from latentstudio.app import screen
from latentstudio.cli import main as command_line
from latentstudio.cli.main import main
from latentstudio.core import paths
from latentstudio.core.errors import CheckpointError


class Command:
    """A command `go` that does what a test says."""

    def __init__(self, run):
        self._run = run

    def add(self, commands):
        commands.add_parser("go").set_defaults(run=self._run)


@pytest.fixture
def go(monkeypatch):
    """Runs a command line whose only command does `what`."""

    def run(what):
        monkeypatch.setattr(command_line, "COMMANDS", (Command(what),))
        return main(["go"])

    return run


def raises(error):
    def run(_args: argparse.Namespace) -> None:
        raise error

    return run


def test_success_is_0(go, capsys):
    assert go(lambda _: sys.stdout.write("done\n")) == 0
    assert capsys.readouterr().out == "done\n"


def test_an_expected_error_is_one_sentence_and_2(go, capsys):
    assert go(raises(CheckpointError("The file\nis empty.", hint="Copy it again."))) == 2
    assert capsys.readouterr().err == "latentstudio: The file is empty. Copy it again.\n"


def test_ctrl_c_is_130(go, capsys):
    assert go(raises(KeyboardInterrupt())) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_being_ended_cleans_up_like_ctrl_c(go):
    cleaned = []

    def run(_):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            cleaned.append(True)

    before = signal.getsignal(signal.SIGTERM)
    assert go(run) == 130
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_bug_is_1_and_kept_in_the_log(go, capsys):
    assert go(raises(ZeroDivisionError("the bug"))) == 1
    said = capsys.readouterr().err
    log = paths.data_dir() / "latentstudio.log"
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert "ZeroDivisionError" in said
    assert str(log) in said
    text = log.read_text()
    assert "latentstudio go" in text
    assert "ZeroDivisionError: the bug" in text


def test_a_second_bug_does_not_overwrite_the_first(go):
    go(raises(ZeroDivisionError("first")))
    go(raises(ZeroDivisionError("second")))
    text = (paths.data_dir() / "latentstudio.log").read_text()
    assert "first" in text
    assert "second" in text


def test_a_log_that_cannot_be_written_is_no_second_error(go, capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(tmp_path / "file"))
    assert go(raises(ZeroDivisionError("the bug"))) == 1
    assert "details" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate "
                     "memory: you tried to allocate 4000000000000 bytes."),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)  # fmt: skip
def test_memory_that_runs_out_is_2(go, capsys, error):
    assert go(raises(error)) == 2
    assert "not enough memory" in capsys.readouterr().err


def test_a_full_disk_anywhere_is_2(go, capsys):
    assert go(raises(OSError(28, "No space left on device"))) == 2
    assert "disk is full" in capsys.readouterr().err


def test_results_that_cannot_be_written_are_an_error(go, capsys, monkeypatch):
    with Path("/dev/full").open("w") as full:
        # Inside the test: pytest puts its own stream back between fixtures and test.
        monkeypatch.setattr(sys, "stdout", full)
        status = go(lambda _: sys.stdout.write("result\n"))
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())
    assert status == 2
    assert "disk is full" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_error(go, monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert go(lambda _: sys.stdout.write("result\n")) == 0
        monkeypatch.undo()


@pytest.fixture
def started(monkeypatch):
    """What the program starts: a list of command lines."""
    calls = []
    monkeypatch.setattr(program, "_command_line", lambda arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(sys, "argv", ["latentstudio"])
    monkeypatch.setattr(screen, "has_screen", lambda: True)
    monkeypatch.setattr(screen, "trouble", lambda: "")
    return calls


def test_without_a_screen_no_arguments_start_the_tour(started, monkeypatch, capsys):
    monkeypatch.setattr(screen, "has_screen", lambda: False)
    assert program.main() == 0
    assert started == [["tour", "--output", "tour"]]
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_screen_a_file_gets_a_tour(started, monkeypatch, tmp_path):
    model = tmp_path / "model.pkl"
    model.touch()
    monkeypatch.setattr(screen, "has_screen", lambda: False)
    monkeypatch.setattr(sys, "argv", ["latentstudio", str(model)])
    assert program.main() == 0
    assert started == [["tour", str(model), "--output", "tour"]]


def test_a_missing_library_is_named_instead_of_starting_qt(started, monkeypatch, capsys):
    monkeypatch.setattr(screen, "trouble", lambda: "libEGL is missing: apt install libegl1.")
    assert program.main() == 2
    assert started == []
    assert capsys.readouterr().err == "latentstudio: libEGL is missing: apt install libegl1.\n"


@pytest.fixture
def opened(monkeypatch):
    """What the window is started with."""
    calls = []
    window = types.ModuleType("latentstudio.app.main")
    window.main = lambda files: calls.append(files) or 7
    monkeypatch.setitem(sys.modules, "latentstudio.app.main", window)
    return calls


def test_with_a_screen_no_arguments_open_the_window(started, opened):
    assert program.main() == 7
    assert (started, opened) == ([], [[]])


def test_a_file_alone_opens_in_the_window(started, opened, monkeypatch, tmp_path):
    model = tmp_path / "model.pkl"
    model.touch()
    monkeypatch.setattr(sys, "argv", ["latentstudio", str(model)])
    assert program.main() == 7
    assert (started, opened) == ([], [[str(model)]])


def test_a_file_called_like_a_command_does_not_hide_it(started, opened, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("tour").touch()
    monkeypatch.setattr(sys, "argv", ["latentstudio", "tour"])
    assert program.main() == 0
    assert (started, opened) == ([["tour"]], [])


def test_ctrl_c_while_starting_is_130(started, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(screen, "has_screen", interrupted)
    assert program.main() == 130


def test_arguments_go_to_the_command_line(started, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["latentstudio", "inspect", "portraits"])
    assert program.main() == 0
    assert started == [["inspect", "portraits"]]
