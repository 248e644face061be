import errno
from pathlib import Path

import pytest
from environment import failures

FOLDER, LOG = Path("/art/.venv"), Path("/art/.venv/set-up.log")


def explained(output):
    return failures.explain("packages", output, FOLDER, "Linux riscv64, Python 3.15", LOG)


@pytest.mark.parametrize(
    ("output", "cause", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk", "free about 3 GB"),
        ("ERROR: [WinError 112] There is not enough space on the disk", "disk", "disk is full"),
        ("... Temporary failure in name resolution ...", "network", "check the network"),
        ("[Errno 11001] getaddrinfo failed", "network", "check the network"),
        ("ReadTimeoutError: Read timed out.", "network", "check the network"),
        ("NewConnectionError\nERROR: No matching distribution found for x", "network", "network"),
        ("ERROR: [Errno 13] Permission denied: '/art'", "refused", "may not write in /art/.venv"),
        (
            "ERROR: No matching distribution found for torch==2.13.0",
            "no build",
            "torch==2.13.0 has no build for this machine (Linux riscv64, Python 3.15)",
        ),
        ("a\nModuleNotFoundError: No module named 'x'\nhint: y", "other", "(ModuleNotFoundError:"),
        ("ERROR: odd thing\nlast line", "other", "“packages” (ERROR: odd thing): the whole story"),
        ("", "other", "it said nothing"),
    ],
)
def test_a_failure_is_one_sentence_with_what_to_do(output, cause, words):
    error = explained(output)
    assert error.cause == cause
    assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "may not write in"),
        (errno.EACCES, "may not write in"),
        (errno.EBUSY, "could not use x.dll (busy)"),
    ],
)
def test_our_own_file_errors_are_sentences_too(number, words):
    assert words in str(failures.explain_os(OSError(number, "busy", "x.dll"), FOLDER))
