"""The wire format of protocol buffers, as far as ONNX needs it.

Source: https://protobuf.dev/programming-guides/encoding. Nothing is copied while reading:
values are views into the file's bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from latentstudio.plugin_host.api import CheckpointError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_FIELDS = 1_000_000
"""Of one message: what is packed counts once, so honest files stay far below."""
_LONGEST_VARINT = 10


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes:
        number: Which.
        value: A whole number, or the bytes of text, of numbers or of another message.
        raw: The field as it stands in the file, key included.
    """

    number: int
    value: int | memoryview
    raw: memoryview

    @property
    def data(self) -> memoryview:
        """The bytes of a field that has some.

        Raises:
            CheckpointError: It is a number.
        """
        if isinstance(self.value, int):
            raise broken()
        return self.value

    @property
    def whole(self) -> int:
        """The number of a field that is one.

        Raises:
            CheckpointError: It is none.
        """
        if not isinstance(self.value, int):
            raise broken()
        return self.value

    @property
    def text(self) -> str:
        """The text of a field."""
        return bytes(self.data).decode("utf-8", errors="replace")


def broken() -> CheckpointError:
    """What is said about bytes that are no message."""
    return CheckpointError("This ONNX file is broken. Download or copy it again.")


def fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message, in the order of the file.

    Raises:
        CheckpointError: It is cut off, or no message.
    """
    place = 0
    for _ in range(MAX_FIELDS):
        if place == len(message):
            return
        start = place
        key, place = _varint(message, place)
        value, place = _value(message, place, key & 7)
        yield Field(key >> 3, value, message[start:place])
    raise broken()


def numbers(field: Field) -> list[int]:
    """Whole numbers of a repeated field, packed or one by one; negative ones as they are."""
    if isinstance(field.value, int):
        return [_signed(field.value)]
    found, place = [], 0
    while place < len(field.value):
        number, place = _varint(field.value, place)
        found.append(_signed(number))
    return found


def varint(number: int) -> bytes:
    """A whole number, not negative, as it is written."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def integer(number: int, value: int) -> bytes:
    """A field that holds a whole number."""
    return varint(number << 3 | VARINT) + varint(value)


def block(number: int, *parts: bytes | memoryview) -> bytes:
    """A field that holds text, or a message of some fields."""
    length = sum(len(part) for part in parts)
    return b"".join((varint(number << 3 | BYTES), varint(length), *parts))


def _value(message: memoryview, place: int, kind: int) -> tuple[int | memoryview, int]:
    if kind == VARINT:
        return _varint(message, place)
    if kind == BYTES:
        length, place = _varint(message, place)
    elif kind in (FIXED32, FIXED64):
        length = 4 if kind == FIXED32 else 8
    else:
        raise broken()
    if length > len(message) - place:
        raise broken()
    return message[place : place + length], place + length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    number = 0
    for shift in range(_LONGEST_VARINT):
        if place >= len(message):
            raise broken()
        byte = message[place]
        place += 1
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return number, place
    raise broken()


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number
