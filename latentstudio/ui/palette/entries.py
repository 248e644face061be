"""What can be found, and how well it fits what is typed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette.

    Attributes:
        group: Heading it stands under.
        text: What it is called.
        run: What it does.
        detail: Where it lives or what it belongs to.
        icon: Name of its icon.
        keys: Its shortcut, key by key.
        why_not: Why it can't be used now; empty when it can.
    """

    group: str
    text: str
    run: Callable[[], object]
    detail: str = ""
    icon: str = ""
    keys: tuple[str, ...] = ()
    why_not: str = ""
    also: str = ""
    """Another name that finds it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a group."""

    text: str


Line = Heading | Entry


def rank(text: str, typed: str) -> int | None:
    """How well a text fits: 0 it starts so, 1 a word starts so, 2 it is inside; None not at all."""
    low, wanted = text.casefold(), typed.casefold().strip()
    if low.startswith(wanted):
        return 0
    if f" {wanted}" in low:
        return 1
    return 2 if wanted in low else None


def find(entries: Iterable[Entry], typed: str, most: int = 8) -> list[Line]:
    """Lines to show: the groups in their order, in each the best first, at most so many."""
    groups: dict[str, list[tuple[int, Entry]]] = {}
    for entry in entries:
        fit = rank(entry.text, typed)
        if fit is None and entry.also and rank(entry.also, typed) is not None:
            fit = 3
        if fit is None and rank(entry.group, typed) == 0:
            fit = 4  # all snapshots, all seeds
        if fit is not None:
            groups.setdefault(entry.group, []).append((fit, entry))
    lines: list[Line] = []
    for name, found in groups.items():
        found.sort(key=lambda pair: pair[0])
        lines.append(Heading(name))
        lines.extend(entry for _, entry in found[: most if typed else 100])
    return lines


def keys_of(text: str) -> tuple[str, ...]:
    """A shortcut as its keys: ``Ctrl+Shift+Z`` is three, ``Ctrl++`` is two."""
    if text.endswith("++"):
        return (*text[:-2].split("+"), "+")
    return tuple(text.split("+")) if text not in ("", "+") else tuple(text)


def first_entry(lines: Sequence[Line]) -> int:
    """Row of the first entry that can be run, else of the first, else -1."""
    rows = [row for row, line in enumerate(lines) if isinstance(line, Entry)]
    usable = (row for row in rows if not getattr(lines[row], "why_not", ""))
    return next(usable, rows[0] if rows else -1)
