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
DRAWING = ("tests/ui", "tests/e2e/test_window_*.py", "tests/e2e/test_studio_*.py",
           "tests/e2e/test_endings.py")  # fmt: skip
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
        pytest's arguments that leave out what cannot run; none if all can.

    Raises:
        SetUpError: this is CI, and some test cannot run.
    """
    from latentstudio.app import libraries, screen

    missing = _missing_for_tests(variables)
    why = _install(layout, missing, runner) if missing else ""
    missing = _missing_for_tests(variables) if missing else []
    if not missing:
        return []
    mend = libraries.mend(missing, libraries.os_release())
    if _is_ci(variables):
        raise failures.SetUpError(f"{why}The tests need {', '.join(missing)}: {mend}")
    if screen.trouble({"QT_QPA_PLATFORM": "offscreen"}):
        print(f"{why}{WITHOUT_QT.format(tests=', '.join(DRAWING), mend=mend)}", file=sys.stderr)
        return ["-p", "no:pytest-qt", "--without-qt", *(f"--ignore-glob={one}" for one in DRAWING)]
    print(f"{why}{LEFT_OUT.format(test=WINDOW_TEST, mend=mend)}", file=sys.stderr)
    return [f"--deselect={WINDOW_TEST}"]


LEFT_OUT = (
    "The tests of a real window will not run ({test}), because there is no screen and no virtual "
    "one: {mend}, then run the same command again."
)
WITHOUT_QT = (
    "Tests of the window will not run ({tests}, and the few others that need Qt), because Qt "
    "lacks libraries of the system: {mend}, then run the same command again."
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
