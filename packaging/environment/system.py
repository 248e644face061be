"""System packages for the tests and the window: installed as root on Debian and Ubuntu.

The only place that installs any; which ones is `latentstudio.app.libraries`' matter. Elsewhere,
and where the packages cannot be had, a sentence says what is missing and which command brings it.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping

from . import commands, failures
from .layout import Layout
from .lock import Lock
from .progress import ProgressLine

WINDOW_TEST = "tests/e2e/test_window_xvfb.py"
APT = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300",
       "-o", "Acquire::Retries=3"]  # fmt: skip
Runner = Callable[..., tuple[int, str]]


def prepare_tests(
    layout: Layout, variables: Mapping[str, str] = os.environ, runner: Runner = commands.run
) -> list[str]:
    """Brings what the tests lack.

    Args:
        layout: the clone, its environment made.
        variables: the environment; with CI=true every test has to run.
        runner: runs one command as `commands.run` does.

    Returns:
        pytest's arguments that leave out the one test that cannot run; none if all can.

    Raises:
        SetUpError: no test of the window's parts can run, or this is CI and one cannot.
    """
    from latentstudio.app import libraries, screen

    missing = _missing_for_tests(variables)
    why = _install(layout, missing, runner) if missing else ""
    missing = _missing_for_tests(variables) if missing else []
    if not missing:
        return []
    mend = libraries.mend(missing, libraries.os_release())
    offscreen = screen.trouble({"QT_QPA_PLATFORM": "offscreen"})
    if offscreen or _is_ci(variables):
        raise failures.SetUpError(f"{why}The tests need {', '.join(missing)}: {mend}")
    print(f"{why}{LEFT_OUT.format(test=WINDOW_TEST, mend=mend)}", file=sys.stderr)
    return [f"--deselect={WINDOW_TEST}"]


LEFT_OUT = (
    "One test will not run, {test}, because there is no screen and no virtual one: {mend}, then "
    "run the same command again."
)


def prepare_window(layout: Layout, runner: Runner = commands.run) -> None:
    """Brings the libraries that a window on this screen lacks, as root only.

    What still lacks afterwards is the program's own matter: it says so before Qt is loaded.
    """
    from latentstudio.app import libraries, screen

    if not libraries.is_root() or not screen.has_screen():
        return
    missing = screen.missing()
    why = _install(layout, missing, runner) if missing else ""
    if why:
        print(why.strip(), file=sys.stderr)


def _missing_for_tests(variables: Mapping[str, str]) -> list[str]:
    """Libraries and programs; the window's test runs on an X server, any or its own."""
    from latentstudio.app import libraries, screen

    missing = libraries.missing_libraries("xcb")
    on_x = {**variables, "QT_QPA_PLATFORM": "xcb"}
    if sys.platform != "linux" or shutil.which("Xvfb"):
        return missing
    answers = bool(screen.qt_platforms(on_x, screen.x11_answers))
    # A missing libxcb says nothing about the server.
    return missing if answers and not missing else [*missing, "Xvfb"]


def _install(layout: Layout, missing: list[str], runner: Runner) -> str:
    """Empty once installed; else the sentence that says why apt-get was not or badly run."""
    from latentstudio.app import libraries

    packages = libraries.debian_packages(missing, libraries.os_release())
    if not packages or not shutil.which("apt-get") or not libraries.is_root():
        return ""
    line = ProgressLine()
    with Lock(layout.lock, lambda: None) as lock:
        status, output = _apt(layout, packages, line, lambda *words: runner(*words, (lock.number,)))
    line.close("" if status else f"Installed {' '.join(packages)}")
    return f"apt-get could not install packages ({_last_words(output)}). " if status else ""


def _apt(layout: Layout, packages: list[str], line: ProgressLine, run: Runner) -> tuple[int, str]:
    """An update that fails, of another program's source perhaps, needn't stop the install."""
    line.step(1, 1, "system packages")

    def tick() -> None:
        line.detail(f"{len(packages)} of them")

    def hear(_: str) -> bool:
        return True

    run([*APT, "update"], layout.log, hear, tick)
    install = [*APT, "install", "-y", "--no-install-recommends", *packages]
    return run(install, layout.log, hear, tick)


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E: ")]
    return (errors or lines or ["it said nothing"])[-1][:200]


def _is_ci(variables: Mapping[str, str]) -> bool:
    return variables.get("CI", "").lower() in ("true", "1")
