"""Tables of what there is, to which plugins add and from which it is taken back."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from latentstudio.core.errors import OptionError

T = TypeVar("T")


def register(table: dict[str, T], id: str, thing: T, kind: str) -> Callable[[], None]:
    """Add a thing to a table; call the result to take it back.

    Args:
        table: Things by id.
        id: Of this one.
        thing: What is added.
        kind: What it is, for the complaint: ``predictor``.

    Raises:
        ValueError: The id is taken.
    """
    if id in table:
        raise ValueError(f"a {kind} '{id}' is registered already")
    table[id] = thing

    def take_back() -> None:
        if table.get(id) is thing:
            del table[id]

    return take_back


def lookup(table: Mapping[str, T], id: str, kind: str) -> T:
    """A thing of a table.

    Args:
        table: Things by id.
        id: Of the one that is wanted.
        kind: What it is, for the sentence: ``method``.

    Raises:
        OptionError: There is none.
    """
    if id not in table:
        raise OptionError(f"There is no {kind} '{id}'. Choose one of: {', '.join(table)}.")
    return table[id]
