"""The way in from main.py: make sure of the environment, then run the wished program in it."""

import sys
from pathlib import Path

from . import machine, plan
from .layout import Layout
from .stamp import Stamp


def main(arguments: list[str], root: Path) -> int:
    """Runs one command line; 2 for what the user can mend, 130 after Ctrl+C."""
    layout = Layout(root)
    testing = arguments[:1] == ["test"]
    if not ready(layout, dev=testing):
        status = set_up(layout, dev=testing)
        if status:
            return status
    from . import hand_over

    if testing:
        return _library_trouble() or hand_over.run(layout, ["pytest", *arguments[1:]], folder=root)
    return hand_over.run(layout, ["latentstudio", *arguments])


def _library_trouble() -> int:
    """The tests draw off screen, for which Qt needs some system libraries all the same.

    Every other command looks by itself, and only if it is going to open a window.
    """
    from latentstudio.app import screen

    sentence = screen.trouble({"QT_QPA_PLATFORM": "offscreen"})
    if sentence:
        print(sentence, file=sys.stderr)
    return 2 if sentence else 0


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
    from . import failures, install

    try:
        install.run(layout, dev)
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
