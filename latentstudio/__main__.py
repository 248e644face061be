"""`python -m latentstudio`: with a command the command line, without one the window."""

import sys
import warnings
from pathlib import Path


def main() -> int:
    """Start the command line or, without arguments, the window; the tour without a screen."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a console that lacks "×" shows "?" instead of failing
            reconfigure(errors="replace")
    try:
        return _start(sys.argv[1:])
    except KeyboardInterrupt:  # while the program itself was still being imported
        return 130


def _start(arguments: list[str]) -> int:
    if arguments and not _is_file(arguments):
        return _command_line(arguments)
    return _window(arguments)


def _is_file(arguments: list[str]) -> bool:
    """One file and nothing else: what a desktop passes when a file is opened with us."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        return False
    from latentstudio.cli.main import names

    return arguments[0] not in names()


def _window(files: list[str]) -> int:
    """The window, or what can be done without: the tour, or a sentence."""
    from latentstudio.app import screen

    if not screen.has_screen():
        sys.stderr.write(f"{screen.NO_SCREEN}\n")
        return _command_line([screen.TOUR[0], *files, *screen.TOUR[1:]])
    trouble = screen.trouble()
    if trouble:
        sys.stderr.write(f"latentstudio: {trouble}\n")
        return 2
    from latentstudio.app.main import main as window

    return window(files)


def _command_line(arguments: list[str]) -> int:
    # Results and sentences only: what libraries warn each other of is not for the user.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    from latentstudio.cli.main import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
