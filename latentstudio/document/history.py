"""Undo by keeping states, not by writing inverses."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace

from latentstudio.core.events import Signal
from latentstudio.document.state import Document


@dataclass(frozen=True, slots=True)
class Command:
    """An edit: a label for the menu and a pure function of the document.

    Attributes:
        label: In the artist's words, as it follows "Undo": ``change Smile``.
        apply: Gives the changed document.
        gesture: Commands in a row with one gesture are one undo step; None never merges.
    """

    label: str
    apply: Callable[[Document], Document]
    gesture: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A step that was done.

    Attributes:
        label: Of its command.
        gesture: Of its command; not kept between starts.
        before: The document before it.
    """

    label: str
    gesture: Hashable | None
    before: Document


@dataclass(frozen=True, slots=True)
class Steps:
    """A document and how it came to be.

    Attributes:
        document: As it was.
        done: What undo takes back, oldest first.
        undone: What redo brings back, next last.
    """

    document: Document
    done: tuple[Entry, ...] = ()
    undone: tuple[tuple[Entry, Document], ...] = ()

    def renamed(self, model: str) -> "Steps":
        """The same with a model that is elsewhere now."""

        def moved(doc: Document) -> Document:
            return replace(doc, model=model)

        def entry(one: Entry) -> Entry:
            return replace(one, before=moved(one.before))

        undone = tuple((entry(one), moved(after)) for one, after in self.undone)
        return Steps(moved(self.document), tuple(map(entry, self.done)), undone)

    def states(self) -> tuple[Document, ...]:
        """Every document that undo and redo lead to, and the one that is; oldest first."""
        later = tuple(after for _, after in reversed(self.undone))
        return (*(entry.before for entry in self.done), self.document, *later)


class History:
    """The only way a document changes.

    States share what they have in common, so a step costs about what it changed.
    """

    def __init__(self, doc: Document, *, limit: int = 500) -> None:
        self._doc = doc
        self._done: list[Entry] = []
        self._undone: list[tuple[Entry, Document]] = []
        self._limit = limit
        self.changed: Signal[[Document]] = Signal()

    @property
    def document(self) -> Document:
        return self._doc

    @property
    def undo_label(self) -> str | None:
        """Label of what undo would take back, or None if there is nothing."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """Label of what redo would bring back, or None if there is nothing."""
        return self._undone[-1][0].label if self._undone else None

    def labels(self) -> tuple[str, ...]:
        """What was done, oldest first: the history tab."""
        return tuple(entry.label for entry in self._done)

    def undone_labels(self) -> tuple[str, ...]:
        """What redo would bring back, next first: the faint end of the history tab."""
        return tuple(entry.label for entry, _ in reversed(self._undone))

    def documents(self) -> tuple[Document, ...]:
        """As they were after each step: the start, each of `labels`, each of `undone_labels`."""
        before = (entry.before for entry in self._done)
        after = (doc for _, doc in reversed(self._undone))
        return (*before, self._doc, *after)

    def do(self, command: Command) -> None:
        """Apply a command. One that changes nothing leaves no undo step."""
        after = command.apply(self._doc)
        if after == self._doc:
            return
        last = self._done[-1] if self._done else None
        merges = (
            last is not None and command.gesture is not None and last.gesture == command.gesture
        )
        if not merges:
            self._done.append(Entry(command.label, command.gesture, self._doc))
            del self._done[: -self._limit]
        self._undone.clear()
        self._show(after)

    def undo(self) -> None:
        """Go back one step; nothing happens at the beginning."""
        if self._done:
            entry = self._done.pop()
            self._undone.append((entry, self._doc))
            self._show(entry.before)

    def redo(self) -> None:
        """Go forward one step; nothing happens at the end."""
        if self._undone:
            entry, after = self._undone.pop()
            self._done.append(entry)
            self._show(after)

    def reset(self, doc: Document) -> None:
        """Start over with another document (a model or project was opened)."""
        self._done.clear()
        self._undone.clear()
        self._show(doc)

    def states(self) -> Iterator[Document]:
        """Every document that undo and redo lead to, and the one that is; oldest first."""
        return iter(self.steps().states())

    def steps(self) -> "Steps":
        """All that can be undone and redone, to be taken up again by `resume`."""
        return Steps(self._doc, tuple(self._done), tuple(self._undone))

    def resume(self, steps: "Steps") -> None:
        """Go on with the document and the steps of earlier: a model was opened again."""
        self._done, self._undone = list(steps.done), list(steps.undone)
        self._show(steps.document)

    def _show(self, doc: Document) -> None:
        self._doc = doc
        self.changed.emit(doc)
