import os
import stat

import pytest
from environment.layout import Layout


@pytest.mark.parametrize(
    ("windows", "python"), [(False, "bin/python"), (True, "Scripts/python.exe")]
)
def test_the_environment_lies_in_the_clone(tmp_path, windows, python):
    layout = Layout(tmp_path, windows)
    assert layout.python == tmp_path / ".venv" / python
    assert layout.stamp.parent == layout.lock.parent == layout.log.parent == tmp_path / ".venv"


@pytest.mark.parametrize(
    ("windows", "folder"), [(False, "lib/python3.11/site-packages"), (True, "Lib/site-packages")]
)
def test_counts_what_is_installed(tmp_path, windows, folder):
    for name in ("numpy-2.4.6.dist-info", "pip-26.3.dist-info", "numpy"):
        (tmp_path / ".venv" / folder / name).mkdir(parents=True)
    assert len(Layout(tmp_path, windows).installed()) == 2


def test_the_interpreter_is_the_name_behind_the_link(tmp_path):
    real = tmp_path / "python3.11"
    real.write_text("#!/bin/sh\n")
    real.chmod(real.stat().st_mode | stat.S_IXUSR)
    layout = Layout(tmp_path, windows=False)
    layout.scripts.mkdir(parents=True)
    layout.python.symlink_to(real)
    assert layout.interpreter() == "python3.11"
    real.unlink()
    assert layout.interpreter() == ""


def test_on_windows_the_interpreter_is_the_home_folder(tmp_path):
    layout = Layout(tmp_path, windows=True)
    assert layout.interpreter() == ""
    home = tmp_path / "Python311"
    home.mkdir()
    (home / "python.exe").touch()
    layout.scripts.mkdir(parents=True)
    layout.python.touch()
    (layout.folder / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.11.7{os.linesep}")
    assert layout.interpreter() == str(home)
    (home / "python.exe").unlink()
    assert layout.interpreter() == ""
