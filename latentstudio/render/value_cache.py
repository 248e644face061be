"""A small cache of one render stage, by value."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


def _one(_: object) -> int:
    return 1


class ValueCache(Generic[T]):
    """Remembers the last few results of a pure function.

    Args:
        size: How much to keep; what was longest unused goes first.
        weight: What a result counts for; 1 each unless told otherwise.
    """

    def __init__(self, size: int, weight: Callable[[T], int] = _one) -> None:
        self._size, self._weight = size, weight
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self.made = 0
        """How often a result had to be computed: what tests and benchmarks count."""
        self.weight = 0
        """Of all that is kept."""

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for `key`, computed if it is not remembered."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        result = make()
        self.put(key, result)
        return result

    def find(self, key: Hashable) -> T | None:
        """The result for `key` if it is remembered."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Hashable, result: T) -> None:
        """Remember a result that was computed elsewhere."""
        if key in self._kept:
            self.weight -= self._weight(self._kept.pop(key))
        self._kept[key] = result
        self.made += 1
        self.weight += self._weight(result)
        while self.weight > self._size:
            self.weight -= self._weight(self._kept.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.weight = 0
