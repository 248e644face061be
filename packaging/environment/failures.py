"""What can go wrong, as one sentence that says what to do."""

import errno
from pathlib import Path

SIGNS = {
    "disk": ("No space left on device", "Disk quota exceeded", "not enough space on the disk"),
    "network": (
        "NewConnectionError", "NameResolutionError", "Failed to establish a new connection",
        "Temporary failure in name resolution", "getaddrinfo failed", "Network is unreachable",
        "ConnectTimeoutError", "ReadTimeoutError", "Read timed out", "ProxyError", "SSLError",
        "CERTIFICATE_VERIFY_FAILED", "RemoteDisconnected", "Connection aborted",
        "Connection reset", "IncompleteRead",
    ),
    "no build": ("No matching distribution found", "is not a supported wheel"),
    "refused": ("Permission denied", "Access is denied", "Read-only file system"),
}  # fmt: skip
SENTENCES = {
    "disk": "The disk is full: free about 3 GB (8 GB with a graphics card) where {folder} lies, "
    "then run the same command again.",
    "network": "The packages could not be downloaded: check the network (and the proxy, if you "
    "use one), then run the same command again.",
    "no build": "{package} has no build for this machine ({machine}): use Python 3.11 to 3.14, "
    "64 bit, on Windows, macOS with Apple silicon, or a Linux from 2022 or later.",
    "refused": "The set-up may not write in {folder}: make it yours, or clone to a folder of "
    "yours, then run the same command again.",
}
KINDS = {
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
    errno.EACCES: "refused",
    errno.EPERM: "refused",
    errno.EROFS: "refused",
}
NO_VENV = "Python's venv module is missing: {command}, then run the same command again."


class SetUpError(Exception):
    """Something the user can mend; its text is the whole message."""


class CommandFailedError(SetUpError):
    """A command of the set-up ended badly; `cause` names the kind of failure, if known."""

    def __init__(self, sentence: str, cause: str = "other") -> None:
        super().__init__(sentence)
        self.cause = cause


def explain(step: str, output: str, folder: Path, machine: str, log: Path) -> CommandFailedError:
    """Finds the known failure in a command's output, or names its last line and the log."""
    for cause, signs in SIGNS.items():
        if any(sign in output for sign in signs):
            package = _package(output)
            words = SENTENCES[cause].format(folder=folder, machine=machine, package=package)
            return CommandFailedError(words, cause)
    return CommandFailedError(
        f"Setting up failed at “{step}” ({_last_words(output)}): the whole story is in {log}; "
        "mend that, or delete the folder .venv, then run the same command again."
    )


def explain_os(error: OSError, folder: Path) -> SetUpError:
    """The same for a file operation of our own."""
    kind = KINDS.get(error.errno or 0)
    if kind:
        return SetUpError(SENTENCES[kind].format(folder=folder))
    name, text = error.filename or folder, error.strerror or error
    return SetUpError(
        f"The set-up could not use {name} ({text}): close programs that use it, then run the "
        "same command again."
    )


def _package(output: str) -> str:
    for line in output.splitlines():
        if SIGNS["no build"][0] in line:
            return line.split(" for ", 1)[-1].split(" ")[0].strip("'\"")
    return "A package"


def _last_words(output: str) -> str:
    """The most telling line: the last that names an error, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR") or "Error: " in line]
    return (errors or lines or ["it said nothing"])[-1][:200]
