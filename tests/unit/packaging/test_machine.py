import subprocess

import pytest
from environment import machine

PIN = "torch==2.13.0"
CPU = "https://download.pytorch.org/whl/cpu"
CU130 = "https://download.pytorch.org/whl/cu130"
CU126 = "https://download.pytorch.org/whl/cu126"


@pytest.mark.parametrize(
    ("system", "driver", "name", "ways"),
    [
        ("linux", 0, "cpu", [(f"{PIN}+cpu",), (f"{PIN}+cpu", "--index-url", CPU), (PIN,)]),
        (
            "linux",
            580,
            "cuda13",
            [("torch===2.13.0",), (f"{PIN}+cu130", "--index-url", CU130), (PIN,)],
        ),
        ("linux", 550, "cuda12", [(f"{PIN}+cu126", "--index-url", CU126), (PIN,)]),
        ("win32", 0, "cpu", [(PIN,)]),
        ("win32", 591, "cuda13", [(f"{PIN}+cu130", "--index-url", CU130), (PIN,)]),
        ("win32", 566, "cuda12", [(f"{PIN}+cu126", "--index-url", CU126), (PIN,)]),
        ("darwin", 0, "metal", [(PIN,)]),
    ],
)
def test_each_machine_gets_its_build(system, driver, name, ways):
    build = machine.torch_build(system, driver, PIN)
    assert (build.name, list(build.ways)) == (name, ways)


def answer(monkeypatch, status=0, text="", error=None):
    def run(*_, **__):
        if error:
            raise error
        return subprocess.CompletedProcess([], status, stdout=text)

    monkeypatch.setattr(machine.shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.parametrize(
    ("status", "text", "driver"),
    [
        (0, "580.65.06\n580.65.06\n", 580),
        (0, "", 0),
        (0, "No devices were found", 0),
        (9, "NVIDIA-SMI has failed because it couldn't communicate with the driver", 0),
        (9, "580.65.06", 0),
    ],
)
def test_the_driver_is_what_nvidia_smi_says(monkeypatch, status, text, driver):
    answer(monkeypatch, status, text)
    assert machine.nvidia_driver() == driver


@pytest.mark.parametrize("error", [OSError("gone"), subprocess.TimeoutExpired("nvidia-smi", 30)])
def test_a_tool_that_does_not_answer_is_no_card(monkeypatch, error):
    answer(monkeypatch, error=error)
    assert machine.nvidia_driver() == 0


def test_without_the_tool_nothing_is_started(monkeypatch):
    answer(monkeypatch, error=AssertionError("started a process"))
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    assert machine.nvidia_driver() == 0
    assert machine.hint() == "none"


def test_the_hint_sees_a_card_come(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    assert machine.hint() == "nvidia"
