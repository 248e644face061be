"""Texts where they are printed; those from strangers move, hide and reorder nothing there."""

import unicodedata
from collections.abc import Collection

_JOINERS = "\u200c\u200d\u00ad"
"""Of no colour and direction of their own: some scripts and emojis can't be written without."""
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's kinds: control codes (C0 and C1), marks of direction and the like, line separators."""


def printable(text: str) -> str:
    """A text of our own that others' names are in: lines and tabs stay, codes become ``?``."""
    if text.isprintable():
        return text
    return "".join("?" if _is_code(c) and c not in "\n\t" else c for c in text)


def one_line(text: object) -> str:
    """A name as part of a line: breaks and tabs become spaces, other codes ``?``."""
    plain = " ".join(str(text).split()) if not str(text).isprintable() else str(text)
    return "".join("?" if _is_code(c) else c for c in plain)


def about(name: str, sentence: str) -> str:
    """A sentence about a file, with its name before it where the sentence itself lacks it."""
    return sentence if not name or name in sentence else f"{name}: {sentence}"


def sentence_case(words: str) -> str:
    """With a capital where they stand alone, the rest as it is."""
    return words[:1].upper() + words[1:]


def first_free(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number from 2 on that makes it another one."""
    number = 1
    while (tried := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return tried


def _is_code(c: str) -> bool:
    return c not in _JOINERS and unicodedata.category(c) in _HIDDEN
