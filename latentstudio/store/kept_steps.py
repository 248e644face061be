"""The tail of the undo history, kept beside a document and taken up at the next start.

All states stand in one line of time, each as what differs from the one before it; the document may
be any of them, so that a kill between writing one file and the other costs no step.
"""

import contextlib
from pathlib import Path

import msgspec

from latentstudio.core import files
from latentstudio.core.errors import FileError
from latentstudio.core.formats import StoredFormat
from latentstudio.document.history import Entry, Steps
from latentstudio.document.state import Document
from latentstudio.exchange.projects import step_values

ENDING = ".steps"
TAIL = 50
"""Steps kept in either direction."""
_LARGEST = 20_000_000
STEPS = StoredFormat(1)
_NAME = "Your undo history"


def tail_of(steps: Steps) -> Steps:
    """The last steps that undo takes back, and the next that redo brings back."""
    return step_values.tail(steps, TAIL)


def keep(path: Path, steps: Steps) -> None:
    """Keep the tail of some steps beside a document.

    Args:
        path: The document's file.
        steps: How it came to be.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    values = step_values.to_values(tail_of(steps))
    files.write_bytes(path.with_suffix(ENDING), msgspec.json.encode(STEPS.stamped(values)))


def load(path: Path, document: Document) -> Steps:
    """The steps kept beside a document; none where they can't be read or belong to another."""
    with contextlib.suppress(OSError, ValueError, FileError, TypeError, KeyError, AttributeError):
        place = path.with_suffix(ENDING)
        if place.stat().st_size <= _LARGEST:
            found = msgspec.json.decode(files.read_file(place))
            values = STEPS.upgraded(found, _NAME)
            return _around(step_values.from_values(values, _NAME), document)
    return Steps(document)


def move(path: Path, to: Path) -> None:
    """Let what is kept beside one document stand beside another; a failure loses no document."""
    files.move_over(path.with_suffix(ENDING), to.with_suffix(ENDING))


def _around(steps: Steps, document: Document) -> Steps:
    """The steps around a document, which has to be one of their states."""
    states, labels = steps.states(), _labels(steps)
    places = [place for place, state in enumerate(states) if state == document]
    if not places:
        raise ValueError("these are the steps of another document")
    here = min(places, key=lambda place: abs(place - len(steps.done)))
    entries = [Entry(label, None, state) for label, state in zip(labels, states, strict=False)]
    undone = [(entries[place], states[place + 1]) for place in range(here, len(labels))]
    return Steps(document, tuple(entries[:here]), tuple(reversed(undone)))


def _labels(steps: Steps) -> list[str]:
    """Of all steps, oldest first."""
    done = [entry.label for entry in steps.done]
    return done + [entry.label for entry, _ in reversed(steps.undone)]
