"""A document and its undo steps as plain values: the states in order, each as what it changed."""

from itertools import islice, pairwise, takewhile
from typing import Any

from latentstudio.core.formats import FORMAT, Json
from latentstudio.document.history import Entry, Steps
from latentstudio.document.state import Document
from latentstudio.exchange import documents

MOST_STEPS = 1_000
"""Each way, in a file."""
LONGEST_LABEL = 500


def tail(steps: Steps, most: int) -> Steps:
    """The steps that are nearest to the document, so many each way at most.

    It ends where the model's file was read in another way: that reading is not kept.
    """

    def same(doc: Document) -> bool:
        return doc.fingerprint == steps.document.fingerprint

    last, following = reversed(steps.done), reversed(steps.undone)
    done = list(islice(takewhile(lambda entry: same(entry.before), last), most))
    undone = list(islice(takewhile(lambda one: same(one[1]), following), most))
    return Steps(steps.document, tuple(reversed(done)), tuple(reversed(undone)))


def to_values(steps: Steps) -> Json:
    """The steps as plain values; gestures are not kept."""
    whole = [documents.to_values(doc) for doc in steps.states()]
    changed = [
        {key: value for key, value in after.items() if value != before[key]}
        for before, after in pairwise(whole)
    ]
    labels = [entry.label for entry in steps.done]
    labels += [entry.label for entry, _ in reversed(steps.undone)]
    return {
        "document": documents.DOCUMENT.number,
        "states": [whole[0], *changed],
        "labels": labels,
        "now": len(steps.done),
    }


def from_values(values: Json, name: str) -> Steps:
    """Steps from plain values.

    Args:
        values: What `to_values` gave, of this format of documents or any earlier one.
        name: The file, as the start of a sentence.

    Raises:
        NewerFormatError: The documents were written by a newer LatentStudio.
        ValueError: They are no steps.
    """
    states, labels, now = (values.get(key) for key in ("states", "labels", "now"))
    if not (isinstance(states, list) and isinstance(labels, list) and type(now) is int):
        raise ValueError("it holds no steps")
    if not 1 <= len(states) == len(labels) + 1 <= 2 * MOST_STEPS + 1:
        raise ValueError("its steps don't fit each other")
    if not 0 <= now < len(states) or not all(map(_is_label, labels)):
        raise ValueError("its steps have no names")
    return _joined(_documents(states, values.get("document"), name), labels, now)


def _documents(states: list[Any], number: Any, name: str) -> list[Document]:
    """Documents that share what they have in common, as those of a history do."""
    found: list[Document] = []
    for state in states:
        if not isinstance(state, dict):
            raise ValueError("a step isn't a document")
        before = found[-1] if found else None
        found.append(documents.from_values({**state, FORMAT: number}, name, before))
    return found


def _joined(docs: list[Document], labels: list[str], now: int) -> Steps:
    entries = [Entry(label, None, doc) for label, doc in zip(labels, docs, strict=False)]
    undone = [(entries[i], docs[i + 1]) for i in range(now, len(entries))]
    return Steps(docs[now], tuple(entries[:now]), tuple(reversed(undone)))


def _is_label(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST_LABEL
