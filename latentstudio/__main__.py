"""`python -m latentstudio`: with a command the command line, without one the window."""

import sys


def main() -> int:
    """Start the command line or, without arguments, the window."""
    from latentstudio.cli.main import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
