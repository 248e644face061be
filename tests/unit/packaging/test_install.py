"""The set-up with a fake pip: which steps run, in which order, and what an accident leaves."""

import io
import sys
from dataclasses import replace

import pytest
from environment import failures, install, machine, plan, start
from environment.layout import Layout
from environment.progress import ProgressLine
from environment.stamp import Stamp

NO_BUILD = "ERROR: No matching distribution found for torch==2.13.0+cpu\n"
NO_NETWORK = "NewConnectionError: Temporary failure in name resolution\n" + NO_BUILD
HALF = "Installing collected packages: numpy\nERROR: something odd\n"


@pytest.fixture(autouse=True)
def no_card(monkeypatch):
    card(monkeypatch, "linux", 0)


def card(monkeypatch, system, driver):
    monkeypatch.setattr(machine, "hint", lambda: "nvidia" if driver else "none")
    monkeypatch.setattr(machine, "nvidia_driver", lambda: driver)
    monkeypatch.setattr(
        plan, "build_for", lambda pin, number: machine.torch_build(system, number, pin)
    )


def set_up(layout, pip, dev=False):
    layout.folder.mkdir(exist_ok=True)
    screen = io.StringIO()
    install.SetUp(layout, ProgressLine(screen), -1, pip).run(dev)
    return screen.getvalue()


def steps_done(pip):
    """The steps a fake pip has seen, by what only they ask for."""
    signs = {
        "venv": "python",
        "numpy": "packages",
        "torch": "torch",
        "pytest": "dev",
        "-e": "project",
    }
    return [
        name
        for command in pip.commands
        for sign, name in signs.items()
        if any(part == sign or part.startswith(f"{sign}==") for part in command)
    ]


def test_a_fresh_clone_gets_everything_but_the_test_tools(clone, pip):
    set_up(clone, pip)
    assert steps_done(pip) == ["python", "packages", "torch", "project"]
    assert start.ready(clone, dev=False)
    assert not start.ready(clone, dev=True)


def test_the_tests_add_only_their_tools(clone, pip):
    set_up(clone, pip)
    pip.commands.clear()
    set_up(clone, pip, dev=True)
    assert steps_done(pip) == ["dev"]
    assert start.ready(clone, dev=True)
    assert start.ready(clone, dev=False)


def test_the_commands(clone, pip):
    set_up(clone, pip)
    base = getattr(sys, "_base_executable", sys.executable)
    assert pip.commands[0] == [base, "-m", "venv", str(clone.folder)]
    start_of_pip = [str(clone.python), "-m", "pip", "install", "--no-input"]
    assert all(command[:5] == start_of_pip for command in pip.commands[1:])
    assert pip.commands[1][-1] == "pip==26.3"
    assert pip.commands[2][-1] == "numpy==2.4.6"
    assert "--no-deps" in pip.commands[2]
    assert pip.commands[3][-1] == "torch==2.13.0+cpu"
    assert "--no-deps" not in pip.commands[3]
    assert pip.commands[4][-2:] == ["-e", str(clone.root)]
    assert "--no-build-isolation" in pip.commands[4]


def test_nothing_is_done_twice(clone, pip):
    set_up(clone, pip, dev=True)
    pip.commands.clear()
    assert install.SetUp(clone, ProgressLine(io.StringIO()), -1, pip).run(dev=True) is False
    assert pip.commands == []


def edit(path, old, new):
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("change", "redone"),
    [
        (lambda c: edit(c.runtime_pins, "numpy==2.4.6", "numpy==2.4.7"), ["packages"]),
        (lambda c: edit(c.runtime_pins, "torch==2.13.0", "torch==2.13.1"), ["packages", "torch"]),
        (lambda c: edit(c.dev_pins, "pytest==9.2.0", "pytest==9.2.1"), ["dev"]),
        (lambda c: edit(c.project, "'x'", "'y'"), ["project"]),
        (lambda c: c.stamp.write_text("?"), ["python", "packages", "torch", "dev", "project"]),
    ],
)
def test_a_change_costs_only_the_steps_it_touches(clone, pip, change, redone):
    set_up(clone, pip, dev=True)
    pip.commands.clear()
    change(clone)
    assert not start.ready(clone, dev=True)
    set_up(clone, pip, dev=True)
    assert steps_done(pip) == redone
    assert start.ready(clone, dev=True)


def test_line_ends_are_no_change(clone, pip):
    set_up(clone, pip)
    clone.runtime_pins.write_bytes(clone.runtime_pins.read_bytes().replace(b"\n", b"\r\n"))
    assert start.ready(clone, dev=False)


def test_a_new_card_changes_torch(clone, pip, monkeypatch):
    set_up(clone, pip)
    card(monkeypatch, "linux", 580)
    assert not start.ready(clone, dev=False)
    pip.commands.clear()
    set_up(clone, pip)
    assert [command[-1] for command in pip.commands] == ["torch===2.13.0"]
    assert start.ready(clone, dev=False)


def test_a_tool_without_a_card_is_looked_at_once(clone, pip, monkeypatch):
    set_up(clone, pip)
    monkeypatch.setattr(machine, "hint", lambda: "nvidia")
    pip.commands.clear()
    set_up(clone, pip)
    assert pip.commands == []
    assert start.ready(clone, dev=False)


def test_another_python_means_a_new_environment(clone, pip):
    set_up(clone, pip)
    (clone.folder / "lib").mkdir()
    clone.python.unlink()
    assert not start.ready(clone, dev=False)
    pip.commands.clear()
    set_up(clone, pip)
    assert steps_done(pip) == ["python", "packages", "torch", "project"]
    assert not (clone.folder / "lib").exists()


def test_a_moved_clone_is_mended_without_new_packages(clone, pip):
    set_up(clone, pip)
    script = clone.scripts / "pytest"
    script.write_text(f"#!{clone.folder}/bin/python\nimport pytest\n")
    moved = replace(clone, root=clone.root.rename(clone.root.with_name("other place")))
    pip.layout = moved
    pip.commands.clear()
    assert not start.ready(moved, dev=False)
    set_up(moved, pip)
    assert [command[-1] for command in pip.commands] == [str(moved.root), str(moved.folder)]
    assert "--without-pip" in pip.commands[1]
    assert script_of(moved) == f"#!{moved.folder}/bin/python"
    assert start.ready(moved, dev=False)


def test_a_failed_move_is_finished_by_the_next_run(clone, pip):
    set_up(clone, pip)
    (clone.scripts / "pytest").write_text(f"#!{clone.folder}/bin/python\n")
    moved = replace(clone, root=clone.root.rename(clone.root.with_name("other")))
    pip.layout = moved
    pip.fail("--without-pip", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        set_up(moved, pip)
    set_up(moved, pip)
    assert script_of(moved) == f"#!{moved.folder}/bin/python"


def script_of(layout):
    return (layout.scripts / "pytest").read_text().splitlines()[0]


def test_an_environment_made_by_hand_is_completed(clone, pip):
    kept = clone.folder / "lib" / "mine.py"
    kept.parent.mkdir(parents=True)
    kept.write_text("1")
    set_up(clone, pip)
    assert kept.exists()
    assert start.ready(clone, dev=False)


@pytest.mark.parametrize("word", ["venv", "pip==", "numpy==", "torch==", "-e"])
@pytest.mark.parametrize("accident", [HALF, KeyboardInterrupt(), NO_NETWORK])
def test_no_accident_looks_finished(clone, pip, word, accident):
    for _ in range(3 if word == "torch==" else 1):
        pip.fail(word, accident)
    with pytest.raises((failures.SetUpError, KeyboardInterrupt)):
        set_up(clone, pip)
    assert not start.ready(clone, dev=False)
    pip.answers.clear()
    set_up(clone, pip)
    assert start.ready(clone, dev=False)


def test_a_killed_set_up_starts_over(clone, pip):
    set_up(clone, pip)
    stamp = Stamp.read(clone.stamp)
    stamp.begin("packages")  # and then nothing more: kill -9
    half = clone.folder / "lib" / "numpy"
    half.mkdir(parents=True)
    clone.log.write_text("what pip said")
    assert not start.ready(clone, dev=False)
    pip.commands.clear()
    set_up(clone, pip)
    assert steps_done(pip)[0] == "python"
    assert not half.exists()


def test_a_half_made_environment_is_made_anew(clone, pip):
    pip.fail("venv", "Error: ensurepip returned 1\n")
    with pytest.raises(failures.SetUpError):
        set_up(clone, pip)
    half = clone.folder / "lib" / "pip"
    half.mkdir(parents=True)
    set_up(clone, pip)
    assert not half.exists()


def test_cut_off_while_unpacking_starts_over(clone, pip):
    pip.fail("numpy==", HALF)
    with pytest.raises(failures.SetUpError):
        set_up(clone, pip)
    pip.commands.clear()
    set_up(clone, pip)
    assert steps_done(pip)[0] == "python"


def test_cut_off_while_downloading_goes_on(clone, pip):
    pip.fail("numpy==", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        set_up(clone, pip)
    pip.commands.clear()
    set_up(clone, pip)
    assert steps_done(pip) == ["packages", "torch", "project"]


def test_test_tools_that_cannot_be_had_leave_the_studio_working(clone, pip):
    set_up(clone, pip)
    pip.fail("pytest==", NO_NETWORK)
    with pytest.raises(failures.SetUpError, match="could not be downloaded"):
        set_up(clone, pip, dev=True)
    assert start.ready(clone, dev=False)


def test_the_next_way_is_tried_when_a_build_cannot_be_had(clone, pip):
    pip.fail("torch==2.13.0+cpu", NO_BUILD)
    pip.fail("torch==2.13.0+cpu", NO_NETWORK)
    assert "processor" not in set_up(clone, pip)
    tried = [command[command.index("-c") + 2 :] for command in pip.said("torch==")]
    quick = ["--retries", "1"]
    index = ["--index-url", "https://download.pytorch.org/whl/cpu"]
    assert tried == [
        [*quick, "torch==2.13.0+cpu"],
        [*quick, "torch==2.13.0+cpu", *index],
        ["torch==2.13.0"],
    ]


def test_a_full_disk_is_not_tried_again(clone, pip):
    pip.fail("torch==", "OSError: [Errno 28] No space left on device\n")
    with pytest.raises(failures.SetUpError, match="disk is full"):
        set_up(clone, pip)
    assert len(pip.said("torch==")) == 1


def test_a_card_without_its_build_is_said(clone, pip, monkeypatch):
    card(monkeypatch, "win32", 580)
    pip.fail("cu130", NO_BUILD)
    assert "so the processor does the work" in set_up(clone, pip)


def test_a_card_with_its_build_is_not_mentioned(clone, pip, monkeypatch):
    card(monkeypatch, "win32", 580)
    assert "processor" not in set_up(clone, pip)
    assert pip.said("torch==")[0][-1].endswith("/cu130")


@pytest.mark.parametrize("lacking", ["venv", "ensurepip"])
@pytest.mark.parametrize(
    ("system", "apt", "words"),
    [
        ("linux", "/usr/bin/apt", "sudo apt install python3-venv"),
        ("darwin", None, "install Python"),
    ],
)
def test_a_python_without_venv_is_a_sentence(monkeypatch, lacking, system, apt, words):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(install.shutil, "which", lambda _: apt)
    with pytest.raises(failures.SetUpError, match=words):
        install.check_python(lambda name: None if name == lacking else object())
    install.check_python(lambda _: object())


def test_windows_paths_are_used_on_windows(tmp_path, clone, pip):
    windows = Layout(clone.root, windows=True)
    pip.layout = windows
    install.SetUp(windows, ProgressLine(io.StringIO()), -1, pip).layout.folder.mkdir()
    set_up(windows, pip)
    assert pip.commands[1][0].endswith("python.exe")
