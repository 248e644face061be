"""`python -m latentstudio`: with a command the command line, without one the window."""

import os
import sys
import warnings


def main() -> int:
    """Start the command line or, without arguments, the window; the tour without a screen."""
    # Read by OpenMP when torch is imported: waiting threads would otherwise spin.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a console that lacks "×" shows "?" instead of failing
            reconfigure(errors="replace")
    if sys.argv[1:]:
        return _command_line(sys.argv[1:])
    if not has_screen():
        sys.stderr.write("There is no screen here, so this is the tour instead.\n")
        return _command_line(["tour"])
    from latentstudio.app import main as window  # type: ignore[attr-defined]

    return int(window())


def has_screen() -> bool:
    """Whether a window could be seen. On Linux a display server has to be named."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _command_line(arguments: list[str]) -> int:
    from latentstudio.cli.main import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
