"""The one place where the command line prints: results to stdout, everything else to stderr."""

import contextlib
import sys

from latentstudio.core.texts import printable


def say(result: object) -> None:
    """Print a result. Codes in it are shown as ``?``: names and paths may come from strangers."""
    print(printable(str(result)))


def tell(text: str, *, end: str = "\n") -> None:
    """Print something beside the results; a stderr that is closed is no error."""
    with contextlib.suppress(OSError):
        print(printable(text), file=sys.stderr, end=end, flush=True)
