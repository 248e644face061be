"""main.py's way through the set-up, with the set-up and the program replaced."""

import subprocess
import sys

import pytest
from environment import failures, hand_over, install, start, system


@pytest.fixture
def calls(monkeypatch):
    """What was set up and started, in order."""
    seen = []
    monkeypatch.setattr(start, "ready", lambda layout, dev: False)
    monkeypatch.setattr(install, "run", lambda layout, dev: seen.append(f"set up dev={dev}"))
    monkeypatch.setattr(
        hand_over,
        "run",
        lambda layout, module, folder=None: seen.append((module, folder)) or 5,
    )
    monkeypatch.setattr(system, "prepare_tests", lambda layout: [])
    monkeypatch.setattr(system, "prepare_window", lambda layout: None)
    return seen


def test_without_arguments_the_studio_starts(calls, tmp_path):
    assert start.main([], tmp_path) == 5
    assert calls == ["set up dev=False", (["latentstudio"], None)]


def test_a_command_is_passed_on(calls, tmp_path):
    start.main(["render", "portraits", "--seeds", "0-7"], tmp_path)
    assert calls[-1] == (["latentstudio", "render", "portraits", "--seeds", "0-7"], None)


def test_test_runs_the_suite_in_the_clone(calls, tmp_path):
    start.main(["test", "-q", "tests/unit"], tmp_path)
    assert calls == ["set up dev=True", (["pytest", "-q", "tests/unit"], tmp_path)]


def test_the_whole_suite_runs_on_several_cores(calls, tmp_path):
    start.main(["test"], tmp_path)
    parallel = ["-n", "auto", "--maxprocesses", "4"]
    assert calls == ["set up dev=True", (["pytest", *parallel], tmp_path)]


def test_a_warm_start_sets_nothing_up(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(start, "ready", lambda layout, dev: True)
    start.main([], tmp_path)
    assert calls == [(["latentstudio"], None)]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (failures.SetUpError("The disk is full: free some."), 2, "The disk is full: free some."),
        (PermissionError(13, "denied", "/x"), 2, "may not write in"),
        (KeyboardInterrupt(), 130, "the same command takes it up again"),
    ],
)
def test_trouble_is_a_sentence_and_a_status(
    calls, tmp_path, monkeypatch, capsys, error, status, words
):
    def run(*_):
        raise error

    monkeypatch.setattr(install, "run", run)
    assert start.main([], tmp_path) == status
    assert words in capsys.readouterr().err
    assert calls == []


def test_what_tests_lack_is_brought_before_they_start(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(system, "prepare_tests", lambda layout: ["--deselect=one"])
    start.main(["test", "-q"], tmp_path)
    assert calls == ["set up dev=True", (["pytest", "--deselect=one", "-q"], tmp_path)]


def test_tests_that_cannot_run_end_with_a_sentence(calls, tmp_path, monkeypatch, capsys):
    def lacking(_):
        raise failures.SetUpError("The tests need libEGL.so.1")

    monkeypatch.setattr(system, "prepare_tests", lacking)
    assert start.main(["test"], tmp_path) == 2
    assert "libEGL" in capsys.readouterr().err
    assert calls == ["set up dev=True"]


@pytest.mark.parametrize(
    ("arguments", "root", "prepares"),
    [
        ([], True, True),
        ([__file__], True, True),
        (["render"], True, False),
        (["render", "portraits"], True, False),
        ([], False, False),
    ],
)
def test_only_a_window_of_roots_looks_for_packages(
    calls, tmp_path, monkeypatch, arguments, root, prepares
):
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(system, "prepare_window", lambda layout: calls.append("prepared"))
    start.main(arguments, tmp_path)
    assert ("prepared" in calls) is prepares


def test_an_old_python_gets_a_sentence(root, monkeypatch):
    code = (
        "import sys; sys.version_info = (3, 9, 2); sys.argv = ['main.py'];"
        "exec(compile(open('main.py').read(), 'main.py', 'exec'), {'__name__': '__main__'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("LatentStudio needs Python 3.11 or newer and this is 3.9:")


def test_main_stays_a_page(root):
    assert len((root / "main.py").read_text().splitlines()) <= 60


def test_a_warm_check_starts_no_process_and_imports_nothing_slow(root):
    code = (
        "import sys; before = set(sys.modules); sys.path.insert(0, 'packaging')\n"
        "from pathlib import Path\nfrom environment import start\n"
        "from environment.layout import Layout\n"
        "start.ready(Layout(Path('.').resolve()), dev=True)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"environment.install", "subprocess", "threading", "ctypes"} & loaded == set()


def test_the_folder_never_hides_the_packaging_library(root):
    assert not (root / "packaging" / "__init__.py").exists()
    code = "import packaging.version; print(packaging.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert "site-packages" in done.stdout
