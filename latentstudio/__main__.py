"""`python -m latentstudio`: with a command the command line, without one the window."""

import os
import sys
import warnings


def main() -> int:
    """Start the command line or, without arguments, the window; the tour without a screen."""
    # Read by OpenMP when torch is imported: waiting threads would otherwise spin.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a console that lacks "×" shows "?" instead of failing
            reconfigure(errors="replace")
    return _command_line(sys.argv[1:]) if sys.argv[1:] else _window()


def _window() -> int:
    from latentstudio.app import screen

    if not screen.has_screen():
        sys.stderr.write(f"{screen.NO_SCREEN}\n")
        return _command_line(screen.TOUR)
    trouble = screen.trouble()
    if trouble:
        sys.stderr.write(f"latentstudio: {trouble}\n")
        return 2
    from latentstudio.app.main import main as window

    return window()


def _command_line(arguments: list[str]) -> int:
    # Results and sentences only: what libraries warn each other of is not for the user.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    from latentstudio.cli.main import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
