"""The way in from main.py: make sure of the environment, then run the wished program in it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from . import failures, machine, plan
from .layout import Layout
from .stamp import Stamp

ALL_TESTS = ["-n", "auto", "--maxprocesses", "4"]
"""The whole suite runs on several cores; a test process takes about half a gigabyte."""


def main(arguments: list[str], root: Path) -> int:
    """Runs one command line; 2 for what the user can mend, 130 after Ctrl+C."""
    layout = Layout(root)
    if arguments[:1] == ["test"]:
        return _run_tests(layout, arguments[1:])
    status = 0 if ready(layout, dev=False) else set_up(layout, dev=False)
    if not status and _may_install_for_window(arguments):
        from . import system

        status = _tried(layout, lambda: system.prepare_window(layout))
    if status:
        return status
    from . import hand_over

    return hand_over.run(layout, ["latentstudio", *arguments])


def _run_tests(layout: Layout, options: list[str]) -> int:
    """The environment, what the tests need of the system, then pytest in the clone."""
    from . import hand_over, system

    status = 0 if ready(layout, dev=True) else set_up(layout, dev=True)
    left_out: list[str] = []
    if not status:
        status = _tried(layout, lambda: left_out.extend(system.prepare_tests(layout)))
    command = ["pytest", *left_out, *(options or ALL_TESTS)]
    return status or hand_over.run(layout, command, folder=layout.root)


def _may_install_for_window(arguments: list[str]) -> bool:
    """Whether a window is to open and we may install what it lacks; costs nothing for others."""
    opens = not arguments or (len(arguments) == 1 and Path(arguments[0]).is_file())
    return opens and hasattr(os, "geteuid") and os.geteuid() == 0


def ready(layout: Layout, dev: bool) -> bool:
    """Whether everything is as the stamp says and as this clone wants it; starts no process."""
    stamp = Stamp.read(layout.stamp)
    if stamp.unfinished or stamp.hint != machine.hint():
        return False
    return not missing(layout, stamp, dev)


def missing(layout: Layout, stamp: Stamp, dev: bool) -> list[plan.Step]:
    """The steps still to do for this stamp."""
    wanted = plan.steps(layout, stamp.build, dev)
    return [step for step in wanted if stamp.done.get(step.name) != step.key]


def set_up(layout: Layout, dev: bool) -> int:
    """The slow path, with its messages; 0 when the environment stands."""
    from . import install

    return _tried(layout, lambda: install.run(layout, dev))


def _tried(layout: Layout, work: Callable[[], None]) -> int:
    """0, or the status after a sentence that says what to do."""
    try:
        work()
    except KeyboardInterrupt:
        print("Set-up stopped: the same command takes it up again.", file=sys.stderr)
        return 130
    except failures.SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(failures.explain_os(error, layout.folder), file=sys.stderr)
        return 2
    return 0
