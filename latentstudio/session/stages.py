"""A small cache of one render stage, by value."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Stage(Generic[T]):
    """Remembers the last few results of a pure function.

    Args:
        size: How many to keep; the one longest unused goes first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self.made = 0
        """How often a result had to be computed: what tests and benchmarks count."""

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for `key`, computed if it is not remembered."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        result = self._kept[key] = make()
        self.made += 1
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return result

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
