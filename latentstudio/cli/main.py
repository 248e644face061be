"""`latentstudio COMMAND`: reads the arguments, runs the command, turns errors into sentences.

Nothing here imports torch: `--help` and a wrong argument answer at once.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence

from latentstudio.cli import (
    attributes,
    benchmark,
    compare,
    density,
    discover,
    failures,
    inspect,
    invert,
    models,
    plugins,
    pool,
    presets,
    project,
    rank,
    recipe,
    region,
    render,
    tour,
    traverse,
    walk,
)
from latentstudio.cli.arguments import Parser
from latentstudio.cli.printing import tell
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.texts import one_line

COMMANDS = (
    inspect, render, discover, walk, region, invert, density, pool, traverse, attributes, rank,
    compare, presets, project, recipe, models, plugins, benchmark, tour,
)  # fmt: skip

MENDABLE = 2
"""Exit status for anything the user can mend."""
STOPPED = 130
"""Exit status after Ctrl+C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments after the program's name; the process's own by default.

    Returns:
        0; 2 after one sentence on stderr; 130 after Ctrl+C; 1 for a bug, which is logged.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        with _ends_like_ctrl_c():
            status = _run(arguments)
            sys.stdout.flush()
            return status
    except LatentStudioError as error:
        return _say(error.sentence(), MENDABLE)
    except KeyboardInterrupt as stop:
        return _say(f"Stopped. {stop or 'Nothing was left half-written.'}", STOPPED)
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - the last place: a sentence, never a traceback
        known = failures.explain(error)
        if known:
            return _say(known, MENDABLE)
        return _say(failures.log(error, arguments), 1)


def _run(arguments: Sequence[str]) -> int:
    try:
        chosen = parser().parse_args(arguments)
    except SystemExit as stop:  # --help and --version
        return int(stop.code or 0)
    run = getattr(chosen, "run", None)
    if run is None:
        parser().print_help()
        return 0
    run(chosen)
    return 0


def names() -> set[str]:
    """What each command is called."""
    return {command.__name__.rpartition(".")[2] for command in COMMANDS}


def parser() -> Parser:
    """The parser with every command."""
    from latentstudio import __version__

    found = Parser(
        prog="latentstudio",
        description="Find and use the directions that mean something in a GAN's latent space.",
        epilog="Without a command it opens the window, or without a screen runs the tour.",
    )
    found.add_argument("--version", action="version", version=f"LatentStudio {__version__}")
    commands = found.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return found


def _say(sentence: str, status: int) -> int:
    tell(f"latentstudio: {one_line(' '.join(sentence.split()))}")
    return status


def _forget_stdout() -> None:
    """Whoever read our output has gone: keep the interpreter from flushing into it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _ends_like_ctrl_c() -> Iterator[None]:
    """A polite request to end (SIGTERM) cleans up as Ctrl+C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
