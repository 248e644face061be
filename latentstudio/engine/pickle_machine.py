"""Runs the opcodes of a pickle without ever calling anything the file names.

Python's own unpickler looks names up and calls them: that is how a file takes over a
computer. This one can build numbers, strings, containers, and what a `Builder` makes of the
few names it knows (tensors, arrays); every other name becomes an inert record.

The opcodes are those of Python's `pickletools` (protocols 0 to 5).
"""

import codecs
import struct
import warnings
from collections.abc import Callable
from typing import Any, Protocol

from latentstudio.core.errors import CheckpointError
from latentstudio.core.progress import Job, Step
from latentstudio.engine.pickle_source import Source
from latentstudio.engine.records import Blob, Name, Record

MAX_OPERATIONS = 5_000_000
MAX_DIGITS = 1024
LONG_BYTES = 4096
EVERY_OPERATIONS = 20_000
EVERY_BYTES = 8 * 2**20
BROKEN = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
)


class Builder(Protocol):
    """Decides what names mean."""

    def named(self, name: Name) -> None:
        """A name occurs; raise CheckpointError to refuse the file."""

    def make(self, name: Name, args: tuple[Any, ...]) -> Any:
        """The value of calling `name`; a `Record` where it means nothing to us."""

    def set_state(self, value: Any, state: Any) -> None:
        """The state of a value made before."""

    def persistent(self, key: Any) -> Any:
        """A value kept outside the pickle."""


def damaged() -> CheckpointError:
    """The pickle breaks its own rules."""
    return CheckpointError("This file is damaged. Download or copy it again.")


class Machine:
    """One pickle being read."""

    def __init__(self, source: Source, builder: Builder) -> None:
        self._source, self._builder = source, builder
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Job[Any]:
        """Read up to the pickle's end and return its value.

        Raises:
            CheckpointError: It is cut off, damaged, or refused by the builder.
        """
        source, reported = self._source, self._source.position
        try:
            for count in range(MAX_OPERATIONS):
                code = source.take(1)[0]
                if code == STOP:
                    return self._stack.pop()
                OPERATIONS[code](self)
                if count % EVERY_OPERATIONS == 0 or source.position - reported > EVERY_BYTES:
                    reported = source.position
                    yield Step(source.position / max(1, source.size), "Reading the file")
        except BROKEN as error:
            raise damaged() from error
        raise CheckpointError("This file holds far more parts than a model does.")

    # Values.

    def push(self, value: Any) -> None:
        self._stack.append(value)

    def scalar(self, read: Callable[[Source], Any]) -> None:
        self._stack.append(read(self._source))

    # Stack and memo.

    def mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def pop_mark(self) -> list[Any]:
        items = self._stack
        self._stack = self._marks.pop()
        return items

    def pop(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self.pop_mark()

    def duplicate(self) -> None:
        self._stack.append(self._stack[-1])

    def put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def memoize(self) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def index(self, size: int) -> int:
        return self._source.number(size) if size else int(self._source.line())

    # Containers.

    def collect(self, make: Callable[[list[Any]], Any]) -> None:
        items = self.pop_mark()
        self._stack.append(make(items))

    def tuple_of(self, count: int) -> None:
        items = tuple(self._stack[-count:])
        if len(items) != count:
            raise ValueError("too few values")
        self._stack[-count:] = [items]

    def append(self) -> None:
        value = self._stack.pop()
        self._extend([value])

    def appends(self) -> None:
        self._extend(self.pop_mark())

    def add_items(self) -> None:
        items = self.pop_mark()
        target = self._stack[-1]
        if not isinstance(target, set):
            raise TypeError("not a set")
        target.update(checked_key(item) for item in items)

    def set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._update([key, value])

    def set_items(self) -> None:
        self._update(self.pop_mark())

    def _extend(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, list):
            target.extend(items)
        elif not isinstance(target, Record):  # a list of an unknown class stays empty
            raise TypeError("not a list")

    def _update(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Record):
            target.items = target.items or {}
            target = target.items
        if not isinstance(target, dict):
            raise TypeError("not a dictionary")
        target.update(as_dict(items))

    # Names and what is made of them.

    def name(self, module: Any, name: Any) -> Name:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise TypeError("a name is text")
        found = Name(module, name)
        self._builder.named(found)
        return found

    def global_name(self) -> None:
        module, name = (self._source.line().decode() for _ in range(2))
        self._stack.append(self.name(module, name))

    def stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._stack.append(self.name(module, name))

    def reduce(self) -> None:
        args, name = self._stack.pop(), self._stack.pop()
        self._make(name, args)

    def new_object(self, keywords: bool) -> None:
        if keywords:
            self._stack.pop()
        self.reduce()

    def old_instance(self) -> None:
        module, name = (self._source.line().decode() for _ in range(2))
        self._make(self.name(module, name), tuple(self.pop_mark()))

    def old_object(self) -> None:
        name, *args = self.pop_mark()
        self._make(name, tuple(args))

    def build(self) -> None:
        state = self._stack.pop()
        self._builder.set_state(self._stack[-1], state)

    def persistent(self, from_stack: bool) -> None:
        key = self._stack.pop() if from_stack else self._source.line().decode()
        self._stack.append(self._builder.persistent(key))

    def _make(self, name: Any, args: Any) -> None:
        # Only a name can be "called"; a record of an unknown class stays a record.
        if isinstance(name, Record):
            name = name.name
        if not isinstance(name, Name) or not isinstance(args, tuple):
            raise TypeError("nothing that can be made")
        self._stack.append(self._builder.make(name, args))


SCALARS = (str, int, float, bytes, type(None), Name, Record, Blob)


def checked_key(key: Any) -> Any:
    """A key whose hash takes no deep recursion (a nested tuple's would end the program)."""
    plain = isinstance(key, tuple) and all(isinstance(item, SCALARS) for item in key)
    if not plain and not isinstance(key, SCALARS):
        raise TypeError("not a key")
    return key


def as_dict(items: list[Any]) -> dict[Any, Any]:
    """A dictionary of alternating keys and values."""
    return {checked_key(key): value for key, value in zip(items[::2], items[1::2], strict=True)}


def _integer_line(source: Source) -> int | bool:
    line = source.line()
    return {b"00": False, b"01": True}[line] if line in (b"00", b"01") else int(line)


def _long(source: Source, size: int) -> int:
    count = source.number(size)
    if count > MAX_DIGITS:
        raise ValueError("a number too long")
    return source.number(count, signed=True)


def _text(source: Source, size: int) -> str:
    return source.take(source.number(size)).decode("utf-8", "surrogatepass")


def _bytes(source: Source, size: int) -> Any:
    count = source.number(size)
    return source.take(count) if count < LONG_BYTES else Blob(source.take_array(count))


def _old_text(source: Source, size: int) -> Any:
    # Python 2 wrote text and bytes alike; a long one is an array's memory.
    data = _bytes(source, size)
    return data if isinstance(data, Blob) else data.decode("latin1")


def _quoted(source: Source) -> str:
    with warnings.catch_warnings():
        # Python would warn of escapes that it doesn't know; a damaged file is full of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        data, _ = codecs.escape_decode(source.line().strip()[1:-1])
    return str(data, "latin1")


READERS: dict[bytes, Callable[[Source], Any]] = {
    b"I": _integer_line,
    b"J": lambda s: s.number(4, signed=True),
    b"K": lambda s: s.number(1),
    b"M": lambda s: s.number(2),
    b"L": lambda s: int(s.line().rstrip(b"L")),
    b"\x8a": lambda s: _long(s, 1),
    b"\x8b": lambda s: _long(s, 4),
    b"N": lambda s: None,
    b"\x88": lambda s: True,
    b"\x89": lambda s: False,
    b"F": lambda s: float(s.line()),
    b"G": lambda s: struct.unpack(">d", s.take(8))[0],
    b"S": _quoted,
    b"T": lambda s: _old_text(s, 4),
    b"U": lambda s: _old_text(s, 1),
    b"V": lambda s: s.line().decode("raw-unicode-escape"),
    b"X": lambda s: _text(s, 4),
    b"\x8c": lambda s: _text(s, 1),
    b"\x8d": lambda s: _text(s, 8),
    b"B": lambda s: _bytes(s, 4),
    b"C": lambda s: _bytes(s, 1),
    b"\x8e": lambda s: _bytes(s, 8),
    b"\x96": lambda s: _bytes(s, 8),
    b"]": lambda s: [],
    b")": lambda s: (),
    b"}": lambda s: {},
    b"\x8f": lambda s: set(),
}

ACTIONS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": lambda m: m._source.take(1),  # protocol
    b"\x95": lambda m: m._source.take(8),  # frame
    b"(": Machine.mark,
    b"0": Machine.pop,
    b"1": lambda m: m.pop_mark(),
    b"2": Machine.duplicate,
    b"p": lambda m: m.put(m.index(0)),
    b"q": lambda m: m.put(m.index(1)),
    b"r": lambda m: m.put(m.index(4)),
    b"\x94": Machine.memoize,
    b"g": lambda m: m.get(m.index(0)),
    b"h": lambda m: m.get(m.index(1)),
    b"j": lambda m: m.get(m.index(4)),
    b"l": lambda m: m.collect(list),
    b"t": lambda m: m.collect(tuple),
    b"d": lambda m: m.collect(as_dict),
    b"\x91": lambda m: m.collect(lambda items: frozenset(map(checked_key, items))),
    b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2),
    b"\x87": lambda m: m.tuple_of(3),
    b"a": Machine.append,
    b"e": Machine.appends,
    b"\x90": Machine.add_items,
    b"s": Machine.set_item,
    b"u": Machine.set_items,
    b"c": Machine.global_name,
    b"\x93": Machine.stack_global,
    b"R": Machine.reduce,
    b"\x81": lambda m: m.new_object(False),
    b"\x92": lambda m: m.new_object(True),
    b"i": Machine.old_instance,
    b"o": Machine.old_object,
    b"b": Machine.build,
    b"P": lambda m: m.persistent(False),
    b"Q": lambda m: m.persistent(True),
}

STOP = ord(".")


def _scalar_action(read: Callable[[Source], Any]) -> Callable[[Machine], Any]:
    return lambda machine: machine.scalar(read)


OPERATIONS: dict[int, Callable[[Machine], Any]] = {
    **{code[0]: _scalar_action(read) for code, read in READERS.items()},
    **{code[0]: action for code, action in ACTIONS.items()},
}
