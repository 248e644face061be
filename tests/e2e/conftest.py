"""What the end-to-end tests of the command line share."""

import json
import math
import shutil
import subprocess
import time

import pytest

from latentstudio.cli import progress
from latentstudio.cli.main import main
from latentstudio.core import paths
from tests.e2e.disks import InjectedDisk, RealDisk, mounted


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory):
    """One home for all of them: a model's density is measured once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def warm_home(private_home, warm_cache):
    """A home in which the built-in model is known from an earlier start."""
    shutil.copytree(warm_cache, paths.cache_dir())


@pytest.fixture
def opened(qapp):
    """Opens windows as the program does, and closes them in the end."""
    from PySide6.QtTest import QTest

    from latentstudio.app.main import open_window
    from tests.e2e.hands import Hands, close

    made = []

    def open_one():
        window, wiring = open_window((), time.monotonic())
        hands = Hands(window, wiring)
        made.append(hands)
        QTest.qWaitForWindowActive(window)
        wiring.start()
        return hands

    yield open_one
    for hands in made:
        close(hands)


@pytest.fixture
def studio(opened, warm_home):
    """The studio on its second start, when everything is known."""
    hands = opened()
    hands.ready()
    return hands


@pytest.fixture
def cli_home(private_home, shared_home, monkeypatch):
    """Replaces the private home of every test."""
    monkeypatch.setenv("LATENTSTUDIO_HOME", str(shared_home))


@pytest.fixture
def latentstudio(cli_home, capsys, monkeypatch):
    """Runs a command line in this process: (status, stdout, stderr without progress)."""
    monkeypatch.setattr(progress, "EVERY", math.inf)

    def run(*argv):
        status = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def results(latentstudio):
    """Runs a command line that has to succeed quietly; its JSON, or its lines."""

    def run(*argv):
        status, out, err = latentstudio(*argv)
        assert (status, err) == (0, "")
        return json.loads(out) if "--json" in argv else out.splitlines()

    return run


@pytest.fixture
def refused(latentstudio):
    """Runs a command line that has to be refused with one sentence; the sentence."""

    def run(*argv):
        status, out, err = latentstudio(*argv)
        assert (status, out) == (2, "")
        assert err.startswith("latentstudio: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return run


@pytest.fixture(scope="session")
def preset(tmp_path_factory, shared_home):
    """A preset of three GANSpace directions of the built-in model."""
    path = tmp_path_factory.mktemp("preset") / "three.lpreset"
    argv = ["discover", "portraits", "--method", "ganspace", "--option", "count=3",
            "--option", "samples=2000", "--output", str(path)]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENTSTUDIO_HOME", str(shared_home))
        assert main(argv) == 0
    return path


@pytest.fixture(params=["injected", "real"])
def small_disk(request, tmp_path, monkeypatch):
    """A disk of about 256 kB; where mounting is not permitted, the injected one twice."""
    folder = tmp_path / "small"
    folder.mkdir()
    real = request.param == "real" and mounted(folder)
    yield RealDisk(folder) if real else InjectedDisk(folder, monkeypatch, 200_000)
    if real:
        subprocess.run(["umount", str(folder)], check=True)
